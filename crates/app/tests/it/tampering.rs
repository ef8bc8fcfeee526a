//! Whatever amount, day, hash or ciphertext is changed behind the program's back, `verify` turns red and names the check.

use std::collections::BTreeSet;

use hemu_store::{DbError, verify};

use crate::history::TODAY;
use crate::office::{Office, on_every_engine};

/// Every amount of the schema, with the check that guards it. A new column fails the first test until it stands here.
const AMOUNTS: &[(&str, &str, &str)] = &[
    ("community", "rounding_limit_fen", "desk_rules_are_those_set_last"),
    ("receipt_tender", "amount_fen", "tenders_add_up_to_their_receipt"),
    ("receipt_tender", "handed_fen", "registers_hold_what_was_written"),
    ("desk_shift", "float_fen", "shifts_are_closed_on_what_their_receipts_come_to"),
    ("desk_closing", "expected_fen", "shifts_are_closed_on_what_their_receipts_come_to"),
    ("desk_closing", "counted_fen", "shifts_are_closed_on_what_their_receipts_come_to"),
    ("account", "prepaid_fen", "prepaid_is_what_was_put_by_less_what_was_used"),
    ("bill_run", "total_fen", "bill_runs_count_what_they_issued"),
    ("bill", "total_fen", "bill_totals_are_the_sums_of_their_charges"),
    ("charge", "amount_fen", "charges_follow_from_their_explanation_and_payments"),
    ("charge", "open_fen", "charges_follow_from_their_explanation_and_payments"),
    ("receipt", "amount_fen", "receipts_are_as_they_were_written"),
    ("late_fee", "amount_fen", "late_fees_follow_from_their_rule"),
    ("late_fee", "open_fen", "late_fees_follow_from_their_rule"),
    ("allocation", "amount_fen", "receipts_are_allocated_to_the_fen"),
    ("adjustment", "amount_fen", "adjustments_are_as_they_were_written"),
    ("share_pool", "total_fen", "shares_follow_from_their_cost"),
    ("pool_share", "amount_fen", "shares_follow_from_their_cost"),
    ("meter_usage", "amount_fen", "usage_follows_from_readings_and_prices"),
    ("action", "open_fen", "action_amounts_are_the_sums_of_their_lines"),
    ("action", "late_fee_fen", "action_amounts_are_the_sums_of_their_lines"),
    ("promise", "amount_fen", "promises_are_as_they_were_given"),
    ("plan", "total_fen", "plan_total_is_the_sum_of_its_instalments"),
    ("notice", "principal_fen", "letters_are_as_they_were_frozen"),
    ("notice", "late_fee_fen", "letters_are_as_they_were_frozen"),
    ("legal_matter", "claim_fen", "claim_is_the_sum_of_its_lines"),
    ("deposit", "amount_fen", "registers_hold_what_was_written"),
    ("deposit_entry", "amount_fen", "registers_hold_what_was_written"),
    ("bank_line", "amount_fen", "registers_hold_what_was_written"),
    ("bank_part", "amount_fen", "bank_lines_are_booked_to_the_fen"),
    ("settlement_entry", "amount_fen", "registers_hold_what_was_written"),
    ("settlement_entry", "fee_fen", "registers_hold_what_was_written"),
    ("invoice_line", "net_fen", "invoices_asked_for_come_to_their_charges"),
    ("invoice_line", "tax_fen", "invoices_asked_for_come_to_their_charges"),
    ("invoice_line", "gross_fen", "invoices_asked_for_come_to_their_charges"),
    ("hold", "disputed_fen", "registers_hold_what_was_written"),
    ("complaint", "disputed_fen", "registers_hold_what_was_written"),
];

/// Days, hashes and frozen texts of rows that verify promises to guard.
const FROZEN: &[(&str, &str, &str)] = &[
    ("receipt", "received_on", "receipts_are_as_they_were_written"),
    ("receipt", "account_id", "receipts_are_as_they_were_written"),
    ("receipt", "hash", "receipts_are_as_they_were_written"),
    ("allocation", "effective_on", "allocations_follow_their_receipts"),
    ("allocation", "account_id", "allocations_follow_their_receipts"),
    ("charge", "due_on", "registers_hold_what_was_written"),
    ("charge", "issued_on", "registers_hold_what_was_written"),
    ("action", "planned_on", "registers_hold_what_was_written"),
    ("bill", "due_on", "bill_totals_are_the_sums_of_their_charges"),
    ("late_fee", "from_on", "late_fees_follow_from_their_rule"),
    ("late_fee", "to_on", "late_fees_follow_from_their_rule"),
    ("adjustment", "effective_on", "adjustments_are_as_they_were_written"),
    ("adjustment", "hash", "adjustments_are_as_they_were_written"),
    ("promise", "due_on", "promises_are_as_they_were_given"),
    ("promise", "hash", "promises_are_as_they_were_given"),
    ("plan", "agreed_on", "registers_hold_what_was_written"),
    ("plan", "agreed_by", "registers_hold_what_was_written"),
    ("plan", "lines", "plan_total_is_the_sum_of_its_instalments"),
    ("plan", "schedule", "plan_total_is_the_sum_of_its_instalments"),
    ("action", "lines", "action_amounts_are_the_sums_of_their_lines"),
    ("notice", "as_of", "registers_hold_what_was_written"),
    ("notice", "pay_by", "registers_hold_what_was_written"),
    ("notice", "body_hash", "letters_are_as_they_were_frozen"),
    ("service_proof", "served_on", "registers_hold_what_was_written"),
    ("contact_log", "happened_on", "contact_log_is_as_it_was_written"),
    ("decision", "as_of", "registers_hold_what_was_written"),
    ("decision", "facts", "registers_hold_what_was_written"),
    ("audit_entry", "detail", "audit_trail_is_as_it_was_written"),
    ("legal_matter", "claim_lines", "claim_is_the_sum_of_its_lines"),
    ("meter_usage", "usage_e8", "usage_follows_from_readings_and_prices"),
    ("meter_usage", "charged_e3", "registers_hold_what_was_written"),
    ("meter_reading", "value_e3", "registers_hold_what_was_written"),
    ("share_pool", "period", "registers_hold_what_was_written"),
    ("share_pool", "whole_e8", "shares_follow_from_their_cost"),
    ("pool_share", "weight_e8", "shares_follow_from_their_cost"),
    ("approval", "asked", "registers_hold_what_was_written"),
    ("approval", "expires_on", "registers_hold_what_was_written"),
    ("approval", "decided_by", "approved_acts_have_two_people"),
    ("bank_line", "received_on", "registers_hold_what_was_written"),
    ("settlement_entry", "happened_on", "registers_hold_what_was_written"),
    ("metered_price", "steps", "registers_hold_what_was_written"),
    ("metered_price", "set_by", "registers_hold_what_was_written"),
    ("meter_swap", "final_e3", "registers_hold_what_was_written"),
    ("meter_swap", "swapped_on", "registers_hold_what_was_written"),
    ("settlement_note", "reason", "registers_hold_what_was_written"),
    ("discount", "part_e4", "registers_hold_what_was_written"),
    ("discount", "ends_on", "registers_hold_what_was_written"),
    ("receipt", "source_id", "receipts_are_as_they_were_written"),
    ("receipt_tender", "method", "registers_hold_what_was_written"),
    ("deposit", "taken_on", "registers_hold_what_was_written"),
    ("deposit_entry", "entered_on", "registers_hold_what_was_written"),
    ("desk_shift", "opened_on", "registers_hold_what_was_written"),
    ("desk_closing", "reason", "registers_hold_what_was_written"),
    ("invoice_line", "requested_on", "registers_hold_what_was_written"),
    ("hold", "opened_on", "registers_hold_what_was_written"),
    ("complaint", "opened_on", "registers_hold_what_was_written"),
    ("complaint_event", "kind", "complaints_follow_their_events"),
    ("complaint_event", "note", "registers_hold_what_was_written"),
    ("attachment", "sha256", "registers_hold_what_was_written"),
    ("visit_record", "visit_key", "registers_hold_what_was_written"),
];

/// Tables with amounts whose rows may go away with others only, or whose sums are watched elsewhere.
const NOT_ALONE: &[&str] = &["account", "community", "receipt", "share_pool"];

/// Tables of which no row may be missing, in the order in which the newest can be taken out.
const COMPLETE: &[(&str, &str)] = &[
    ("receipt_tender", "tenders_add_up_to_their_receipt"),
    ("desk_closing", "shifts_are_closed_on_what_their_receipts_come_to"),
    ("allocation", "receipts_are_allocated_to_the_fen"),
    ("late_fee", "registers_hold_what_was_written"),
    ("adjustment", "charges_follow_from_their_explanation_and_payments"),
    ("promise", "registers_hold_what_was_written"),
    ("plan", "registers_hold_what_was_written"),
    ("contact_log", "registers_hold_what_was_written"),
    ("decision", "registers_hold_what_was_written"),
    ("action", "registers_hold_what_was_written"),
    ("notice", "registers_hold_what_was_written"),
    ("service_proof", "registers_hold_what_was_written"),
    ("legal_matter", "registers_hold_what_was_written"),
    ("audit_entry", "audit_trail_is_as_it_was_written"),
    ("charge", "bill_totals_are_the_sums_of_their_charges"),
    ("charge", "registers_hold_what_was_written"),
    ("approval", "registers_hold_what_was_written"),
    ("meter_usage", "registers_hold_what_was_written"),
    ("meter_reading", "registers_hold_what_was_written"),
    ("deposit_entry", "registers_hold_what_was_written"),
    ("pool_share", "shares_follow_from_their_cost"),
    ("pool_share", "registers_hold_what_was_written"),
    ("bank_part", "bank_lines_are_booked_to_the_fen"),
    ("bank_line", "registers_hold_what_was_written"),
    ("settlement_entry", "registers_hold_what_was_written"),
    ("settlement_note", "registers_hold_what_was_written"),
    ("metered_price", "registers_hold_what_was_written"),
    ("meter_swap", "registers_hold_what_was_written"),
    ("discount", "registers_hold_what_was_written"),
    ("discount", "discounts_follow_from_what_was_confirmed"),
    ("deposit", "registers_hold_what_was_written"),
    ("desk_shift", "registers_hold_what_was_written"),
    ("receipt_rounding", "small_change_is_let_off_with_a_receipt"),
    ("receipt_counter", "receipt_numbers_have_no_gap"),
    ("bill", "bill_runs_count_what_they_issued"),
    ("bill_run", "bill_runs_count_what_they_issued"),
    ("invoice_line", "registers_hold_what_was_written"),
    ("hold", "registers_hold_what_was_written"),
    ("attachment", "registers_hold_what_was_written"),
    ("visit_record", "registers_hold_what_was_written"),
    ("complaint_event", "registers_hold_what_was_written"),
    ("complaint", "registers_hold_what_was_written"),
];

/// The amounts of every table, read from the migrations.
fn amounts_of_the_schema() -> BTreeSet<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/migrations");
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("migrations").filter_map(Result::ok) {
        if file.path().extension().is_none_or(|end| end != "sql") {
            continue;
        }
        let (mut table, text) = (String::new(), std::fs::read_to_string(file.path()).expect("a migration"));
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (Some("CREATE" | "ALTER"), Some("TABLE"), Some(name)) => table = name.to_owned(),
                (Some(column), Some("BIGINT"), _) if column.ends_with("_fen") => {
                    found.insert((table.clone(), column.to_owned()));
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn every_amount_of_the_schema_has_a_check() {
    let guarded: BTreeSet<(String, String)> =
        AMOUNTS.iter().map(|(table, column, _)| ((*table).to_owned(), (*column).to_owned())).collect();
    assert_eq!(amounts_of_the_schema(), guarded);
}

#[test]
fn every_table_with_an_amount_is_one_of_which_no_row_may_be_missing() {
    let complete: BTreeSet<&str> = COMPLETE.iter().map(|(table, _)| *table).chain(NOT_ALONE.iter().copied()).collect();
    let missing: Vec<String> = amounts_of_the_schema()
        .into_iter()
        .map(|(table, _)| table)
        .filter(|one| !complete.contains(one.as_str()))
        .collect();
    assert_eq!(missing, [""; 0]);
}

/// The checks that are red after some statements, which are taken back again.
fn red_after(office: &Office, statements: &[String]) -> (u64, Vec<&'static str>) {
    let mut seen = (0, Vec::new());
    let taken_back: Result<(), DbError> = office.app.db.write(|tx| {
        let mut changed = 0;
        for sql in statements {
            changed = tx.execute(sql, &[])?;
        }
        let checks = verify::verify(tx, &office.app.sealer)?;
        seen = (changed, checks.into_iter().filter(|check| !check.ok).map(|check| check.name).collect());
        Err(DbError::NotFound("taken back"))
    });
    assert!(matches!(taken_back, Err(DbError::NotFound("taken back"))), "{statements:?}: {taken_back:?}");
    seen
}

fn lived(test: impl Fn(&Office)) {
    on_every_engine("2026-10-31", |office| {
        office.live_and_correct();
        assert_eq!(office.app.today().to_string(), TODAY);
        assert_eq!(office.red(), [""; 0], "green before");
        test(office);
        assert_eq!(office.red(), [""; 0], "green again");
    });
}

fn expect_red(office: &Office, statements: &[String], check: &str) {
    let (changed, red) = red_after(office, statements);
    assert!(changed > 0, "{statements:?} changes nothing");
    assert!(red.contains(&check), "{statements:?}: {red:?}");
}

#[test]
fn one_fen_more_or_less_turns_the_check_of_its_column_red() {
    lived(|office| {
        for &(table, column, check) in AMOUNTS {
            for by in ["+ 1", "- 1"] {
                let among = if table == "desk_shift" { "WHERE NOT is_open" } else { "" };
                let newest = format!("id = (SELECT id FROM {table} {among} ORDER BY id DESC LIMIT 1)");
                expect_red(office, &[format!("UPDATE {table} SET {column} = {column} {by} WHERE {newest}")], check);
            }
        }
    });
}

#[test]
fn two_rows_that_swap_their_amounts_turn_a_check_red() {
    lived(|office| {
        for &(table, column, _) in AMOUNTS {
            let end = |order: &str| format!("(SELECT id FROM {table} ORDER BY {column} {order}, id {order} LIMIT 1)");
            let (least, most) = (end("ASC"), end("DESC"));
            let values = format!("SELECT CAST(COUNT(DISTINCT {column}) AS BIGINT) FROM {table}");
            if office.count(&values) < 2 {
                continue;
            }
            let both = format!("SELECT CAST(SUM({column}) AS BIGINT) FROM {table} WHERE id IN ({least}, {most})");
            let swap = format!("UPDATE {table} SET {column} = ({both}) - {column} WHERE id IN ({least}, {most})");
            let (changed, red) = red_after(office, &[swap]);
            assert_eq!(changed, 2, "{table}.{column}");
            assert!(!red.is_empty(), "{table}.{column}");
        }
    });
}

#[test]
fn a_changed_day_hash_or_frozen_text_turns_its_check_red() {
    lived(|office| {
        for &(table, column, check) in FROZEN {
            let value = match column {
                "hash" => "prev_hash".to_owned(),
                "body_hash" | "sha256" => "(SELECT hash FROM receipt ORDER BY id LIMIT 1)".to_owned(),
                "account_id" => {
                    format!("(SELECT a.id FROM account a WHERE a.id <> {table}.account_id ORDER BY a.id LIMIT 1)")
                }
                "schedule" | "lines" | "claim_lines" => "'[]'".to_owned(),
                "period" => "'1999-01'".to_owned(),
                "steps" => "'9'".to_owned(),
                "set_by" | "reason" | "note" => "'x'".to_owned(),
                "method" => "'other'".to_owned(),
                "kind" => "'closed'".to_owned(),
                "source_id" => "id".to_owned(),
                "whole_e8" | "weight_e8" | "usage_e8" | "charged_e3" | "value_e3" | "final_e3" | "part_e4" => {
                    format!("{column} + 1")
                }
                "facts" | "detail" | "asked" => "'{}'".to_owned(),
                _ => "'1999-01-31'".to_owned(),
            };
            let row = match table {
                "notice" => "id = (SELECT id FROM notice WHERE number IS NOT NULL)".to_owned(),
                "action" => "id = (SELECT id FROM action WHERE open_fen > 0 ORDER BY id LIMIT 1)".to_owned(),
                "metered_price" | "settlement_note" | "visit_record" => "community_id IS NOT NULL".to_owned(),
                _ => format!("id = (SELECT id FROM {table} ORDER BY id LIMIT 1)"),
            };
            expect_red(office, &[format!("UPDATE {table} SET {column} = {value} WHERE {row}")], check);
        }
    });
}

#[test]
fn an_approval_that_nobody_gave_turns_a_check_red() {
    lived(|office| {
        let one = "id = (SELECT id FROM approval ORDER BY id LIMIT 1)";
        for change in ["decided_by = asked_by", "state = 'open'", "state = 'refused'", "result_id = NULL"] {
            let statement = format!("UPDATE approval SET {change} WHERE {one}");
            expect_red(office, &[statement], "approved_acts_have_two_people");
        }
    });
}

#[test]
fn a_row_taken_out_turns_a_check_red_even_the_newest() {
    lived(|office| {
        for &(table, check) in COMPLETE {
            let newest = match table {
                "charge" => {
                    "id = (SELECT c.id FROM charge c WHERE c.bill_id IS NOT NULL AND c.open_fen > 0 AND NOT EXISTS
                    (SELECT 1 FROM late_fee l WHERE l.charge_id = c.id) ORDER BY c.seq DESC LIMIT 1)"
                        .to_owned()
                }
                "metered_price" | "settlement_note" | "receipt_counter" | "visit_record" => {
                    "community_id IS NOT NULL".to_owned()
                }
                "receipt_rounding" | "bill" | "bill_run" => {
                    format!("id = (SELECT id FROM {table} ORDER BY id DESC LIMIT 1)")
                }
                // What nothing else stands on.
                "deposit" => "NOT EXISTS (SELECT 1 FROM deposit_entry e WHERE e.deposit_id = deposit.id)".to_owned(),
                "desk_shift" => "is_open".to_owned(),
                _ => format!("id = (SELECT id FROM {table} ORDER BY seq DESC, id LIMIT 1)"),
            };
            expect_red(office, &[format!("DELETE FROM {table} WHERE {newest}")], check);
        }
        let last = "(SELECT id FROM receipt ORDER BY seq DESC LIMIT 1)";
        let gone = [
            format!("DELETE FROM allocation WHERE receipt_id = {last}"),
            format!("DELETE FROM receipt WHERE id = {last}"),
        ];
        expect_red(office, &gone, "receipts_are_as_they_were_written");
        let pool = "(SELECT id FROM share_pool ORDER BY seq DESC LIMIT 1)";
        let gone = [
            format!("DELETE FROM pool_share WHERE pool_id = {pool}"),
            format!("DELETE FROM share_pool WHERE id = {pool}"),
        ];
        expect_red(office, &gone, "registers_hold_what_was_written");
    });
}

#[test]
fn a_ciphertext_moved_to_another_row_turns_a_check_red() {
    lived(|office| {
        for (table, column) in [
            ("contact_point", "value_sealed"),
            ("contact_log", "note_sealed"),
            ("attempt", "content_sealed"),
            ("attempt", "recipient_sealed"),
            ("bank_line", "account_sealed"),
            ("bank_line", "remark_sealed"),
            ("attachment", "content_sealed"),
            ("paper", "content_sealed"),
        ] {
            let filled = format!("SELECT id FROM {table} WHERE {column} IS NOT NULL ORDER BY id");
            // Where there is one row alone, the ciphertext of another place stands in.
            let other = format!(
                "(SELECT COALESCE((SELECT t.{column} FROM {table} t WHERE t.{column} IS NOT NULL
                    AND t.id <> ({filled} LIMIT 1) ORDER BY t.id DESC LIMIT 1),
                (SELECT p.value_sealed FROM contact_point p ORDER BY p.id LIMIT 1)))"
            );
            let moved = format!("UPDATE {table} SET {column} = {other} WHERE id = ({filled} LIMIT 1)");
            expect_red(office, &[moved], "sealed_values_belong_to_their_rows");
        }
    });
}
