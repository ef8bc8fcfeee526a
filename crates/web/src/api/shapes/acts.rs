//! The shapes of acts of two people, and of who looks after what.

use utoipa::ToSchema;

use super::{Day, Id, Label, Moment, Month, Yuan, shapes};

shapes! {
    /// What is asked for; which fields there are follows from `act`: `legal_matter`, `adjustment`, `opening_correction`, `rebill`,
    /// `service_end`, `vacancy`, `service_reduction`, `demand_letter`, `reopen_month`, `late_fee_ceiling`, `deposit_deduction`, `refund`, `policy_activation` or `formal_exception`.
    AskedFor {
        act: String, case: Option<Id>, kind: Option<String>, evidence_complete: Option<bool>, charge: Option<Id>,
        part: Option<String>, amount: Option<Yuan>, unit: Option<Label>, from: Option<String>, to: Option<String>,
        evidence: Option<String>, standard: Option<Id>, fix: Option<super::RebillFix>, complaint: Option<Id>,
        month: Option<Month>, contract: Option<Id>, percent: Option<i64>, deposit: Option<Id>,
        receipt: Option<Id>, method: Option<String>, item: Option<String>, period: Option<Month>, due_on: Option<Day>, on: Option<Day>,
        version: Option<i64>, name: Option<String>, effective_from: Option<Day>, sha256: Option<String>,
        until: Option<Day>,
    }
    /// What a request is about as it stood when it was asked.
    AskedAbout {
        unit: String, case: Option<Id>, case_number: Option<String>, item: Option<String>, period: Option<Month>,
        amount: Option<Yuan>,
    }
    /// An act of two people; `own` when the caller asked for it.
    ApprovalItem {
        id: Id, kind: String, asked: AskedFor, about: AskedAbout, reason: String, asked_by: String, asked_at: Moment,
        expires_on: Day, state: String, own: bool, decided_by: Option<String>, decided_at: Option<Moment>,
        answer: Option<String>, result: Option<Id>,
    }
    /// What waits, and what was decided last.
    ApprovalList { open: Vec<ApprovalItem>, decided: Vec<ApprovalItem> }
    /// A request that waits.
    Requested { id: Id, expires_on: Day }
    /// What became of a request, and the matter, charge or letter it led to.
    Decided { id: Id, state: String, result: Option<Id> }

    /// A person of the staff.
    Person { id: Id, name: String }
    /// A building and who looks after it.
    BuildingKeeper { id: Id, building: String, staff: Option<Person> }
    /// The buildings with their people, and who can be chosen.
    Keepers { buildings: Vec<BuildingKeeper>, people: Vec<Person> }
    /// Open cases that went along with a building.
    TakenOver { cases: i64 }
}
