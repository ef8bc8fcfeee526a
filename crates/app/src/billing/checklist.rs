//! The list to work off before a bill run (出账前检查): what the dry run found, by kind, with what to do and where.

use std::collections::BTreeMap;

use hemu_domain::{Fen, Period, Text, UnitLabel};
use serde::Serialize;

use super::{BillReport, BillRequest, issue_bills};
use crate::{Actor, App, Refusal};

/// Units named with each kind of finding; the count tells of the rest.
const NAMED: usize = 200;

/// What was found of one kind.
#[derive(Clone, Debug, Serialize)]
pub struct CheckGroup {
    /// `refused`, `changed_standard`, `jump`, `zero`...
    pub kind: String,
    /// What it is.
    pub title: Text,
    /// What to do about it.
    pub advice: Text,
    /// Whether nothing is billed for these units until it is settled.
    pub blocks: bool,
    /// How many.
    pub count: usize,
    /// The first of them, by unit.
    pub rows: Vec<CheckRow>,
}

/// A finding about a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckRow {
    /// The unit.
    pub unit: UnitLabel,
    /// What.
    pub detail: String,
}

/// The list of a month.
#[derive(Clone, Debug, Serialize)]
pub struct CheckList {
    /// The month.
    pub period: Period,
    /// Bills to issue.
    pub bills: i64,
    /// Their sum.
    pub total: Fen,
    /// Accounts whose bill is there already.
    pub already: i64,
    /// What the run would do.
    #[serde(skip)]
    pub report: BillReport,
    /// What to look at, what blocks first.
    pub groups: Vec<CheckGroup>,
}

/// The list of a month; nothing is written.
///
/// # Errors
/// As [`issue_bills`].
pub fn check_list(app: &App, actor: &Actor, community: &str, period: Period) -> Result<CheckList, Refusal> {
    let report = issue_bills(app, actor, &BillRequest { community: community.to_owned(), period, dry_run: true })?;
    let groups = groups(&report);
    Ok(CheckList { period, bills: report.bills, total: report.total, already: report.already, report, groups })
}

/// What a run found, by kind: what blocks first.
#[must_use]
pub fn groups(report: &BillReport) -> Vec<CheckGroup> {
    let mut groups: BTreeMap<(bool, String), CheckGroup> = BTreeMap::new();
    let mut add = |kind: &str, blocks: bool, unit: &UnitLabel, detail: &str| {
        let group = groups.entry((!blocks, kind.to_owned())).or_insert_with(|| {
            let (title, advice) = words(kind);
            CheckGroup { kind: kind.to_owned(), title, advice, blocks, count: 0, rows: Vec::new() }
        });
        group.count += 1;
        if group.rows.len() < NAMED {
            group.rows.push(CheckRow { unit: unit.clone(), detail: detail.to_owned() });
        }
    };
    for one in &report.refused {
        add(refused_kind(&one.problem), true, &one.unit, &one.problem);
    }
    for one in &report.findings {
        add(one.kind, false, &one.unit, &one.detail);
    }
    groups.into_values().collect()
}

/// What kind of problem it is, by what it says.
fn refused_kind(problem: &str) -> &'static str {
    let known = [
        ("没有面积", "missing_area"),
        ("没有生效的单价", "no_price"),
        ("没有收费标准", "no_standard"),
        ("交付", "not_handed_over"),
    ];
    known.iter().find(|(words, _)| problem.contains(words)).map_or("refused", |(_, kind)| *kind)
}

fn words(kind: &str) -> (Text, Text) {
    let (title, advice) = match kind {
        "missing_area" => (("缺面积", "no area"), ("在房产与业主里补上面积", "enter the area of the unit")),
        "no_price" => (("没有单价", "no price"), ("在收费标准里设置当月生效的单价", "set a price in force that month")),
        "no_standard" => {
            (("没有收费标准", "no fee standard"), ("在收费标准里为房屋指定标准", "give the unit a fee standard"))
        }
        "not_handed_over" => (
            ("未交付", "not handed over"),
            ("登记交付，或登记建设单位为缴费人", "record the handover, or the developer"),
        ),
        "changed_standard" => {
            (("标准变了", "standard changed"), ("核对调价依据和公示", "check the basis and the public display"))
        }
        "changed_area" => (("面积变了", "area changed"), ("核对产权面积", "check the area on the title")),
        "jump" => (("金额突变", "amount jumped"), ("核对读数、单价、面积", "check reading, price, area")),
        "zero" => {
            (("金额为零", "comes to zero"), ("核对单价和面积；为零不出账", "check price and area; zero is not billed"))
        }
        "missing_reading" => (("缺抄表读数", "no reading"), ("补录本月读数", "enter this month's reading")),
        "open_share" => (("公摊未确认", "shared cost not confirmed"), ("先确认公摊，再出账", "confirm it, then issue")),
        _ => (("不能出账", "cannot be billed"), ("按提示处理后再检查", "settle it as told, then check again")),
    };
    (Text::new(title.0, title.1), Text::new(advice.0, advice.1))
}
