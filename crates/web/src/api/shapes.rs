//! The shapes of answers, for the document: what the reports of the use cases look like as JSON.
//!
//! The reports are types of `hemu-app`, which knows nothing of OpenAPI. Nothing is converted into these shapes; a test compares real
//! answers with them field by field, so neither can change without the other.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

mod acts;
mod bank;
mod calculators;
mod closing;
mod contact;
mod desk;
mod fairness;
mod metering;
mod policy;
mod readiness;
mod reductions;
mod service;
mod terms;
mod work;

pub use self::acts::*;
pub use self::bank::*;
pub use self::calculators::*;
pub use self::closing::*;
pub use self::contact::*;
pub use self::desk::*;
pub use self::fairness::*;
pub use self::metering::*;
pub use self::policy::*;
pub use self::readiness::*;
pub use self::reductions::*;
pub use self::service::*;
pub use self::terms::*;
pub use self::work::*;

/// Texts with a form of their own.
macro_rules! texts {
    ($($(#[doc = $about:literal])+ $name:ident: $pattern:literal, $example:literal;)*) => {$(
        $(#[doc = $about])+
        #[derive(Debug)]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let about = concat!($($about),+).trim();
                let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some($pattern));
                text.description(Some(about)).examples([Value::from($example)]).build().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )*};
}

/// Objects: each field with its kind.
macro_rules! shapes {
    ($($(#[doc = $about:literal])+ $name:ident { $($field:ident: $kind:ty),* $(,)? })*) => {$(
        $(#[doc = $about])+
        #[derive(Debug, ToSchema)]
        #[expect(dead_code, reason = "a shape is documented, never made")]
        pub struct $name {
            $($field: $kind,)*
        }
    )*};
}

use shapes;

texts! {
    /// An amount in yuan.
    Yuan: r"^-?\d+\.\d{2}$", "209.90";
    /// A day.
    Day: r"^\d{4}-\d{2}-\d{2}$", "2026-11-27";
    /// A month.
    Month: r"^\d{4}-\d{2}$", "2026-11";
    /// A unit: building, entrance where there is one, room.
    Label: r"^[^ ]+$", "3-2-1502";
    /// An id.
    Id: r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "019aa6a2-7f04-7b11-8d2c-51d7f4a1c001";
    /// A moment, UTC.
    Moment: r"^\d{4}-\d{2}-\d{2}T[0-9:.]+Z$", "2026-11-27T02:00:00Z";
    /// A decimal number as text.
    Number: r"^-?\d+(\.\d+)?$", "89.32";
}

shapes! {
    /// A sentence in both languages.
    Sentence { zh: String, en: String }

    /// A session that was opened.
    SessionOpened { token: String, token_type: String, expires_in: i64 }
    /// Who calls.
    SessionInfo {
        id: Id, name: String, role: String, language: String, all_communities: bool, csrf_token: String,
    }

    /// A community; `missing` names what bills and letters still need.
    CommunityReport {
        id: Id, name: String, company_name: String, address: String, service_phone: String, pay_account: String,
        region: String, missing: Vec<String>,
    }
    /// The communities of the caller.
    Communities { rows: Vec<CommunityReport> }

    /// A unit in a list.
    UnitItem {
        id: Id, unit: Label, kind: String, area: Option<Number>, floor: Option<i64>, occupancy: String,
        owner: Option<String>, party_id: Option<Id>, open: Yuan, former_open: Yuan, status: String,
    }
    /// A page of units.
    Units { rows: Vec<UnitItem>, next: Option<Id> }
    /// An entrance with its sums.
    EntranceNode { code: Option<String>, units: i64, vacant: i64, owing: i64, open: Yuan }
    /// A building with its sums and entrances.
    BuildingNode { id: Id, code: String, units: i64, vacant: i64, owing: i64, open: Yuan, entrances: Vec<EntranceNode> }
    /// The buildings of a community.
    Buildings { rows: Vec<BuildingNode> }
    /// A floor.
    FloorPlan { floor: Option<i64>, units: Vec<UnitItem> }
    /// The floors of an entrance.
    EntrancePlan { code: Option<String>, floors: Vec<FloorPlan> }
    /// A building floor by floor.
    BlockPlan { building: String, entrances: Vec<EntrancePlan>, counts: BTreeMap<String, i64> }

    /// Who holds a unit.
    HolderItem {
        tenure_id: Id, party_id: Id, role: String, name: String, form_of_address: Option<String>,
        starts_on: Option<Day>, ends_on: Option<Day>, id_number_tail: Option<String>,
    }
    /// A contact point, masked.
    ContactItem {
        id: Id, party_id: Id, channel: String, tail: String, relation: String, verified_how: Option<String>,
        verified_on: Option<Day>, consent: bool, preferred: bool, bounced_on: Option<Day>,
    }
    /// A special situation.
    FlagItem {
        id: Id, kind: String, reason: String, effect: String, author: String, expires_on: Day, ended_on: Option<Day>,
    }
    /// An account of a unit: one payer for one tenure.
    AccountItem {
        id: Id, party_id: Id, starts_on: Option<Day>, ends_on: Option<Day>, prepaid: Yuan, open: Yuan, late_fee: Yuan,
        is_present: bool,
    }
    /// A fee that applies to a unit.
    FeeLine {
        item: String, standard: String, formula: String, price: Option<Number>, surcharge: Option<Number>,
        starts_on: Day, ends_on: Option<Day>,
    }
    /// A charge with its formula.
    ChargeItem {
        id: Id, account_id: Id, item: String, period: Month, due_on: Day, amount: Yuan, open: Yuan, late_fee: Yuan,
        formula: String, basis: String,
    }
    /// A receipt in a list.
    ReceiptItem { id: Id, number: String, amount: Yuan, received_on: Day, method: String, reversed: bool }
    /// The case of a payer.
    CaseOfUnit { id: Id, number: String, stage: String }
    /// A unit with everything that is known of it.
    UnitPage {
        id: Id, unit: Label, kind: String, area: Option<Number>, floor: Option<i64>, occupancy: String,
        vacant_since: Option<Day>, handover_on: Option<Day>, remark: String, holders: Vec<HolderItem>,
        contacts: Vec<ContactItem>, members: Vec<MemberItem>, flags: Vec<FlagItem>, accounts: Vec<AccountItem>, fees: Vec<FeeLine>,
        charges: Vec<ChargeItem>, receipts: Vec<ReceiptItem>, case: Option<CaseOfUnit>,
    }
    /// Somebody who lives in a unit beside its owners, masked; pays nothing for it.
    MemberItem { id: Id, role: Sentence, name: String, phones: String, pays: bool }
    /// A unit that was added.
    AddedUnit { id: Id, unit: Label, account: Id, parties: Vec<Id> }
    /// A change of owner: what the former one still owes, where the new one begins.
    OwnerChange {
        unit: Label, former_account: Option<Id>, former_open: Yuan, former_prepaid: Yuan, account: Id, parties: Vec<Id>,
        first_period: Month, billed_ahead: Vec<BilledAhead>,
    }
    /// A charge beyond the change of owner.
    BilledAhead { item: String, period: Month, until: Month, amount: Yuan }
    /// Something new, by its id.
    Made { id: Id }
    /// A masked value in full; that it was looked at is recorded.
    Revealed { value: String }

    /// A cell of a spreadsheet somebody must look at.
    CellFinding { sheet: String, row: i64, column: String, value: String, problem: String }
    /// What an import did, or would do.
    ImportReport {
        rows_read: i64, accepted: i64, duplicates: i64, ignored: i64, refused: Vec<CellFinding>,
        warnings: Vec<CellFinding>, notes: Vec<String>, units: i64, parties: i64, units_owing: i64,
        opening_arrears: Yuan, vacant: i64, new_units: i64, new_contacts: i64, new_members: i64,
        differences: Vec<CellFinding>,
    }

    /// A clause of a contract.
    ClauseReport { kind: String, number: String, text: String }
    /// A contract.
    ContractReport {
        id: Id, name: String, number: String, kind: String, starts_on: Day, ends_on: Option<Day>, in_force: bool,
        cycle_months: i64, billed_at: String, due_rule: String, due_day: i64, late_fee_rate: Option<Number>,
        late_fee_lpr: Option<Number>, late_fee_day_basis: i64, late_fee_grace_days: i64, late_fee_starts: String,
        late_fee_cap_percent: Option<i64>, late_fee_annual_percent: Option<Number>, late_fee_ceiling_percent: i64,
        late_fee_flags: Vec<String>, demand_days: i64, allocation_policy: String, rounding: String,
        clauses: Vec<ClauseReport>,
    }
    /// A price and the day it holds from.
    PriceReport { valid_from: Day, price: Number, bands: Vec<BandReport>, surcharge: Number, basis: String }
    /// A band of a price: floors, or areas in m².
    BandReport { from: String, to: Option<String>, price: Number, label: String }
    /// A fee standard with its prices.
    StandardReport {
        id: Id, item: String, name: String, unit_kind: Option<String>, formula: String, prices: Vec<PriceReport>, units: i64,
    }
    /// A fee standard that was made: units that pay by it, and units of the kind that go on by another.
    StandardMade { id: Id, units: i64, others: i64 }
    /// A public display of fee standards.
    DisplayReport { what: String, place: String, displayed_on: Day, author: String }
    /// The tariff of a community.
    TariffReport { contracts: Vec<ContractReport>, standards: Vec<StandardReport>, displays: Vec<DisplayReport> }

    /// A line of what a unit pays in a month, with all that it follows from.
    AnswerLine {
        item: String, standard: String, formula: Option<Sentence>, calculation: Option<String>, basis: Option<String>,
        clause: Option<String>, price_from: Option<Day>, amount: Option<Yuan>, billed_in: Option<Month>, cycle_months: i64,
        due_on: Option<Day>, problem: Option<String>, payer: Option<String>, payer_role: Option<String>,
        reductions: Vec<AnswerReduction>, to_pay: Option<Yuan>, paid_through: Option<Month>,
    }
    /// What a bill run takes off a line.
    AnswerReduction { kind: Sentence, reason: String, amount: Yuan }
    /// What a unit pays in a month.
    UnitAnswer { unit: Label, period: Month, lines: Vec<AnswerLine>, total: Yuan, to_pay: Yuan, refused: i64 }

    /// A month that was billed.
    MonthItem { period: Month, bills: i64, amount: Yuan, settled: Yuan, open: Yuan }
    /// The months that were billed.
    Months { rows: Vec<MonthItem> }
    /// A bill in a list.
    BillItem {
        id: Id, number: String, unit_id: Id, unit: Label, payer: String, due_on: Day, total: Yuan, open: Yuan,
    }
    /// A page of bills.
    BillList { rows: Vec<BillItem>, next: Option<Id> }
    /// A line that was not billed, and why; without an item nothing of the unit was.
    RefusedUnit { unit: Label, item: Option<String>, problem: String }
    /// What does not look right; never in the way.
    BillFinding { unit: Label, kind: String, detail: String }
    /// A bill run.
    BillReport {
        bills: i64, charges: i64, total: Yuan, already: i64, refused: Vec<RefusedUnit>, findings: Vec<BillFinding>,
    }

    /// What is charged once; `state` is `open`, `billed` or `cancelled`.
    OrderItem {
        id: Id, unit: Label, item: String, period: Month, formula: String, amount: Yuan, basis: String, ordered_on: Day,
        ordered_by: String, state: String, cancel_reason: Option<String>,
    }
    /// The newest orders.
    Orders { rows: Vec<OrderItem> }
    /// An order that was recorded.
    OrderMade { id: Id, period: Month, amount: Yuan }
    /// A deposit with what is left of it.
    DepositItem {
        id: Id, unit: Label, kind: String, amount: Yuan, returned: Yuan, deducted: Yuan, left: Yuan, taken_on: Day,
        method: String, remark: String, taken_by: String,
    }
    /// The newest deposits, with the sums of all.
    DepositReport { rows: Vec<DepositItem>, taken: Yuan, returned: Yuan, deducted: Yuan, left: Yuan }

    /// What one charge got of a payment.
    AllocationLine { charge: Id, item: String, period: Month, principal: Yuan, late_fee: Yuan }
    /// A payment that was taken; `repeated` when its key had been taken before.
    ReceiptReport {
        receipt: String, id: Id, unit: Label, amount: Yuan, received_on: Day, allocations: Vec<AllocationLine>,
        prepaid: Yuan, rounded_off: Yuan, change: Yuan, repeated: bool,
    }
    /// A receipt; `reversal` is number and day of its reversal.
    ReceiptPage {
        id: Id, number: String, unit_id: Id, unit: Label, payer: String, amount: Yuan, received_on: Day, method: String,
        cashier: String, remark: String, lines: Vec<AllocationLine>, prepaid: Yuan, reversal: Option<Vec<String>>,
        is_reversal: bool, is_refund: bool, tenders: Vec<TenderLine>, rounded_off: Yuan, prints: i64,
        together: Vec<TogetherItem>,
    }
    /// Another receipt of the same payment.
    TogetherItem { id: Id, number: String, unit: String, amount: Yuan, reversed: bool }
    /// A payment for several units: one receipt for each that got something.
    TogetherReport {
        receipts: Vec<ReceiptReport>, amount: Yuan, received_on: Day, prepaid: Yuan, change: Yuan, repeated: bool,
    }
    /// The number of a reversal.
    Reversed { number: String }

    /// A row of the arrears list: one unit and payer.
    ArrearsRow {
        unit: Label, owner: String, periods: Vec<Month>, principal: Yuan, late_fee: Yuan, oldest_due: Day, days: i64,
        stage: Option<String>, age_stage: String, cause: Option<String>, next_step: Option<String>,
        case_id: Option<Id>, staff: Option<String>, unit_id: Id,
    }
    /// Sums over all rows that fit, whatever the page shows.
    ArrearsTotals { units: i64, principal: Yuan, late_fee: Yuan, total: Yuan }
    /// A page of the arrears list.
    ArrearsPage { as_of: Day, rows: Vec<ArrearsRow>, totals: ArrearsTotals, next: Option<String> }
    /// Open charges of one age.
    AgeingRow { bucket: String, charges: i64, principal: Yuan, late_fee: Yuan }
    /// Open charges by age.
    AgeingReport { as_of: Day, rows: Vec<AgeingRow>, total: Yuan }
    /// What was collected of a month.
    RateRow {
        period: Month, charged: Yuan, waived: Yuan, corrected: Yuan, receivable: Yuan, collected: Yuan,
        rate: Option<Number>, households: i64, households_paid: i64, households_rate: Option<Number>,
    }
    /// What was collected of a span of months.
    RateFigures {
        charged: Yuan, waived: Yuan, corrected: Yuan, receivable: Yuan, collected: Yuan, rate: Option<Number>,
        households: i64, households_paid: i64, households_rate: Option<Number>,
    }
    /// The months a report is about.
    Span { first: Month, last: Month }
    /// What became of the arrears of earlier years since January.
    PriorYears { opening: Yuan, taken_off: Yuan, collected: Yuan, rate: Option<Number> }
    /// Collection rates by month.
    RateReport {
        as_of: Day, rows: Vec<RateRow>, span: Span, total: RateFigures, prior_years: PriorYears,
        combined_rate: Option<Number>, prepaid: Yuan,
    }
    /// Cases that entered a stage in a month, of one building.
    FunnelLine {
        month: Month, building: String, stage: String, entered: i64, closed: i64, closed_rate: Option<Number>,
    }
    /// Contacts of one channel.
    ContactLine { channel: String, tried: i64, reached: i64, reached_rate: Option<Number> }
    /// Complaints of a kind.
    ServiceKindLine { kind: Sentence, taken: i64, right: i64 }
    /// Complaints taken down in a span; `chased_while_unresolved` must be zero.
    ServiceFigures {
        taken: i64, answered: i64, in_time: i64, in_time_rate: Option<Number>, late: i64, right: i64, rated: i64, content: i64,
        content_rate: Option<Number>, chased_while_unresolved: i64, kinds: Vec<ServiceKindLine>,
    }
    /// Promises that fell due.
    PromiseFigures { due: i64, kept: i64, part_kept: i64, broken: i64, kept_rate: Option<Number> }
    /// Units that owe, and how much.
    Group { units: i64, principal: Yuan }
    /// The periodic review.
    ReviewReport {
        as_of: Day, span: Span, rates: Vec<RateRow>, total: RateFigures, prior_years: PriorYears,
        combined_rate: Option<Number>, prepaid: Yuan, ageing: Vec<AgeingRow>, stages: BTreeMap<String, Group>,
        causes: BTreeMap<String, Group>, buildings: BTreeMap<String, Group>, funnel: Vec<FunnelLine>,
        contacts: Vec<ContactLine>, scripts: Vec<ScriptOutcome>, promises: PromiseFigures, service: ServiceFigures,
    }

    /// What became of messages that were due.
    DispatchReport { sent: i64, failed: i64, uncertain: i64, cancelled: i64, deferred: i64 }
    /// A collection run, and what was sent after it.
    CollectReport {
        run: Option<Id>, cases: i64, decisions: i64, stages: BTreeMap<String, i64>, actions: BTreeMap<String, i64>,
        none: BTreeMap<String, i64>, opened: i64, closed: i64, dispatch: DispatchReport,
    }
    /// A case in a list.
    CaseItem {
        id: Id, number: String, unit: Option<Label>, owner: String, stage: String, stage_entered_on: Day, overdue: Yuan,
        oldest_due: Option<Day>, cause: Option<Sentence>, next: Option<Sentence>, next_due_on: Option<Day>,
        staff: Option<String>,
    }
    /// A page of cases; `stages` counts the open ones.
    CaseList { rows: Vec<CaseItem>, next: Option<String>, stages: Vec<(String, i64)> }
    /// A contact point of a debtor, masked.
    CaseContact { id: Id, channel: String, tail: String, relation: String, verified: bool, bounced: bool }
    /// A unit of a debtor.
    CaseUnit { id: Id, unit: Label, former: bool }
    /// What is owed, with its formula and what it rests on.
    OwedItem {
        charge: Id, unit: Label, item: String, period: Month, due_on: Day, principal: Yuan, late_fee: Yuan, formula: String,
        basis: String, limitation_on: Option<Day>, lapsed: bool,
    }
    /// Cause and attitude as staff found them.
    Classified { cause: Sentence, attitude: Sentence, evidence: String, by: String, on: Day, expires_on: Day }
    /// A hold.
    HoldItem {
        id: Id, kind: Sentence, reason: String, by: String, review_on: Day, scope: String, charges: i64, disputed: Yuan,
        staff_id: Option<Id>, confirmed_by: Option<String>, unconfirmed: bool, document: Option<String>, releasable: bool,
    }
    /// An instalment.
    Instalment { due_on: Day, amount: Yuan }
    /// A complaint that waits for an answer.
    ComplaintItem {
        id: Id, kind: Sentence, subject: String, department: Sentence, state: Sentence, charges: Vec<Id>, disputed: Yuan,
        promised_on: Day, is_late: bool,
    }
    /// Where a complaint stands after an act.
    ComplaintMoved { state: String }
    /// A task of a case.
    TaskItem { id: Id, kind: String, name: Sentence, due_on: Day, fitting_time: String }
    /// A question a decision asks, and how it was answered; `under` is left out where there is nothing.
    TraceLine { rule: String, passed: bool, detail: String, under: Option<Vec<TraceRule>> }
    /// A rule that answers it.
    TraceRule { rule: String, passed: bool, detail: String, under: Option<Vec<TraceFact>> }
    /// What the rule looked at: a step, an effect of a hold.
    TraceFact { rule: String, passed: bool, detail: String }
    /// The last decision and why.
    DecisionItem { as_of: Day, what: Sentence, trace: Vec<TraceLine>, policy_version: i64, next_due_on: Option<Day> }
    /// What happened.
    TimelineItem { on: Day, kind: String, what: Sentence, detail: String, by: String, pictures: Vec<VisitPicture> }
    /// Who is liable beside the payer for a unit: its owners beside a tenant, or co-owners.
    LiableItem { unit: Label, is_tenant: bool, names: Vec<String> }
    /// A case with everything its page shows; `promise` is amount and day.
    CasePage {
        id: Id, number: String, stage: String, stage_entered_on: Day, opened_on: Day, closed_on: Option<Day>,
        party_id: Id, owner: String, staff: Option<Person>, liable: Vec<LiableItem>, contacts: Vec<CaseContact>, units: Vec<CaseUnit>, owed: Vec<OwedItem>,
        limits: Vec<ContactLimitItem>, room: ContactRoom,
        principal: Yuan, late_fee: Yuan, classification: Option<Classified>,
        proposal: Option<ProposalItem>, holds: Vec<HoldItem>,
        promise: Option<Vec<String>>, promises: Vec<PromiseItem>, plan: Option<PlanView>, earlier_plans: Vec<PlanView>, signed: Vec<SignedItem>, complaints: Vec<ComplaintItem>, tasks: Vec<TaskItem>,
        decision: Option<DecisionItem>, timeline: Vec<TimelineItem>,
    }
    /// An open task.
    OpenTask { id: Id, case_id: Option<Id>, kind: String, due_on: Day, unit: Option<Label> }
    /// The open tasks of a community.
    Tasks { rows: Vec<OpenTask> }

    /// A message that went out, its recipient masked.
    SentItem {
        id: Id, case_id: Id, case_number: String, unit: String, channel: String, recipient: String, template: String,
        state: String, provider_said: Option<String>, at: Moment,
    }
    /// A page of messages; `counts` by state, `waiting` in the outbox.
    SentList { rows: Vec<SentItem>, next: Option<Id>, counts: Vec<(String, i64)>, waiting: i64 }

    /// A letter.
    LetterItem {
        id: Id, number: Option<String>, kind: String, unit: String, unit_id: Option<Id>, case_id: Option<Id>,
        as_of: Day, principal: Yuan, late_fee: Yuan, pay_by: Option<Day>, state: String, issued_by: Option<String>,
    }
    /// A page of letters.
    LetterList { rows: Vec<LetterItem>, next: Option<Id> }
    /// A proof of service.
    ProofItem {
        method: String, grade: String, outcome: String, served_on: Day, receiver: String, tracking_no: Option<String>,
        by: String,
    }
    /// A letter with its service, and what a legal step still needs.
    LetterPage {
        letter: LetterItem, sha256: String, proofs: Vec<ProofItem>, late_fee_flags: Vec<String>,
        missing_for_law: Vec<Sentence>,
    }
    /// A demand that was made; a draft has no number.
    DemandReport {
        id: Id, number: Option<String>, sha256: String, principal: Yuan, late_fee: Yuan, pay_by: Day,
        pay_by_tentative: bool, missing: Vec<Sentence>, notes: Vec<Sentence>,
    }
    /// A notice for the board that was made.
    BoardReport { id: Id, number: String, sha256: String }

    /// An invariant of money, cases and log.
    Check { name: String, ok: bool, detail: String }
    /// All checks over the whole database.
    VerifyReport { checks: Vec<Check> }

    /// An account of staff.
    StaffItem {
        id: Id, login: String, name: String, role: String, communities: Vec<String>, all_communities: bool,
        active: bool,
    }
    /// The accounts of staff.
    StaffList { rows: Vec<StaffItem> }
    /// A text for messages.
    TemplateItem { key: String, channel: String, locale: String, version: i64, audience: String, body: String }
    /// The texts in force.
    Templates { rows: Vec<TemplateItem> }
    /// The version a text got.
    TemplateVersion { version: i64 }
    /// An entry of the audit trail.
    AuditItem { seq: i64, at: Moment, actor: String, act: String, detail: Value }
    /// A page of the audit trail; go on before the entry `next`.
    AuditTrail { rows: Vec<AuditItem>, next: Option<i64> }
}
