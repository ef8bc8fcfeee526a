//! Which tables are kept row by row, with the columns that are covered.
//!
//! Left out are only columns that change without being said (a lock), and amounts that other checks recompute.

use super::Kept;
use crate::db::{BulkTable, ColumnKind};

/// Describes a table: its key, then its columns after the community.
macro_rules! kept {
    ($($(#[$doc:meta])* $name:ident = $table:literal by $key:literal: $($column:literal $kind:ident),* $(,)?;)+) => {
        $($(#[$doc])*
        pub static $name: Kept = Kept {
            table: BulkTable {
                table: $table,
                columns: &[("community_id", ColumnKind::Uuid) $(, ($column, ColumnKind::$kind))*],
            },
            all: concat!("SELECT community_id" $(, ", ", $column)*, " FROM ", $table, " WHERE community_id = $1"),
            some: concat!("SELECT community_id" $(, ", ", $column)*, " FROM ", $table, " WHERE community_id = $1 AND ", $key),
        };)+

        /// All of them.
        pub static TABLES: &[&Kept] = &[$(&$name),+];
    };
}

kept! {
    /// Accounts: who owes for which unit, and from which month on.
    ACCOUNTS = "account" by "unit_id = $2": "id" Uuid, "unit_id" Uuid, "party_id" Uuid, "starts_on" Date, "ends_on" Date,
        "paid_through" Text;
    /// Bills.
    BILLS = "bill" by "id = $2": "id" Uuid, "account_id" Uuid, "period" Text, "occurrence" Int, "run_id" Uuid, "number" Text,
        "due_on" Date, "issued_on" Date;
    /// Bill runs.
    BILL_RUNS = "bill_run" by "id = $2": "id" Uuid, "period" Text, "as_of" Date, "status" Text, "actor_name" Text,
        "bills" Int, "charges" Int, "total_fen" Int, "findings" Json, "started_at" Time, "finished_at" Time,
        "published_on" Date, "published_by" Text;
    /// Orders.
    ORDERS = "fee_order" by "id = $2": "id" Uuid, "account_id" Uuid, "unit_id" Uuid, "fee_item_id" Uuid, "period" Text,
        "occurrence" Int, "quantity" Int, "counted_in" Text, "price_e6" Int, "basis" Text, "ordered_on" Date,
        "ordered_by" Text, "cancelled_on" Date, "cancelled_by" Text, "cancel_reason" Text, "seq" Int;
    /// Shared costs.
    SHARE_POOLS = "share_pool" by "id = $2": "id" Uuid, "fee_item_id" Uuid, "period" Text, "occurrence" Int,
        "total_fen" Int, "source" Json, "scope" Json, "method" Json, "whole_e8" Int, "basis" Text, "confirmed_by" Text,
        "confirmed_at" Time, "cancelled_by" Text, "cancelled_at" Time, "cancel_reason" Text, "seq" Int;
    /// Months charged in part.
    DISCOUNTS = "discount" by "id = $2": "id" Uuid, "unit_id" Uuid, "account_id" Uuid, "kind" Text, "starts_on" Date,
        "ends_on" Date, "part_e4" Int, "evidence" Text, "reason" Text, "requested_by" Text, "approved_by" Text,
        "granted_on" Date, "ended_on" Date, "seq" Int;
    /// Contracts.
    CONTRACTS = "contract" by "id = $2": "id" Uuid, "name" Text, "number" Text, "kind" Text, "starts_on" Date, "ends_on" Date,
        "cycle_months" Int, "billed_at" Text, "due_rule" Text, "due_day" Int, "late_fee_rate_e8" Int, "late_fee_lpr_e4" Int,
        "late_fee_day_basis" Int, "late_fee_grace_days" Int, "late_fee_starts" Text, "late_fee_cap_e4" Int,
        "late_fee_ceiling_e4" Int, "demand_days" Int, "rounding" Text, "allocation_policy" Text, "filing_state" Text,
        "created_at" Time, "service_ends_on" Date;
    /// Their clauses.
    CLAUSES = "contract_clause" by "id = $2": "id" Uuid, "contract_id" Uuid, "kind" Text, "number" Text, "text" Text;
    /// Fee items.
    FEE_ITEMS = "fee_item" by "id = $2": "id" Uuid, "name" Text, "kind" Text;
    /// Fee standards.
    FEE_STANDARDS = "fee_standard" by "id = $2": "id" Uuid, "fee_item_id" Uuid, "contract_id" Uuid, "clause_id" Uuid,
        "name" Text, "unit_kind" Text, "formula" Text, "due_rule" Text, "due_day" Int;
    /// Their prices.
    FEE_PRICES = "fee_price" by "fee_standard_id = $2 AND valid_from = $3": "fee_standard_id" Uuid, "valid_from" Date,
        "price_e6" Int, "surcharge_e6" Int, "basis" Text;
    /// The bands of prices.
    FEE_BANDS = "fee_band" by "fee_standard_id = $2 AND valid_from = $3": "fee_standard_id" Uuid, "valid_from" Date,
        "band_from" Int, "band_to" Int, "price_e6" Int;
    /// Which unit pays by which standard.
    UNIT_FEES = "unit_fee" by "fee_item_id = $2 AND unit_id IN ({ids})": "unit_id" Uuid, "fee_item_id" Uuid,
        "starts_on" Date, "fee_standard_id" Uuid, "ends_on" Date;
    /// What was displayed in public.
    DISPLAYS = "public_display" by "id = $2": "id" Uuid, "fee_standard_id" Uuid, "what" Text, "place" Text,
        "displayed_on" Date, "author_name" Text, "created_at" Time;
    /// Deposits.
    DEPOSITS = "deposit" by "id = $2": "id" Uuid, "account_id" Uuid, "unit_id" Uuid, "kind" Text, "amount_fen" Int,
        "taken_on" Date, "method" Text, "remark" Text, "taken_by" Text, "seq" Int;
    /// What became of deposits.
    DEPOSIT_ENTRIES = "deposit_entry" by "id = $2": "id" Uuid, "deposit_id" Uuid, "kind" Text, "amount_fen" Int,
        "entered_on" Date, "method" Text, "reason" Text, "requested_by" Text, "approved_by" Text, "seq" Int;
    /// Months closed; what never changes of them is chained as well.
    CLOSINGS = "month_closing" by "id = $2": "id" Uuid, "month" Text, "last_day" Date, "fact_seq" Int, "closed_by" Text,
        "closed_at" Time, "reopened_at" Time, "reopened_by" Text;
    /// Money bank statements say came in, and what became of it; what is sealed has its index.
    BANK_LINES = "bank_line" by "id = $2": "id" Uuid, "file_id" Uuid, "row_no" Int, "line_index" Bytes,
        "received_on" Date, "amount_fen" Int, "payer_name" Text, "account_index" Bytes, "account_tail" Text, "state" Text,
        "round" Int, "reason" Text, "settled_by" Text, "settled_on" Date, "seq" Int;
    /// Scans and photos on file, by their hash.
    PAPERS = "paper" by "id = $2": "id" Uuid, "subject_kind" Text, "subject_id" Uuid, "media_type" Text, "bytes" Int,
        "sha256" Bytes, "added_by" Text, "added_at" Time;
    /// Service promises.
    SERVICE_PROMISES = "service_promise" by "id = $2": "id" Uuid, "kind" Text, "what" Text, "measure" Text, "every" Text,
        "clause" Text, "starts_on" Date, "ends_on" Date, "added_by" Text, "added_at" Time;
    /// What was done about them.
    PROMISE_EVIDENCE = "promise_evidence" by "id = $2": "id" Uuid, "promise_id" Uuid, "period" Text, "result" Text,
        "remark" Text, "recorded_by" Text, "recorded_at" Time, "seq" Int;
    /// Formal steps although papers are missing.
    FORMAL_EXCEPTIONS = "formal_exception" by "id = $2": "id" Uuid, "starts_on" Date, "ends_on" Date, "reason" Text,
        "asked_by" Text, "approved_by" Text, "approved_at" Time, "seq" Int;
    /// Prints of receipts.
    PRINTS = "receipt_print" by "receipt_id = $2": "receipt_id" Uuid, "print_no" Int, "printed_by" Text, "printed_at" Time;
    /// Statements and settlement files.
    BANK_FILES = "bank_file" by "id = $2": "id" Uuid, "kind" Text, "layout" Text, "file_name" Text, "sha256" Text,
        "account_tail" Text, "first_on" Date, "last_on" Date, "row_count" Int, "actor_name" Text, "imported_at" Time,
        "seq" Int;
    /// Headings told by hand.
    BANK_LAYOUTS = "bank_layout" by "TRUE": "columns" Json, "changed_by" Text, "changed_at" Time;
    /// Holds opened for money in doubt.
    BANK_HOLDS = "bank_hold" by "hold_id = $2": "hold_id" Uuid;
    /// Handover rule, discounts, limits.
    MONEY_RULES = "money_rule" by "TRUE": "body" Json;
    /// Meters.
    METERS = "meter" by "id = $2": "id" Uuid, "unit_id" Uuid, "kind" Text, "fee_item_id" Uuid, "master_id" Uuid,
        "place" Text, "point_no" Int, "number" Text, "digits" Int, "multiplier_e8" Int, "loss_e8" Int, "start_e3" Int,
        "starts_on" Date, "ended_on" Date;
    /// What phones sent of visits.
    VISIT_RECORDS = "visit_record" by "contact_id = $2": "contact_id" Uuid, "case_id" Uuid, "visit_key" Text,
        "content_index" Bytes, "signing" Text, "received_at" Time;
}
