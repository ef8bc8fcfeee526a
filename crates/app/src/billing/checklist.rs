//! The list to work off before a bill run (出账前检查): what the dry run found, and what meters and shared costs of the month still
//! wait for, by kind, with what to do and where.

use std::collections::BTreeMap;

use hemu_domain::ids::CommunityId;
use hemu_domain::{Fen, Period, Text, UnitLabel};
use hemu_store::{DbError, Tx, shared_costs, tariff};
use serde::Serialize;

use super::{BillReport, BillRequest, find_community, issue_bills};
use crate::metering::{PendingMeter, list_pending};
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

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckRow {
    /// The unit; `None` for what is nobody's alone, such as a shared cost or a master meter.
    pub unit: Option<UnitLabel>,
    /// The fee item it is about; `None` when it is about all of them.
    pub item: Option<String>,
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
    let id = find_community(app, community)?;
    let waiting = app.db.read(|tx| list_waiting(tx, id, period))?;
    let groups = groups(&report, waiting);
    Ok(CheckList { period, bills: report.bills, total: report.total, already: report.already, report, groups })
}

/// A finding of the kind that comes first.
type Waiting = (&'static str, CheckRow);

/// What somebody has to read, confirm or share before a bill of the month can take it up. It blocks nothing: what is confirmed after
/// the run is added by the next.
fn list_waiting(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<Vec<Waiting>, DbError> {
    let mut waiting: Vec<Waiting> = list_pending(tx, community, period)?.into_iter().map(of_meter).collect();
    waiting.extend(costs_to_come(tx, community, period)?);
    Ok(waiting)
}

fn of_meter(meter: PendingMeter) -> Waiting {
    let PendingMeter { unit, place, kind, number, read } = meter;
    let (name, at) = (kind.label(), if unit.is_none() { format!("{place} ") } else { String::new() });
    let (kind, zh, en) = if read {
        ("unconfirmed_reading", "读数还没有确认用量", "the reading is not confirmed")
    } else {
        ("missing_reading", "本月没有读数", "there is no reading of this month")
    };
    let detail = format!("{at}{}表 {number}：{zh} / {at}{} meter {number}: {en}", name.zh, name.en);
    (kind, CheckRow { unit, item: None, detail })
}

/// Costs that were shared the month before and are not shared this month.
fn costs_to_come(tx: &mut Tx<'_>, community: CommunityId, period: Period) -> Result<Vec<Waiting>, DbError> {
    let pools = shared_costs::list(tx, community, (period.previous(), period))?;
    let standing = |month: Period| {
        pools
            .iter()
            .filter(move |pool| pool.period == month && pool.cancelled_by.is_none())
            .map(|pool| pool.fee_item_id)
    };
    let open: Vec<_> = standing(period.previous()).filter(|item| standing(period).all(|one| one != *item)).collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let items = tariff::list_items(tx, community)?.into_iter().filter(|(id, ..)| open.contains(id));
    let row = |name: String| {
        let last = period.previous();
        let detail = format!("{last} 分摊过，{period} 还没有确认 / shared for {last}, not confirmed for {period}");
        ("open_share", CheckRow { unit: None, item: Some(name), detail })
    };
    Ok(items.map(|(_, name, _)| row(name)).collect())
}

/// What a run found and what waits, by kind: what blocks first.
fn groups(report: &BillReport, waiting: Vec<Waiting>) -> Vec<CheckGroup> {
    let mut groups: BTreeMap<(bool, String), CheckGroup> = BTreeMap::new();
    let mut add = |kind: &str, blocks: bool, row: CheckRow| {
        let group = groups.entry((!blocks, kind.to_owned())).or_insert_with(|| {
            let (title, advice) = words(kind);
            CheckGroup { kind: kind.to_owned(), title, advice, blocks, count: 0, rows: Vec::new() }
        });
        group.count += 1;
        if group.rows.len() < NAMED {
            group.rows.push(row);
        }
    };
    for one in &report.refused {
        let row = CheckRow { unit: Some(one.unit.clone()), item: one.item.clone(), detail: one.problem.clone() };
        add(refused_kind(&one.problem), true, row);
    }
    for one in &report.findings {
        add(one.kind, false, CheckRow { unit: Some(one.unit.clone()), item: None, detail: one.detail.clone() });
    }
    for (kind, row) in waiting {
        add(kind, false, row);
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
        "unconfirmed_reading" => (
            ("读数未确认", "reading not confirmed"),
            ("在抄表里确认用量，再出账", "confirm the usage under Meters, then issue"),
        ),
        "other_kind" => (
            ("标准与房屋类型不符", "standard of another kind of unit"),
            ("核对房屋类型和收费标准", "check the kind of the unit and its standard"),
        ),
        "open_share" => (("公摊未确认", "shared cost not confirmed"), ("先确认公摊，再出账", "confirm it, then issue")),
        _ => (("不能出账", "cannot be billed"), ("按提示处理后再检查", "settle it as told, then check again")),
    };
    (Text::new(title.0, title.1), Text::new(advice.0, advice.1))
}
