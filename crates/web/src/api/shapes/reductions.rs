//! The shapes of reductions and corrections.

use serde_json::Value;
use utoipa::ToSchema;

use super::{Day, Id, Label, Month, Number, Requested, Sentence, Yuan, shapes};

shapes! {
    /// Months charged in part.
    DiscountItem {
        id: Id, unit: String, kind: String, from: Day, to: Day, percent: String, evidence: String, requested_by: String,
        approved_by: String, granted_on: Day, runs: bool,
    }
    /// What was let off or corrected; below zero where that was taken back.
    GrantedItem {
        unit: String, item: String, period: Month, kind: String, of_late_fee: bool, amount: Yuan, on: Day, reason: String,
        requested_by: String, approved_by: String,
    }
    /// What was taken off in a year for one kind of reason.
    KindTotal { kind: String, amount: Yuan, entries: i64 }
    /// The reductions of a community.
    ReductionList { discounts: Vec<DiscountItem>, granted: Vec<GrantedItem>, totals: Vec<KindTotal>, year: i32 }
    /// The rules of a community; parts as fractions.
    MoneyRules {
        handover: String, vacancy_part: Number, vacancy_least_months: u32, vacancy_most_months: u32,
        prepay_most_months: u32, promotion_months: u32, promotion_part: Number, manager_alone: Yuan,
        accountant_alone: Yuan,
    }
    /// A waiver: done, or waiting; `left` is what the caller may still let off alone.
    Waived { done: bool, request: Option<Requested>, left: Yuan }
    /// A discount granted to who paid ahead.
    Promoted { id: Id, unit: Label, from: Month, until: Month, whole: Yuan, to_pay: Yuan, prepaid: Yuan }
    /// What becomes of one charge.
    RebillRow {
        unit: Label, period: Month, was: Yuan, was_formula: String, becomes: Yuan, formula: String, put_by: Yuan,
        was_open: Yuan, open: Yuan,
    }
    /// A wrong charge that is claimed, and stays until a lawyer decides.
    KeptCharge { unit: Label, period: Month, was: Yuan, becomes: Yuan, why: Sentence }
    /// What a correction does, charge by charge.
    RebillReport {
        item: String, rows: Vec<RebillRow>, kept: Vec<KeptCharge>, refused: Vec<super::RefusedUnit>, was: Yuan, becomes: Yuan, put_by: Yuan,
        open: Yuan, next_bill: Yuan,
    }
    /// What the end of the service does, fee item by fee item.
    ServiceEndReport {
        on: Day, items: Vec<RebillReport>, refused: Vec<super::RefusedUnit>, was: Yuan, becomes: Yuan, put_by: Yuan,
    }
    /// Money put by that can be given back.
    RefundItem {
        unit_id: Id, unit: Label, receipt: Id, number: String, received_on: Day, method: String, left: Yuan,
    }
    /// What an account has put by, and owes beside it.
    AccountRefunds { unit: Label, put_by: Yuan, owed: Yuan, receipts: Vec<RefundItem> }
    /// What is put by in a community.
    RefundList { accounts: Vec<AccountRefunds>, put_by: Yuan, owed: Yuan }
    /// A certificate or statement of settlement that was made.
    ClearanceReport {
        id: Id, number: Option<String>, sha256: String, until: Day, principal: Yuan, late_fee: Yuan, prepaid: Yuan,
    }
    /// A change of who pays for a unit.
    PayerChange { unit: Label, account: Id, party: Id, tenant: bool, first_period: Month }
    /// What is right instead: one of them.
    RebillFix {
        price: Option<FixedPrice>, bands: Option<FixedBands>, standard: Option<FixedUnits>,
        record: Option<FixedUnits>, meter_price: Option<FixedSteps>, shared_cost: Option<RightCost>,
    }
    /// The right price.
    FixedPrice { price: Number, basis: String }
    /// The right prices by bands.
    FixedBands { bands: String, basis: String }
    /// The right price steps of a metered item.
    FixedSteps { item: String, steps: String, basis: String }
    /// The shared cost as it should have been; what is left out stays.
    RightCost {
        pool: Id, total: Option<Yuan>, invoice: String, scope: Option<Vec<String>>, method: Option<Value>,
    }
    /// The units that are put right.
    FixedUnits { units: Vec<Label> }
}
