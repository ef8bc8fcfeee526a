//! Invariants of money, cases and log over the whole database: every amount is recomputed from its origin, or is a link of a
//! chain; every register holds the rows that were written to it; every ciphertext opens at its place.
//!
//! | column | recomputed from |
//! |---|---|
//! | `charge.amount_fen` | its explanation |
//! | `charge.open_fen` | its amount less allocations and adjustments |
//! | `bill.total_fen` | the charges on it |
//! | `bill_run.total_fen` | the audit entry of the run, and the charges all runs issued |
//! | `receipt.amount_fen` | its chain, and the sum of its allocations |
//! | `receipt_tender.amount_fen`, `handed_fen` | the receipt they add up to, and the digest of their register |
//! | `desk_shift.float_fen`, `desk_closing.expected_fen`, `counted_fen` | receipts of the shift, lines, the digest of their register |
//! | `community.rounding_limit_fen` | the audit entry that set it |
//! | `account.prepaid_fen` | money put by less money used |
//! | `late_fee.amount_fen`, `open_fen` | its rule and days, and its allocations |
//! | `allocation.amount_fen` | the sums above, and that money put by pays what it is taken for |
//! | `adjustment.amount_fen` | its chain, and what it took off its charge or late fee |
//! | a discount's `adjustment` | the months that were confirmed, and the explanation of its charge |
//! | `charge.due_on`, and every other column that never changes | the digest of the register of charges |
//! | `action.open_fen`, `late_fee_fen` | their frozen lines; that none is missing, the digest of their register |
//! | `promise.amount_fen` | its chain |
//! | `plan.total_fen`, `legal_matter.claim_fen` | their instalments or lines, and the digest of their register |
//! | `deposit.amount_fen`, `deposit_entry.amount_fen` | the digests of their registers; entries come to no more than their deposit |
//! | `charge.amount_fen` of an opening balance that was raised | also from the act of two people that raised it |
//! | figures of `month_closing` | every fact sorted into its closing, and a chain |
//! | `share_pool.total_fen`, `pool_share.amount_fen` | each other, by the weights; the digests of their registers |
//! | `meter_usage.amount_fen` | its readings and price steps; the digest of its register |
//! | `invoice_line.net_fen`, `tax_fen`, `gross_fen` | the charge it asks for, the rate; the digest of its register |
//! | `notice.principal_fen`, `late_fee_fen` | the lines of the frozen letter, whose hash is kept |
//! | `bank_line.amount_fen`, `bank_part.amount_fen` | the receipts of the line, and the digest of their register |
//! | `hold.disputed_fen`, `complaint.disputed_fen` | the digests of their registers |
//! | `settlement_entry.amount_fen`, `fee_fen` | the digest of their register |
//!
//! Each check goes over the communities one after another, so that memory is bounded by the largest of them. A new check is a
//! function of a community and a line in `CHECKS`.

mod approvals;
mod bank;
mod billing;
mod closing;
mod deposits;
mod desk;
mod discounts;
mod invoices;
mod ledger;
mod metering;
mod registers;
mod sealed;
mod shared_costs;

use std::collections::HashMap;

use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;
use uuid::Uuid;

use crate::check::{Check, Tally};
use crate::{DbError, Sealer, Tx, audit, collection, params, service};

/// What a check does for one community.
pub(crate) type CheckCommunity = fn(&mut Tx<'_>, CommunityId, &mut Tally) -> Result<(), DbError>;

const COMMUNITIES: &str = "SELECT id FROM community ORDER BY id";

/// The statements of all checks.
pub const STATEMENTS: &[&[&str]] = &[
    &[COMMUNITIES],
    approvals::STATEMENTS,
    bank::STATEMENTS,
    billing::STATEMENTS,
    deposits::STATEMENTS,
    desk::STATEMENTS,
    closing::STATEMENTS,
    discounts::STATEMENTS,
    invoices::STATEMENTS,
    ledger::STATEMENTS,
    metering::STATEMENTS,
    registers::STATEMENTS,
    sealed::STATEMENTS,
    shared_costs::STATEMENTS,
];

const CHECKS: &[(&str, CheckCommunity)] = &[
    ("charges_follow_from_their_explanation_and_payments", billing::charges),
    ("bill_totals_are_the_sums_of_their_charges", billing::bills),
    ("bill_runs_count_what_they_issued", billing::bill_runs),
    ("receipts_are_as_they_were_written", ledger::receipt_chain),
    ("receipts_are_allocated_to_the_fen", ledger::receipts),
    ("receipt_numbers_have_no_gap", desk::numbers),
    ("tenders_add_up_to_their_receipt", desk::tenders),
    ("small_change_is_let_off_with_a_receipt", desk::roundings),
    ("money_given_back_or_moved_was_put_by", desk::put_by),
    ("shifts_are_closed_on_what_their_receipts_come_to", desk::closings),
    ("desk_rules_are_those_set_last", desk::rules),
    ("allocations_follow_their_receipts", ledger::allocations),
    ("prepaid_is_what_was_put_by_less_what_was_used", ledger::prepaid),
    ("late_fees_follow_from_their_rule", ledger::late_fees),
    ("adjustments_are_as_they_were_written", ledger::adjustments),
    ("deposits_are_given_back_or_kept_up_to_what_was_taken", deposits::deposits),
    ("closings_are_as_they_were_made", closing::closings),
    ("closed_months_come_to_their_facts", closing::figures),
    ("discounts_follow_from_what_was_confirmed", discounts::discounts),
    ("registers_hold_what_was_written", registers::registers),
    ("approved_acts_have_two_people", approvals::approvals),
    ("raised_opening_balances_are_what_was_approved", approvals::raised_openings),
    ("services_end_when_two_people_agreed", approvals::service_ends),
    ("shares_follow_from_their_cost", shared_costs::shares),
    ("billed_shares_are_those_of_their_cost", shared_costs::billed_shares),
    ("usage_follows_from_readings_and_prices", metering::usage),
    ("billed_usage_is_what_was_confirmed", metering::billed_usage),
    ("bank_lines_are_booked_to_the_fen", bank::lines),
    ("invoices_asked_for_come_to_their_charges", invoices::lines),
    ("complaints_follow_their_events", service::verify::courses),
];

/// Checks everything: money, cases, letters, contacts, sealed fields, the audit trail.
///
/// # Errors
/// When the database refuses.
pub fn verify(tx: &mut Tx<'_>, sealer: &Sealer) -> Result<Vec<Check>, DbError> {
    let communities = tx.query(COMMUNITIES, &[], |row| row.take::<CommunityId>())?;
    let mut checks = Vec::new();
    for (name, check) in CHECKS.iter().chain(&collection::verify::CHECKS) {
        let mut tally = Tally::new(name);
        for community in &communities {
            check(tx, *community, &mut tally)?;
        }
        checks.push(tally.check());
    }
    let mut tally = Tally::new("sealed_values_belong_to_their_rows");
    for community in &communities {
        sealed::sealed(tx, *community, sealer, &mut tally)?;
    }
    checks.push(tally.check());
    checks.push(registers::texts(tx)?);
    checks.push(collection::verify::policies(tx)?);
    checks.push(audit::verify(tx, &communities)?);
    Ok(checks)
}

/// Checks the money of one community: what a closing rests on.
///
/// # Errors
/// When the database refuses.
pub fn verify_money(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<Check>, DbError> {
    let check = |(name, check): &(&'static str, CheckCommunity)| {
        let mut tally = Tally::new(name);
        check(tx, community, &mut tally)?;
        Ok(tally.check())
    };
    CHECKS.iter().map(check).collect()
}

/// Sums of amounts per id.
type Sums = HashMap<Uuid, Fen>;

fn sums(tx: &mut Tx<'_>, sql: &str, community: CommunityId) -> Result<Sums, DbError> {
    let rows = tx.query(sql, &params![community], |row| Ok((row.take::<Option<Uuid>>()?, row.take::<Fen>()?)))?;
    Ok(rows.into_iter().filter_map(|(id, sum)| Some((id?, sum))).collect())
}

fn of(sums: &Sums, id: Uuid) -> Fen {
    sums.get(&id).copied().unwrap_or(Fen::ZERO)
}
