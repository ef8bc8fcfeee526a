//! Shifts (班次) at the cash desk: opened with the change that lies in the till (备用金), closed (日结) with what is counted by each
//! method against what the shift's receipts come to.
//!
//! A shift has the receipts its cashier entered between opening and closing, reversals and refunds among them; money that only
//! changed accounts is none of them. A difference is closed with a reason or not at all; the figures then stay as they are.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, ShiftClosingId, ShiftId};
use hemu_domain::staff::Permission;
use hemu_store::desk::{self as store, ClosingRow, MethodSum, ShiftRow};
use hemu_store::{Tx, community};
use serde::{Deserialize, Serialize};

use crate::audit::{self, Act};
use crate::ledger::METHODS;
use crate::registry::optional;
use crate::{Actor, App, Refusal};

/// Shifts closed last that are shown.
const CLOSED_ROWS: i64 = 20;

/// A shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShiftItem {
    /// Its id.
    pub id: ShiftId,
    /// Whose.
    pub cashier: String,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// On which day.
    pub opened_on: NaiveDate,
    /// The change that lay in the till (备用金).
    pub float: Fen,
}

/// One method of a shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingLine {
    /// `cash`, `card`...
    pub method: String,
    /// How many payments, reversals and refunds.
    pub receipts: i64,
    /// What there should be; with cash, the float is in it.
    pub expected: Fen,
    /// What was counted.
    pub counted: Fen,
}

impl ClosingLine {
    /// What was counted above what there should be; below zero when something is missing.
    #[must_use]
    pub fn difference(&self) -> Fen {
        self.counted - self.expected
    }
}

/// A shift that was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShiftClosed {
    /// The shift.
    pub shift: ShiftItem,
    /// When it was closed.
    pub closed_at: DateTime<Utc>,
    /// On which day.
    pub closed_on: NaiveDate,
    /// Who counted.
    pub closed_by: String,
    /// Method by method.
    pub lines: Vec<ClosingLine>,
    /// What there should be.
    pub expected: Fen,
    /// What was counted.
    pub counted: Fen,
    /// Counted above expected.
    pub difference: Fen,
    /// Why; empty when there is none.
    pub reason: String,
}

/// The shifts of a community as one cashier sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShiftPage {
    /// One's own open shift.
    pub own: Option<ShiftItem>,
    /// What it comes to so far, `counted` still zero.
    pub lines: Vec<ClosingLine>,
    /// The open shifts of others.
    pub others: Vec<ShiftItem>,
    /// Those closed last.
    pub closed: Vec<ShiftClosed>,
}

/// What was counted by one method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// `cash`, `card`...
    pub method: String,
    /// How much.
    pub amount: Fen,
}

fn item(row: ShiftRow) -> ShiftItem {
    ShiftItem { id: row.id, cashier: row.cashier, opened_at: row.opened_at, opened_on: row.opened_on, float: row.float }
}

/// A closed shift with its lines read back.
pub(super) fn closed(shift: ShiftRow, closing: ClosingRow) -> Result<ShiftClosed, Refusal> {
    let lines = serde_json::from_value(closing.lines).map_err(|error| Refusal::Internal(error.to_string()))?;
    Ok(ShiftClosed {
        shift: item(shift),
        closed_at: closing.closed_at,
        closed_on: closing.closed_on,
        closed_by: closing.closed_by,
        lines,
        expected: closing.expected,
        counted: closing.counted,
        difference: closing.counted - closing.expected,
        reason: closing.reason,
    })
}

/// The shifts of a community: one's own with what it comes to, others', those closed last.
///
/// # Errors
/// [`Refusal::Forbidden`] when the person may not read there.
pub fn shift_page(app: &App, actor: &Actor, community: CommunityId) -> Result<ShiftPage, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let open = store::list_open_shifts(tx, community)?;
        let (own, others): (Vec<ShiftRow>, Vec<ShiftRow>) = open.into_iter().partition(|one| one.cashier == actor.name);
        let own = own.into_iter().next();
        let lines = match &own {
            Some(shift) => expected_lines(shift, store::sum_shift(tx, community, shift, i64::MAX)?),
            None => Vec::new(),
        };
        let recent = store::list_recent_closings(tx, community, CLOSED_ROWS)?;
        Ok(ShiftPage {
            own: own.map(item),
            lines,
            others: others.into_iter().map(item).collect(),
            closed: recent.into_iter().map(|(shift, closing)| closed(shift, closing)).collect::<Result<_, _>>()?,
        })
    })
}

/// Opens a shift of whoever asks, with that much change in the till.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a float below zero or out of bounds; [`Refusal::Conflict`] when one is open.
pub fn open_shift(app: &App, actor: &Actor, community: CommunityId, float: Fen) -> Result<ShiftItem, Refusal> {
    actor.require(Permission::TakePayment, community)?;
    check_till("float", float)?;
    app.db.write(|tx| {
        let seq = community::next_seq(tx, community, 1)?;
        if let Some(open) = store::find_open_shift(tx, community, &actor.name)? {
            let day = open.opened_on;
            let zh = format!("您 {day} 开的班还没有日结，请先日结");
            return Err(Refusal::conflict(zh, format!("your shift of {day} is still open: close it first")));
        }
        let row = ShiftRow {
            id: app.new_id(),
            cashier: actor.name.clone(),
            opened_at: app.clock.now(),
            opened_on: app.today(),
            float,
            seq,
        };
        store::insert_shift(tx, community, &row)?;
        let detail = serde_json::json!({ "float": float });
        record(tx, app, actor, community, ("shift.open", row.id), &detail)?;
        Ok(item(row))
    })
}

/// An amount in the till: zero or more.
fn check_till(field: &'static str, amount: Fen) -> Result<(), Refusal> {
    if (Fen::ZERO..=Fen::LARGEST_PAYMENT).contains(&amount) {
        return Ok(());
    }
    Err(Refusal::invalid(
        field,
        "金额应为零或正数，不超过 10 亿元",
        "the amount is zero or more, up to 1,000,000,000.00",
    ))
}

/// Closes a shift with what was counted; a method nobody counted counts as zero. The cashier closes the own shift, somebody who
/// may reverse payments that of another.
///
/// # Errors
/// [`Refusal::NotFound`] without such a shift; [`Refusal::Forbidden`] for the shift of another; [`Refusal::InvalidInput`] for a
/// method that is none, or a difference without a reason; [`Refusal::Conflict`] when it is closed already.
pub fn close_shift(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    shift: ShiftId,
    (counted, reason): (&[Counted], &str),
) -> Result<ShiftClosed, Refusal> {
    actor.require(Permission::TakePayment, community)?;
    let reason = optional("reason", "差异原因", reason, 200)?;
    for (place, one) in counted.iter().enumerate() {
        check_till("counted", one.amount)?;
        let twice = counted[..place].iter().any(|other| other.method == one.method);
        if twice || !METHODS.contains(&one.method.as_str()) {
            let method = &one.method;
            let zh = format!("清点的方式“{method}”不存在或写了两次");
            return Err(Refusal::invalid("counted", zh, format!("'{method}' is no method, or was counted twice")));
        }
    }
    app.db.write(|tx| {
        let seq = community::next_seq(tx, community, 1)?;
        let row = store::find_shift(tx, community, shift)?.ok_or_else(|| Refusal::not_found("班次", "shift", ""))?;
        if row.cashier != actor.name {
            actor.require(Permission::ReversePayment, community)?;
        }
        let open = store::find_open_shift(tx, community, &row.cashier)?;
        if open.is_none_or(|open| open.id != row.id) {
            return Err(Refusal::conflict("这个班已经日结", "this shift is closed already"));
        }
        let lines = counted_lines(expected_lines(&row, store::sum_shift(tx, community, &row, seq)?), counted);
        check_differences(&lines, &reason)?;
        let closing = closing_row(app, actor, &row, &lines, &reason)?;
        store::insert_closing(tx, community, &closing, seq)?;
        let detail = serde_json::json!({ "expected": closing.expected, "counted": closing.counted, "reason": reason });
        record(tx, app, actor, community, ("shift.close", row.id), &detail)?;
        closed(row, closing)
    })
}

fn closing_row(
    app: &App,
    actor: &Actor,
    shift: &ShiftRow,
    lines: &[ClosingLine],
    reason: &str,
) -> Result<ClosingRow, Refusal> {
    let id: ShiftClosingId = app.new_id();
    Ok(ClosingRow {
        id,
        shift_id: shift.id,
        closed_at: app.clock.now(),
        closed_on: app.today(),
        closed_by: actor.name.clone(),
        expected: lines.iter().map(|one| one.expected).sum(),
        counted: lines.iter().map(|one| one.counted).sum(),
        lines: serde_json::to_value(lines).map_err(|error| Refusal::Internal(error.to_string()))?,
        reason: reason.to_owned(),
    })
}

/// What there should be by each method; cash always has a line, for the float lies there.
fn expected_lines(shift: &ShiftRow, sums: Vec<MethodSum>) -> Vec<ClosingLine> {
    let mut lines = vec![line("cash", 0, shift.float)];
    for sum in sums {
        if sum.method == "cash" {
            lines[0].receipts = sum.receipts;
            lines[0].expected += sum.amount;
        } else {
            lines.push(line(&sum.method, sum.receipts, sum.amount));
        }
    }
    lines
}

fn line(method: &str, receipts: i64, expected: Fen) -> ClosingLine {
    ClosingLine { method: method.to_owned(), receipts, expected, counted: Fen::ZERO }
}

fn counted_lines(mut lines: Vec<ClosingLine>, counted: &[Counted]) -> Vec<ClosingLine> {
    for one in counted {
        let place = lines.iter().position(|line| line.method == one.method).unwrap_or_else(|| {
            lines.push(line(&one.method, 0, Fen::ZERO));
            lines.len() - 1
        });
        lines[place].counted = one.amount;
    }
    lines.retain(|line| {
        !line.expected.is_zero() || !line.counted.is_zero() || line.receipts > 0 || line.method == "cash"
    });
    lines
}

/// A difference is told method by method, and needs a reason.
fn check_differences(lines: &[ClosingLine], reason: &str) -> Result<(), Refusal> {
    let open: Vec<&ClosingLine> = lines.iter().filter(|line| !line.difference().is_zero()).collect();
    if open.is_empty() || !reason.is_empty() {
        return Ok(());
    }
    let zh = |line: &&ClosingLine| {
        let name = hemu_domain::ledger::method::method_name(&line.method);
        format!("{name} 应有 {} 元，清点 {} 元，差 {} 元", line.expected, line.counted, line.difference())
    };
    let en = |line: &&ClosingLine| {
        format!("{}: {} expected, {} counted, {} off", line.method, line.expected, line.counted, line.difference())
    };
    let (zh, en): (Vec<String>, Vec<String>) = open.iter().map(|line| (zh(line), en(line))).unzip();
    let zh = format!("清点与应有不符，请核对或写明差异原因：{}", zh.join("；"));
    Err(Refusal::invalid("reason", zh, format!("count again or say why they differ: {}", en.join("; "))))
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (act, shift): (&'static str, ShiftId),
    detail: &serde_json::Value,
) -> Result<(), Refusal> {
    let act = Act { act, subject_kind: "shift", subject_id: Some(shift.uuid()), detail };
    Ok(audit::record(tx, app, actor, Some(community), &act)?)
}
