//! The lines of a community as people see them: what waits, whose it may be and why, and what was settled last.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::bank::matching::{Proposal, Reason, Verdict};
use hemu_domain::ids::{AccountId, BankLineId, CommunityId, ReceiptId};
use hemu_domain::registry::names::PartyKind;
use hemu_domain::registry::phone::mask;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use hemu_store::bank::{BankLineRow, PartView, line, part};
use serde::Serialize;

use super::directory::{Known, remark_of};
use crate::registry::shown_name;
use crate::{Actor, App, Refusal};

/// Lines that wait and lines that were settled last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BankLines {
    /// Lines nobody has settled, the certain ones first, then the oldest.
    pub open: Vec<LineItem>,
    /// Their sum.
    pub open_amount: Fen,
    /// How many of them are certain.
    pub certain: usize,
    /// Lines settled last, newest first.
    pub settled: Vec<LineItem>,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineItem {
    /// Its id.
    pub id: BankLineId,
    /// The day.
    pub received_on: NaiveDate,
    /// How much.
    pub amount: Fen,
    /// Who paid, masked by role.
    pub payer: String,
    /// The payer's account, masked.
    pub account: String,
    /// What was written beside it; numbers as long as a phone's are masked.
    pub remark: String,
    /// `open`, `booked` or `ignored`.
    pub state: String,
    /// Why it was ignored, or opened again.
    pub reason: String,
    /// Who settled it.
    pub settled_by: Option<String>,
    /// When.
    pub settled_on: Option<NaiveDate>,
    /// Whether the first proposal is certain.
    pub certain: bool,
    /// Whose it may be, the best first.
    pub proposals: Vec<ProposalItem>,
    /// What it was booked as.
    pub parts: Vec<PartItem>,
}

/// Whose a line may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProposalItem {
    /// The account.
    pub account: AccountId,
    /// The unit.
    pub unit: UnitLabel,
    /// The payer, masked by role.
    pub owner: String,
    /// What of it is billed and open.
    pub open: Fen,
    /// How much speaks for it.
    pub score: i64,
    /// What does.
    pub reasons: Vec<Reason>,
}

/// A receipt a line was booked as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartItem {
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// Its number.
    pub receipt: String,
    /// Whether it was reversed since, outside of this list.
    pub reversed: bool,
    /// The unit.
    pub unit: UnitLabel,
    /// How much.
    pub amount: Fen,
}

/// So many settled lines are shown.
const SETTLED_SHOWN: i64 = 100;

/// What waits and what was settled last.
///
/// # Errors
/// [`Refusal::Forbidden`] for somebody who may not see the community.
pub fn list_bank_lines(app: &App, actor: &Actor, community: CommunityId) -> Result<BankLines, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let rows = line::list_open(tx, community)?;
        let known = if rows.is_empty() { None } else { Some(Known::load(tx, app, community)?) };
        let judged = |row: &BankLineRow| known.as_ref().map(|known| known.judge(app, row)).unwrap_or_default();
        let item = |row: BankLineRow| {
            let verdict = judged(&row);
            item(app, actor, row, known.as_ref().map(|known| (known, &verdict)), Vec::new())
        };
        let open_amount = rows.iter().map(|row| row.amount).sum();
        let mut open: Vec<LineItem> = rows.into_iter().map(item).collect();
        open.sort_by_key(|one| !one.certain);
        let settled = line::list_settled(tx, community, SETTLED_SHOWN)?;
        let ids: Vec<BankLineId> = settled.iter().map(|row| row.id).collect();
        let mut parts: HashMap<BankLineId, Vec<PartView>> = HashMap::new();
        for one in part::list_of_lines(tx, community, &ids)? {
            parts.entry(one.line_id).or_default().push(one);
        }
        let settled = settled.into_iter().map(|row| {
            let parts = parts.remove(&row.id).unwrap_or_default();
            self::item(app, actor, row, None, parts)
        });
        let certain = open.iter().filter(|one| one.certain).count();
        Ok(BankLines { certain, open, open_amount, settled: settled.collect() })
    })
}

fn item(
    app: &App,
    actor: &Actor,
    row: BankLineRow,
    judged: Option<(&Known, &Verdict)>,
    parts: Vec<PartView>,
) -> LineItem {
    let proposal = |known: &Known, one: &Proposal| {
        known.directory.payer(one.payer).map(|payer| ProposalItem {
            account: payer.account,
            unit: payer.unit.clone(),
            owner: payer.owners.iter().map(|name| shown(actor, name)).collect::<Vec<_>>().join("、"),
            open: payer.bills.iter().map(|(_, open)| *open).sum(),
            score: one.score,
            reasons: one.reasons.clone(),
        })
    };
    let proposals =
        judged.map(|(known, verdict)| verdict.proposals.iter().filter_map(|one| proposal(known, one)).collect());
    LineItem {
        id: row.id,
        received_on: row.received_on,
        amount: row.amount,
        payer: shown(actor, &row.payer_name),
        remark: without_phones(&remark_of(app, &row)),
        account: row.account_tail,
        state: row.state,
        reason: row.reason,
        settled_by: row.settled_by,
        settled_on: row.settled_on,
        certain: judged.is_some_and(|(_, verdict)| verdict.certain),
        proposals: proposals.unwrap_or_default(),
        parts: parts.into_iter().map(part_item).collect(),
    }
}

fn part_item(part: PartView) -> PartItem {
    let PartView { receipt_id, receipt, reversed, unit, amount, .. } = part;
    PartItem { receipt_id, receipt, reversed, unit, amount }
}

fn shown(actor: &Actor, name: &str) -> String {
    let kind = if PartyKind::of_name(name) == PartyKind::Person { "person" } else { "company" };
    shown_name(actor, kind, name)
}

/// A remark with every number as long as a phone's or longer masked: phones, accounts, id numbers.
fn without_phones(remark: &str) -> String {
    let mut shown = String::new();
    let mut digits = String::new();
    for one in remark.chars().chain(['\n']) {
        if one.is_ascii_digit() {
            digits.push(one);
            continue;
        }
        shown.push_str(&if digits.len() >= 11 { mask(&digits) } else { digits.clone() });
        digits.clear();
        shown.push(one);
    }
    shown.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_long_as_a_phone_are_masked_in_a_remark() {
        assert_eq!(without_phones("1-1-102物业费 电话13811112222"), "1-1-102物业费 电话138****2222");
        assert_eq!(without_phones("B2026-000012"), "B2026-000012");
    }
}
