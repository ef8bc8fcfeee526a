//! Registers: tables whose rows are all there, as they were written; and texts that keep their hash.

use chrono::NaiveDate;
use hemu_domain::ids::CommunityId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::bank::{BankPartRow, part, settlement};
use crate::check::{Check, Tally};
use crate::closing::invoice_lines;
use crate::collection::run::{decision_content, read_decision};
use crate::collection::verify::body_hash;
use crate::collection::work::{
    hold_content, plan_columns, plan_content, promise_content, read_hold, read_plan, read_promise,
};
use crate::desk::shift::{read_closing, read_shift, shift_closing_content, shift_content};
use crate::digest::{self, Register, SetDigest};
use crate::kept::TABLES;
use crate::ledger::late_fee::{late_fee_content, read_late_fee};
use crate::ledger::tender::read_tender;
use crate::ledger::tender_content;
use crate::legal::{
    ServiceProofRow, matter_content, notice_content, proof_content, read_matter, read_notice, read_proof,
};
use crate::outreach::contact;
use crate::service::{complaint, event};
use crate::{DbError, Row, Tx, Value, metering, params, shared_costs};
use crate::{approval, attachment};

const CHARGES: &str =
    "SELECT id, account_id, bill_id, fee_item_id, clause_id, period, occurrence, origin, due_on, amount_fen, issued_on,
    seq, reverses_id FROM charge WHERE community_id = $1";
const ACTIONS: &str = "SELECT id, case_id, cycle_no, step_key, occurrence, kind, stage, planned_on, seq
    FROM action WHERE community_id = $1";
const LATE_FEES: &str =
    "SELECT seq, id, charge_id, account_id, from_on, to_on, amount_fen, open_fen, cause, clause_id, rule
    FROM late_fee WHERE community_id = $1";
const PROMISES: &str = "SELECT id, case_id, amount_fen, promised_on, due_on, channel, taken_by, state, settled_on,
    replaces_id, lapses_on FROM promise WHERE community_id = $1";
const PLANS: &str = concat!("SELECT ", plan_columns!(), " FROM plan WHERE community_id = $1");
const CONTACTS: &str = "SELECT seq, id, case_id, party_id, action_id, channel, direction, outcome, right_party,
    happened_at, happened_on, note_sealed, next_step, next_on, staff_id, staff_name, recorded_at,
    initiative, breach, script FROM contact_log WHERE community_id = $1";
const DECISIONS: &str = "SELECT id, run_id, case_id, as_of, outcome, step_key, reason, stage_before, stage_after,
    policy_version, next_due_on, facts, trace, digest, seq FROM decision WHERE community_id = $1";
const NOTICES: &str =
    "SELECT id, number, kind, case_id, unit_id, entrance_id, as_of, principal_fen, late_fee_fen, pay_by,
    body, body_hash, pdf_sha256, state, issued_by, approved_by, created_at FROM notice WHERE community_id = $1";
const PROOFS: &str = "SELECT seq, id, notice_id, method, grade, outcome, served_on, receiver_name, receiver_relation,
    tracking_no, evidence_sha256, served_by, recorded_at FROM service_proof WHERE community_id = $1";
const MATTERS: &str =
    "SELECT id, case_id, kind, state, ground, requested_by, approved_by, opened_on, filed_on, closed_on,
    claim_fen, claim_lines FROM legal_matter WHERE community_id = $1";
const APPROVALS: &str =
    "SELECT id, kind, subject_id, asked, reason, asked_by_id, asked_by, asked_at, expires_on, state,
    decided_by_id, decided_by, decided_at, answer, result_id FROM approval WHERE community_id = $1";
const TENDERS: &str =
    "SELECT seq, id, receipt_id, method, amount_fen, handed_fen FROM receipt_tender WHERE community_id = $1";
const SHIFTS: &str = "SELECT id, cashier, opened_at, opened_on, float_fen, seq FROM desk_shift WHERE community_id = $1";
const SHIFT_CLOSINGS: &str =
    "SELECT seq, id, shift_id, closed_at, closed_on, closed_by, expected_fen, counted_fen, lines, reason
    FROM desk_closing WHERE community_id = $1";
const POOL_SHARES: &str =
    "SELECT seq, id, pool_id, unit_id, weight_e8, amount_fen FROM pool_share WHERE community_id = $1";
const METER_READINGS: &str =
    "SELECT id, meter_id, period, read_on, value_e3, estimated, rolled_over, reader, photo_sha256,
    recorded_at, seq FROM meter_reading WHERE community_id = $1";
const METER_USAGES: &str = "SELECT id, meter_id, unit_id, fee_item_id, kind, period, occurrence, usage_e8, amount_fen,
    charged_e3, real_e3, estimated, calculation, basis, confirmed_by, confirmed_at, seq FROM meter_usage
    WHERE community_id = $1";
const METER_SWAPS: &str = "SELECT id, meter_id, swapped_on, old_number, old_digits, old_multiplier_e8, final_e3,
    rolled_over, new_number, start_e3, recorded_by, recorded_at, seq FROM meter_swap WHERE community_id = $1";
const METER_PRICES: &str =
    "SELECT fee_item_id, valid_from, by_year, steps, basis, set_by, set_at FROM metered_price WHERE community_id = $1";
const BANK_PARTS: &str =
    "SELECT seq, id, line_id, round, receipt_id, amount_fen FROM bank_part WHERE community_id = $1";
const SETTLEMENT_ENTRIES: &str =
    "SELECT seq, id, file_id, provider, kind, entry_no, order_no, happened_on, amount_fen, fee_fen
    FROM settlement_entry WHERE community_id = $1";
const SETTLEMENT_NOTES: &str =
    "SELECT provider, kind, subject_id, reason, settled_by, settled_at FROM settlement_note WHERE community_id = $1";
const INVOICE_LINES: &str =
    "SELECT id, month, charge_id, blue_id, reason, rate_percent, net_fen, tax_fen, gross_fen, requested_on,
    requested_by, seq FROM invoice_line WHERE community_id = $1";
const HOLDS: &str = "SELECT seq, id, case_id, kind, scope, suppress_contact, suppress_escalation, suppress_late_fee,
    suppress_legal, charge_ids, reason, opened_by, opened_on, review_on, expires_on, released_on, complaint_id, disputed_fen, staff_id,
    confirmed_by, document FROM hold WHERE community_id = $1";
const COMPLAINTS: &str =
    "SELECT id, unit_id, party_id, kind, priority, source, subject, disputed_fen, opened_on, taken_by
    FROM complaint WHERE community_id = $1";
const COMPLAINT_EVENTS: &str =
    "SELECT seq, id, complaint_id, kind, at, actor_id, actor_name, note, detail FROM complaint_event
    WHERE community_id = $1";
const ATTACHMENTS: &str =
    "SELECT seq, id, subject_kind, subject_id, media_type, bytes, sha256, added_by, added_at FROM attachment
    WHERE community_id = $1";
const POLICIES: &str = "SELECT version, body, body_hash FROM policy ORDER BY version";
const TEMPLATES: &str = "SELECT key, body, body_hash FROM message_template ORDER BY key, channel, locale, version";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    CHARGES,
    LATE_FEES,
    PROMISES,
    PLANS,
    CONTACTS,
    DECISIONS,
    ACTIONS,
    NOTICES,
    PROOFS,
    MATTERS,
    APPROVALS,
    TENDERS,
    SHIFTS,
    SHIFT_CLOSINGS,
    POOL_SHARES,
    METER_READINGS,
    METER_USAGES,
    METER_SWAPS,
    METER_PRICES,
    BANK_PARTS,
    SETTLEMENT_ENTRIES,
    SETTLEMENT_NOTES,
    INVOICE_LINES,
    HOLDS,
    COMPLAINTS,
    COMPLAINT_EVENTS,
    ATTACHMENTS,
    POLICIES,
    TEMPLATES,
];

/// What of a row its register covers.
type Content = fn(CommunityId, &Row<'_>) -> Result<Vec<Value>, DbError>;

fn source(register: Register) -> (&'static str, Content) {
    match register {
        Register::Charges => (CHARGES, charge_content),
        Register::Actions => (ACTIONS, action_content),
        Register::LateFees => (LATE_FEES, |community, row| {
            let seq = row.take()?;
            Ok(late_fee_content(community, &read_late_fee(row)?, seq))
        }),
        Register::Promises => (PROMISES, |community, row| Ok(promise_content(community, &read_promise(row)?))),
        Register::Plans => (PLANS, |community, row| Ok(plan_content(community, &read_plan(row)?))),
        Register::Contacts => (CONTACTS, |community, row| {
            let seq = row.take()?;
            Ok(contact::content(community, &contact::read(row)?, seq))
        }),
        Register::Decisions => {
            (DECISIONS, |community, row| Ok(decision_content(community, read_decision(row)?).to_vec()))
        }
        Register::Notices => (NOTICES, |community, row| Ok(notice_content(community, &read_notice(row)?))),
        Register::Proofs => (PROOFS, |community, row| {
            let seq = row.take()?;
            let proof: ServiceProofRow = read_proof(row)?;
            Ok(proof_content(community, &proof, seq))
        }),
        Register::Matters => (MATTERS, |community, row| Ok(matter_content(community, &read_matter(row)?))),
        Register::Tenders => (TENDERS, |community, row| {
            let seq = row.take()?;
            Ok(tender_content(community, &read_tender(row)?, seq))
        }),
        Register::Shifts => (SHIFTS, |community, row| Ok(shift_content(community, &read_shift(row)?))),
        Register::ShiftClosings => (SHIFT_CLOSINGS, |community, row| {
            let seq = row.take()?;
            Ok(shift_closing_content(community, &read_closing(row)?, seq))
        }),
        Register::Approvals => (APPROVALS, |community, row| Ok(approval::content(community, &approval::read(row)?))),
        Register::MeterReadings => (METER_READINGS, |community, row| {
            Ok(metering::reading_content(community, &metering::read_reading(row)?).to_vec())
        }),
        Register::MeterUsages => {
            (
                METER_USAGES,
                |community, row| Ok(metering::usage_content(community, &metering::read_usage(row)?).to_vec()),
            )
        }
        Register::MeterSwaps => {
            (METER_SWAPS, |community, row| Ok(metering::swap_content(community, &metering::read_swap(row)?).to_vec()))
        }
        Register::MeterPrices => {
            (
                METER_PRICES,
                |community, row| Ok(metering::price_content(community, &metering::read_price(row)?).to_vec()),
            )
        }
        Register::PoolShares => (POOL_SHARES, |community, row| {
            let seq = row.take()?;
            Ok(shared_costs::share_content(community, &read_share(row)?, seq).to_vec())
        }),
        Register::BankParts => (BANK_PARTS, |community, row| {
            let seq = row.take()?;
            let part = BankPartRow {
                id: row.take()?,
                line_id: row.take()?,
                round: row.take()?,
                receipt_id: row.take()?,
                amount: row.take()?,
            };
            Ok(part::content(community, &part, seq))
        }),
        Register::SettlementEntries => (SETTLEMENT_ENTRIES, |community, row| {
            let seq = row.take()?;
            Ok(settlement::content(community, &settlement::read(row)?, seq).to_vec())
        }),
        Register::SettlementNotes => (SETTLEMENT_NOTES, |community, row| {
            Ok(settlement::note_content(community, &settlement::read_note(row)?).to_vec())
        }),
        Register::InvoiceLines => {
            (INVOICE_LINES, |community, row| Ok(invoice_lines::content(community, &invoice_lines::read(row)?).to_vec()))
        }
        Register::Holds => (HOLDS, |community, row| {
            let seq = row.take()?;
            Ok(hold_content(community, &read_hold(row)?, seq).to_vec())
        }),
        Register::Complaints => (COMPLAINTS, |community, row| {
            Ok(complaint::opening_content(community, &complaint::read_opening(row)?).to_vec())
        }),
        Register::ComplaintEvents => (COMPLAINT_EVENTS, |community, row| {
            let seq = row.take()?;
            Ok(event::content(community, &event::read(row)?, seq).to_vec())
        }),
        Register::Attachments => (ATTACHMENTS, |community, row| {
            let seq = row.take()?;
            Ok(attachment::content(community, &attachment::read(row)?, seq).to_vec())
        }),
    }
}

/// Every register holds the rows that were written to it, and no others.
pub fn registers(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let kept = digest::list(tx, community)?;
    for &register in Register::ALL {
        let (sql, content) = source(register);
        let mut found = SetDigest::default();
        tx.for_each::<DbError>(sql, &params![community], |row| {
            found.join(&SetDigest::of(&content(community, row)?));
            Ok(())
        })?;
        let expected = kept.get(register.table()).copied().unwrap_or_default();
        tally.row(found == expected, || format!("{} of {community}", register.table()));
    }
    for kept_table in TABLES {
        let expected = kept.get(kept_table.name()).copied().unwrap_or_default();
        let found = kept_table.whole(tx, community)?;
        tally.row(found == expected, || format!("{} of {community}", kept_table.name()));
    }
    Ok(())
}

/// As [`crate::billing::insert_charges`] covers it.
fn charge_content(community: CommunityId, row: &Row<'_>) -> Result<Vec<Value>, DbError> {
    let (id, account, bill): (Uuid, Uuid, Option<Uuid>) = (row.take()?, row.take()?, row.take()?);
    let (item, clause): (Uuid, Option<Uuid>) = (row.take()?, row.take()?);
    let (period, occurrence, origin): (String, i64, String) = (row.take()?, row.take()?, row.take()?);
    let (due_on, amount, issued_on): (NaiveDate, i64, NaiveDate) = (row.take()?, row.take()?, row.take()?);
    let (seq, reverses): (i64, Option<Uuid>) = (row.take()?, row.take()?);
    let of = params![community, id, account, bill, item, clause, period, occurrence, origin];
    Ok([&of[..], &params![due_on, amount, issued_on, seq, reverses]].concat())
}

/// As [`crate::collection::step::insert_actions`] covers it.
fn action_content(community: CommunityId, row: &Row<'_>) -> Result<Vec<Value>, DbError> {
    let (id, case, cycle): (Uuid, Uuid, i64) = (row.take()?, row.take()?, row.take()?);
    let (step, occurrence, kind): (String, i64, String) = (row.take()?, row.take()?, row.take()?);
    let (stage, planned_on, seq): (String, NaiveDate, i64) = (row.take()?, row.take()?, row.take()?);
    Ok(params![community, id, case, cycle, step, occurrence, kind, stage, planned_on, seq].to_vec())
}

fn read_share(row: &Row<'_>) -> Result<shared_costs::PoolShareRow, DbError> {
    Ok(shared_costs::PoolShareRow {
        id: row.take()?,
        pool_id: row.take()?,
        unit_id: row.take()?,
        weight: row.take()?,
        amount: row.take()?,
    })
}

/// Policies and message texts are those whose hash was kept when they were written.
pub fn texts(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let mut tally = Tally::new("policies_and_texts_are_as_they_were_written");
    tx.for_each::<DbError>(POLICIES, &[], |row| {
        let (version, body, hash): (i64, serde_json::Value, [u8; 32]) = (row.take()?, row.take()?, row.take()?);
        tally.row(body_hash(&body) == hash, || format!("policy {version}"));
        Ok(())
    })?;
    tx.for_each::<DbError>(TEMPLATES, &[], |row| {
        let (key, body, hash): (String, String, [u8; 32]) = (row.take()?, row.take()?, row.take()?);
        let digest: [u8; 32] = Sha256::digest(&body).into();
        tally.row(digest == hash, || format!("text {key}"));
        Ok(())
    })?;
    Ok(tally.check())
}
