//! Ledger (账务): receipts, their allocations, late fees frozen, money put by. Nothing is changed in place but what is open.

/// Charges that owe something now or owed it on `$2`: open, or with an open late fee, or paid or adjusted after that day. Each
/// part has an index of its own, so years of settled charges are not read. Whoever uses it asks for `live` charges himself: the
/// first part is then answered by its index alone. `UNION ALL`, since a list does not mind repetitions and sorting costs.
macro_rules! in_play {
    () => {
        "(SELECT o.id FROM charge o WHERE o.community_id = $1 AND o.open_fen > 0
        UNION ALL SELECT l.charge_id FROM late_fee l WHERE l.community_id = $1 AND l.live AND l.open_fen > 0
        UNION ALL SELECT x.charge_id FROM allocation x WHERE x.community_id = $1 AND x.effective_on > $2
            AND x.charge_id IS NOT NULL
        UNION ALL SELECT j.charge_id FROM adjustment j WHERE j.community_id = $1 AND j.effective_on > $2
            AND j.charge_id IS NOT NULL)"
    };
}

pub mod adjustment;
pub mod allocation;
pub mod deposit;
pub mod due;
pub mod late_fee;
pub mod owed;
pub mod owing;
pub mod posting;
pub mod prepaid;
pub mod print;
pub mod receipt;
pub mod reversal;
pub mod rounding;
pub mod statement;
pub mod tender;
pub mod together;
pub mod view;

pub(crate) use allocation::ALLOCATION_TABLE;
pub use allocation::{
    AllocationRow, PrincipalPayment, insert_allocation, insert_allocations, list_allocations, list_later_principal,
    list_principal_payments,
};
pub use late_fee::{
    FrozenLateFee, LateFeeRow, insert_late_fee, late_fee_content, list_frozen_clauses, list_late_fee_paid,
    list_late_fees, take_off_late_fee,
};
pub use owed::{OwedCharge, list_charges_by_id, list_owed_of_account, list_owed_of_community};
pub use prepaid::{PrepaidSource, PutBy, list_prepaid_sources, list_put_by};
pub use print::{count_prints, insert_print};
pub use receipt::{
    ReceiptRow, find, find_by_key, insert_receipt, list_moved_on, list_of_account, list_of_days, lock_cases_of_account,
    lock_cases_of_party, next_number, receipt_content,
};
pub use rounding::{insert_rounding, list_roundings, list_roundings_of_days, tie_roundings_since};
pub use tender::{TenderRow, insert_tenders, list_tenders, list_tenders_of_days, tender_content};
pub use together::{TogetherRow, is_together_key, list_together, together_key};
