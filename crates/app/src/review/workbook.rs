//! The review as a workbook: the figures of the page, one sheet per table.

use chrono::NaiveDate;
use hemu_documents::sheets_out::{CellOut, Table, to_xlsx};
use hemu_domain::Fen;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::review::ReviewSpan;

use super::{ContactLine, FunnelLine, Group, ReviewReport, review_report};
use crate::arrears::reports::RateFigures;
use crate::{Actor, App, Refusal};

/// The review of a day as a workbook.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn review_workbook(
    app: &App,
    actor: &Actor,
    community: &str,
    as_of: NaiveDate,
    span: Option<ReviewSpan>,
) -> Result<Vec<u8>, Refusal> {
    let report = review_report(app, actor, community, as_of, span)?;
    to_xlsx(&review_tables(&report)).map_err(|error| Refusal::Internal(error.to_string()))
}

/// The review as tables: the same figures as the report, one table per part.
#[must_use]
pub fn review_tables(report: &ReviewReport) -> Vec<Table> {
    let stage = |word: &str| Stage::parse(word).map_or_else(|_| "未立案".to_owned(), |stage| stage.label().zh);
    let cause = |word: &str| Cause::parse(word).map_or_else(|_| "未了解".to_owned(), |cause| cause.label().zh);
    vec![
        summary(report),
        rates(report),
        ageing(report),
        groups("阶段", &report.stages, stage),
        groups("原因", &report.causes, cause),
        groups("楼栋", &report.buildings, ToOwned::to_owned),
        funnel(report, stage),
        contacts(report),
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

fn summary(report: &ReviewReport) -> Table {
    let (total, prior, promises) = (&report.total, &report.prior_years, &report.promises);
    let service = &report.service;
    let percent = |rate: &Option<String>| text(rate.clone().unwrap_or_default());
    let line = |name: &str, cell: CellOut| vec![text(name), cell];
    Table {
        title: "汇总".to_owned(),
        headings: headings(["指标", "数值"]),
        rows: vec![
            line("截至", text(report.as_of.to_string())),
            line("账期", text(report.span.to_string())),
            line("应收", CellOut::Money(total.receivable)),
            line("实收", CellOut::Money(total.collected)),
            line("减免", CellOut::Money(total.waived)),
            line("更正", CellOut::Money(total.corrected)),
            line("收缴率%", percent(&total.rate)),
            line("户数收缴率%", percent(&total.households_rate)),
            line("往年欠费年初数", CellOut::Money(prior.opening)),
            line("往年欠费已收", CellOut::Money(prior.collected)),
            line("往年欠费减免更正", CellOut::Money(prior.taken_off)),
            line("清欠率%", percent(&prior.rate)),
            line("综合收缴率%", percent(&report.combined_rate)),
            line("预收余额", CellOut::Money(report.prepaid)),
            line("到期承诺", CellOut::Integer(promises.due)),
            line("兑现承诺", CellOut::Integer(promises.kept)),
            line("承诺兑现率%", percent(&promises.kept_rate)),
            line("投诉", CellOut::Integer(service.taken)),
            line("及时答复率%", percent(&service.in_time_rate)),
            line("超期未答复", CellOut::Integer(service.late)),
            line("投诉成立", CellOut::Integer(service.right)),
            line("满意率%", percent(&service.content_rate)),
            line("投诉期间仍催缴（应为 0）", CellOut::Integer(service.chased_while_unresolved)),
        ],
        totals: None,
    }
}

fn rates(report: &ReviewReport) -> Table {
    let figures = |name: String, one: &RateFigures| {
        vec![
            CellOut::Text(name),
            CellOut::Money(one.charged),
            CellOut::Money(one.waived),
            CellOut::Money(one.corrected),
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
        headings: headings([
            "账期",
            "出账",
            "减免",
            "更正",
            "应收",
            "实收",
            "收缴率%",
            "户数",
            "已缴清户数",
            "户数收缴率%",
        ]),
        rows: report.rates.iter().map(|row| figures(row.period.to_string(), &row.figures)).collect(),
        totals: Some(figures(format!("合计 {}", report.span), &report.total)),
    }
}

fn funnel(report: &ReviewReport, stage: impl Fn(&str) -> String) -> Table {
    let row = |one: &FunnelLine| {
        vec![
            text(one.month.to_string()),
            text(one.building.clone()),
            text(stage(&one.stage)),
            CellOut::Integer(one.entered),
            CellOut::Integer(one.closed),
            text(one.closed_rate.clone().unwrap_or_default()),
        ]
    };
    Table {
        title: "阶段漏斗".to_owned(),
        headings: headings(["月份", "楼栋", "阶段", "进入", "已结案", "结案率%"]),
        rows: report.funnel.iter().map(row).collect(),
        totals: None,
    }
}

fn contacts(report: &ReviewReport) -> Table {
    let row = |one: &ContactLine| {
        vec![
            text(one.channel.clone()),
            CellOut::Integer(one.tried),
            CellOut::Integer(one.reached),
            text(one.reached_rate.clone().unwrap_or_default()),
        ]
    };
    Table {
        title: "触达".to_owned(),
        headings: headings(["渠道", "次数", "触达", "触达率%"]),
        rows: report.contacts.iter().map(row).collect(),
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
