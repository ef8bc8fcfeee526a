//! The review as a workbook: the figures of the page, one sheet per table.

use chrono::NaiveDate;
use hemu_documents::sheets_out::{CellOut, Table, to_xlsx};
use hemu_domain::Fen;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;

use super::{Group, ReviewReport, review_report};
use crate::{Actor, App, Refusal};

/// The review of a day as a workbook.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn review_workbook(app: &App, actor: &Actor, community: &str, as_of: NaiveDate) -> Result<Vec<u8>, Refusal> {
    let report = review_report(app, actor, community, as_of)?;
    to_xlsx(&tables(&report)).map_err(|error| Refusal::Internal(error.to_string()))
}

fn tables(report: &ReviewReport) -> Vec<Table> {
    let stage = |word: &str| Stage::parse(word).map_or_else(|_| "未立案".to_owned(), |stage| stage.label().zh);
    let cause = |word: &str| Cause::parse(word).map_or_else(|_| "未了解".to_owned(), |cause| cause.label().zh);
    vec![
        rates(report),
        ageing(report),
        groups("阶段", &report.stages, stage),
        groups("原因", &report.causes, cause),
        groups("楼栋", &report.buildings, ToOwned::to_owned),
    ]
}

fn text(text: impl Into<String>) -> CellOut {
    CellOut::Text(text.into())
}

fn count(number: usize) -> CellOut {
    CellOut::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn headings<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(ToOwned::to_owned).to_vec()
}

fn rates(report: &ReviewReport) -> Table {
    let row = |one: &crate::arrears::reports::RateRow| {
        vec![
            text(one.period.to_string()),
            CellOut::Money(one.receivable),
            CellOut::Money(one.collected),
            text(one.rate.clone().unwrap_or_default()),
            CellOut::Integer(one.households),
            CellOut::Integer(one.households_paid),
            text(one.households_rate.clone().unwrap_or_default()),
        ]
    };
    Table {
        title: "收缴率".to_owned(),
        headings: headings(["账期", "应收", "实收", "收缴率%", "户数", "已缴清户数", "户数收缴率%"]),
        rows: report.rates.iter().map(row).collect(),
        totals: None,
    }
}

fn ageing(report: &ReviewReport) -> Table {
    let rows = &report.ageing;
    let sum = |pick: fn(&crate::arrears::reports::AgeingRow) -> Fen| rows.iter().map(pick).sum();
    Table {
        title: "账龄".to_owned(),
        headings: headings(["逾期天数", "笔数", "本金", "违约金"]),
        rows: rows
            .iter()
            .map(|one| {
                vec![text(one.bucket), count(one.charges), CellOut::Money(one.principal), CellOut::Money(one.late_fee)]
            })
            .collect(),
        totals: Some(vec![
            text("合计"),
            count(rows.iter().map(|one| one.charges).sum()),
            CellOut::Money(sum(|one| one.principal)),
            CellOut::Money(sum(|one| one.late_fee)),
        ]),
    }
}

fn groups(title: &str, groups: &std::collections::BTreeMap<String, Group>, name: impl Fn(&str) -> String) -> Table {
    Table {
        title: title.to_owned(),
        headings: headings([title, "户数", "欠费本金"]),
        rows: groups
            .iter()
            .map(|(word, group)| vec![text(name(word)), count(group.units), CellOut::Money(group.principal)])
            .collect(),
        totals: Some(vec![
            text("合计"),
            count(groups.values().map(|group| group.units).sum()),
            CellOut::Money(groups.values().map(|group| group.principal).sum()),
        ]),
    }
}
