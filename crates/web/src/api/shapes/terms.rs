//! Shapes of what is agreed with an owner, and of what the data propose about a case.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::{Day, Id, Instalment, Label, Month, Sentence, Yuan, shapes};

shapes! {
    /// A promise, or an offer the owner has not agreed to; `replaces` is the place of another one of the list.
    PromiseItem {
        id: Id, state: Sentence, stands: bool, runs: bool, amount: Yuan, promised_on: Day, due_on: Day,
        lapses_on: Option<Day>, settled_on: Option<Day>, by: String, place: i64, replaces: Option<i64>,
    }
    /// A charge of a plan, with its own due date.
    PlanLine {
        charge: Id, unit: Label, item: String, period: Month, due_on: Day, open: Yuan, late_fee: Yuan,
    }
    /// What was agreed beside the dates.
    PlanTerms { grace_days: i64, late_fee_rests: bool, misses: i64 }
    /// An instalment with what is paid of it.
    PlanPart { due_on: Day, amount: Yuan, paid: Yuan, missed: bool }
    /// A plan of instalments.
    PlanView {
        id: Id, state: String, state_text: Sentence, standing_text: Option<Sentence>, total: Yuan, paid: Yuan,
        lines: Vec<PlanLine>, schedule: Vec<PlanPart>, terms: PlanTerms, offered_on: Day, lapses_on: Day,
        agreed_on: Option<Day>, agreed_by: String, approved_by: String, runs_from: Option<Day>, may_warn: bool,
        warned_on: Option<Day>, warned_by: String, settled_on: Option<Day>, ended_why: String,
    }
    /// The address of the owner's page about an offer, to be put behind that of the server.
    OfferLink { address: String }
    /// A promise or plan of the list.
    TermsItem {
        id: Id, case_id: Id, number: String, unit: Option<Label>, owner: String, state: Sentence,
        standing: Option<Sentence>, amount: Yuan, paid: Yuan, due_on: Option<Day>, is_late: bool, on: Day, by: String,
    }
    /// A page of promises or plans; `counts` by kind and state, as in `plan.offered`.
    TermsList { rows: Vec<TermsItem>, next: Option<Id>, counts: BTreeMap<String, i64> }
    /// A signed page of a plan.
    SignedItem { id: Id, plan_id: Id, sha256: String, by: String, on: Day }
    /// What a plan would be.
    PlanQuote {
        lines: Vec<PlanLine>, principal: Yuan, late_fee: Yuan, late_fee_in_plan: Yuan, total: Yuan,
        schedule: Vec<Instalment>, last_day: Day, terms: PlanTerms, lapses_on: Day, needs_second_person: bool,
        says: Vec<Sentence>,
    }
    /// A fact a proposal rests on.
    EvidenceItem { what: Sentence, on: Option<Day> }
    /// What the data propose; nothing decides on it until somebody confirms it.
    ProposalItem {
        cause: Sentence, attitude: Sentence, capacity: Sentence, duration: Sentence, confidence: Sentence,
        evidence: Vec<EvidenceItem>,
    }
}
