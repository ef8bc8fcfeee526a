//! The list of cases, and the page of one (催缴): who owes what and why, what was done about it, what to do next and what to say.

use chrono::NaiveDate;
use hemu_domain::collection::action::ActionState;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::decision::{Reason, TraceLine};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::plan::Instalment;
use hemu_domain::collection::policy::{Policy, StepKind};
use hemu_domain::ids::{CaseId, CommunityId, ComplaintId, ContactPointId, HoldId, PartyId, PlanId, TaskId, UnitId};
use hemu_domain::outreach::scripts::{ObjectionCard, ScriptCard, ScriptFacts, objections, script};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period, Text, UnitLabel};
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::case_page::{self as page, CaseLine, PayerAccount, PayerContact};
use hemu_store::collection::run::{self, DecisionRow};
use hemu_store::collection::work::{self, ClassificationRow, ComplaintRow, HoldRow, PlanRow, TaskRow};
use hemu_store::{Tx, community, registry};
use serde::Serialize;

use super::plans;
use super::timeline::{TimelineItem, timeline};
use crate::arrears::late_fees::clause_in_force;
use crate::billing::find_community;
use crate::ledger::positions;
use crate::registry::shown_name;
use crate::registry::unit_page::formula_and_basis;
use crate::{Actor, App, Refusal};

/// The most cases of a page.
const MOST_ROWS: usize = 200;

/// A case in the list.
#[derive(Clone, Debug, Serialize)]
pub struct CaseItem {
    /// Its id.
    pub id: CaseId,
    /// What people call it.
    pub number: String,
    /// The first of the payer's units.
    pub unit: Option<UnitLabel>,
    /// The payer, masked where the role asks for it.
    pub owner: String,
    /// The stage.
    pub stage: String,
    /// Since when.
    pub stage_entered_on: NaiveDate,
    /// Open principal that is overdue.
    pub overdue: Fen,
    /// The earliest due date of it.
    pub oldest_due: Option<NaiveDate>,
    /// The cause staff found.
    pub cause: Option<Text>,
    /// What the plan does next, or why it waits.
    pub next: Option<Text>,
    /// When the plan looks at it again.
    pub next_due_on: Option<NaiveDate>,
}

/// A page of cases.
#[derive(Clone, Debug, Serialize)]
pub struct CaseList {
    /// The cases, by number.
    pub rows: Vec<CaseItem>,
    /// Where the next page begins: after this number.
    pub next: Option<String>,
    /// How many open cases stand at each stage, over all of them.
    pub stages: Vec<(String, i64)>,
}

/// Everything about one case.
#[derive(Clone, Debug, Serialize)]
pub struct CasePage {
    /// Its id.
    pub id: CaseId,
    /// What people call it.
    pub number: String,
    /// The stage.
    pub stage: String,
    /// Since when.
    pub stage_entered_on: NaiveDate,
    /// When it was opened.
    pub opened_on: NaiveDate,
    /// When everything was paid.
    pub closed_on: Option<NaiveDate>,
    /// The payer.
    pub party_id: PartyId,
    /// The payer's name, masked where the role asks for it.
    pub owner: String,
    /// How the payer is reached.
    pub contacts: Vec<ContactItem>,
    /// The payer's units.
    pub units: Vec<UnitItem>,
    /// What is open, charge by charge, oldest first.
    pub owed: Vec<OwedItem>,
    /// Open principal.
    pub principal: Fen,
    /// Open late fee as of today.
    pub late_fee: Fen,
    /// What staff found out, until it expires.
    pub classification: Option<Classified>,
    /// Holds that suppress contact or escalation now.
    pub holds: Vec<HoldItem>,
    /// The promise that runs.
    pub promise: Option<(Fen, NaiveDate)>,
    /// The plan that waits for approval or runs.
    pub plan: Option<PlanItem>,
    /// Complaints without an answer.
    pub complaints: Vec<ComplaintItem>,
    /// Open tasks.
    pub tasks: Vec<TaskItem>,
    /// What the plan last decided, and why.
    pub decision: Option<DecisionItem>,
    /// What happened, newest first.
    pub timeline: Vec<TimelineItem>,
    /// What to say.
    #[serde(skip)]
    pub script: ScriptCard,
    /// Answers to objections.
    #[serde(skip)]
    pub objections: Vec<ObjectionCard>,
}

/// A contact point, its value masked.
#[derive(Clone, Debug, Serialize)]
pub struct ContactItem {
    /// Its id.
    pub id: ContactPointId,
    /// `phone`, `email`, `wechat` or `address`.
    pub channel: String,
    /// The last characters.
    pub tail: String,
    /// Who answers there.
    pub relation: String,
    /// Whether it was verified.
    pub verified: bool,
    /// Whether nothing arrives there.
    pub bounced: bool,
}

/// A unit of the payer.
#[derive(Clone, Debug, Serialize)]
pub struct UnitItem {
    /// Its id.
    pub id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// Whether the payer owned it formerly.
    pub former: bool,
}

/// An open charge.
#[derive(Clone, Debug, Serialize)]
pub struct OwedItem {
    /// The unit.
    pub unit: UnitLabel,
    /// The fee item.
    pub item: String,
    /// The month.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
    /// Open principal.
    pub principal: Fen,
    /// Open late fee as of today.
    pub late_fee: Fen,
    /// Area x price x months.
    pub formula: String,
    /// The clause or list it rests on.
    pub basis: String,
}

/// Cause and attitude, as staff found them.
#[derive(Clone, Debug, Serialize)]
pub struct Classified {
    /// Why the fee is not paid.
    pub cause: Text,
    /// How the payer meets the demand.
    pub attitude: Text,
    /// What it rests on.
    pub evidence: String,
    /// Who found it.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Until when it holds.
    pub expires_on: NaiveDate,
}

/// A hold.
#[derive(Clone, Debug, Serialize)]
pub struct HoldItem {
    /// Its id.
    pub id: HoldId,
    /// Why, in the words of the trade.
    pub kind: Text,
    /// Why, in the words of who opened it.
    pub reason: String,
    /// Who opened it.
    pub by: String,
    /// When it is looked at again.
    pub review_on: NaiveDate,
}

/// An open task.
#[derive(Clone, Debug, Serialize)]
pub struct TaskItem {
    /// Its id.
    pub id: TaskId,
    /// `call`, `visit`...
    pub kind: String,
    /// In words.
    pub name: Text,
    /// When it is due.
    pub due_on: NaiveDate,
    /// When in the day it fits.
    pub fitting_time: String,
}

/// An instalment plan.
#[derive(Clone, Debug, Serialize)]
pub struct PlanItem {
    /// Its id.
    pub id: PlanId,
    /// Whether it runs; else it waits for the second person.
    pub runs: bool,
    /// The sum.
    pub total: Fen,
    /// The parts.
    pub schedule: Vec<Instalment>,
    /// Who agreed it with the owner.
    pub agreed_by: String,
}

/// A complaint without an answer.
#[derive(Clone, Debug, Serialize)]
pub struct ComplaintItem {
    /// Its id.
    pub id: ComplaintId,
    /// What it is about.
    pub subject: String,
    /// By when an answer was promised.
    pub promised_on: NaiveDate,
    /// Whether that day passed.
    pub is_late: bool,
}

/// What the plan decided.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionItem {
    /// The day decided for.
    pub as_of: NaiveDate,
    /// What is done, or why nothing is.
    pub what: Text,
    /// Rule by rule.
    pub trace: Vec<TraceLine>,
    /// The version of the policy.
    pub policy_version: i64,
    /// When the plan looks at the case again.
    pub next_due_on: Option<NaiveDate>,
}

/// Lists open cases by cursor: those after the number `after`, of one stage or of all.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_cases(
    app: &App,
    actor: &Actor,
    community: &str,
    stage: Option<&str>,
    (after, rows): (&str, usize),
) -> Result<CaseList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let rows = rows.clamp(1, MOST_ROWS);
    let limit = i64::try_from(rows).expect("a page is small") + 1;
    let (mut lines, stages) = app.db.read(|tx| {
        let lines = page::list_lines(tx, community, app.today(), (after, stage.unwrap_or_default()), limit)?;
        Ok::<_, Refusal>((lines, page::count_by_stage(tx, community)?))
    })?;
    let next = (lines.len() > rows).then(|| lines[rows - 1].number.clone());
    lines.truncate(rows);
    Ok(CaseList { rows: lines.into_iter().map(|line| case_item(actor, line)).collect(), next, stages })
}

fn case_item(actor: &Actor, line: CaseLine) -> CaseItem {
    CaseItem {
        id: line.id,
        number: line.number,
        unit: line.unit,
        owner: shown_name(actor, &line.party_kind, &line.name),
        stage: line.stage,
        stage_entered_on: line.stage_entered_on,
        overdue: line.overdue,
        oldest_due: line.oldest_due,
        cause: line.cause.as_deref().and_then(|word| Cause::parse(word).ok()).map(Cause::label),
        next: next_text(line.step_key.as_deref(), line.reason.as_deref()),
        next_due_on: line.next_due_on,
    }
}

/// A step of the policy, or the reason why nothing is done, for people.
#[must_use]
pub fn next_text(step_key: Option<&str>, reason: Option<&str>) -> Option<Text> {
    match (step_key, reason) {
        (Some(key), _) => Some(step_name(key)),
        (None, Some(word)) => Reason::parse(word).ok().map(Reason::label),
        (None, None) => None,
    }
}

/// The name of a step of the policy.
#[must_use]
pub fn step_name(key: &str) -> Text {
    let kind = Policy::v1().find_step(key).map(|step| step.kind);
    match kind.or_else(|| StepKind::parse(key).ok()) {
        Some(kind) => kind.label(),
        None => Text::new(key, key),
    }
}

/// Everything about a case, for whoever works on it.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such case.
pub fn case_page(app: &App, actor: &Actor, community: &str, id: CaseId) -> Result<CasePage, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| read(tx, app, actor, community, id))
}

fn read(tx: &mut Tx<'_>, app: &App, actor: &Actor, community: CommunityId, id: CaseId) -> Result<CasePage, Refusal> {
    let today = app.today();
    let case = case::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("案件", "case", ""))?;
    let party =
        registry::find_party(tx, community, case.party_id)?.ok_or_else(|| Refusal::not_found("业主", "party", ""))?;
    let owner = shown_name(actor, &party.kind, &party.name);
    let accounts = page::list_accounts(tx, community, case.party_id)?;
    let owed = owed(tx, community, &accounts, today)?;
    let found = work::list_classifications_of_case(tx, community, id)?.pop().filter(|one| one.expires_on >= today);
    let cause = found.as_ref().and_then(|one| Cause::parse(&one.cause).ok());
    let place = community::get(tx, community)?;
    let (unit, periods) = (units_text(&accounts), periods_text(&owed));
    let principal = owed.iter().map(|one| one.principal).sum();
    let company = if place.company_name.is_empty() { "物业服务中心" } else { &place.company_name };
    let facts =
        ScriptFacts { address: None, company, speaker: &actor.name, unit: &unit, periods: &periods, amount: principal };
    let promises = page::list_promises(tx, community, id)?;
    let holds = work::list_holds_of_case(tx, community, id)?;
    let now = |one: &HoldRow| one.released_on.is_none() && one.expires_on.is_none_or(|day| day >= today);
    let decision = run::list_decisions(tx, community, id, 1)?.pop();
    Ok(CasePage {
        timeline: timeline(tx, app, community, &case, (&promises, &holds))?,
        contacts: page::list_contacts(tx, community, case.party_id)?.into_iter().map(contact_item).collect(),
        units: accounts.iter().map(unit_item).collect(),
        late_fee: owed.iter().map(|one| one.late_fee).sum(),
        principal,
        promise: promises.iter().find(|one| one.state == "active").map(|one| (one.amount_fen, one.due_on)),
        holds: holds.iter().filter(|one| now(one)).map(hold_item).collect(),
        plan: plans::find_current(tx, community, id)?.map(plan_item),
        complaints: open_complaints(tx, community, id, today)?,
        tasks: open_tasks(tx, community, id)?,
        decision: decision.map(|one| decision_item(one, &case)),
        script: script(cause, &facts),
        objections: objections(&facts),
        classification: found.and_then(classified),
        owed,
        owner,
        id,
        number: case.number,
        stage: case.stage,
        stage_entered_on: case.stage_entered_on,
        opened_on: case.opened_on,
        closed_on: case.closed_on,
        party_id: case.party_id,
    })
}

/// What each account of the payer owes today; a payer has a handful of accounts.
fn owed(
    tx: &mut Tx<'_>,
    community: CommunityId,
    accounts: &[PayerAccount],
    today: NaiveDate,
) -> Result<Vec<OwedItem>, Refusal> {
    let clause = clause_in_force(tx, community)?.clause;
    let mut owed = Vec::new();
    for account in accounts {
        for position in positions(tx, community, account.id, today, clause.as_ref())? {
            let late_fee = position.late_fee();
            let (formula, basis) = formula_and_basis(&position.charge.explanation);
            let charge = position.charge;
            if charge.due_on > today {
                continue;
            }
            owed.push(OwedItem {
                unit: charge.unit,
                item: charge.item,
                period: charge.period,
                due_on: charge.due_on,
                principal: charge.open,
                late_fee,
                formula,
                basis,
            });
        }
    }
    owed.sort_by_key(|one| (one.due_on, one.period));
    Ok(owed)
}

fn units_text(accounts: &[PayerAccount]) -> String {
    accounts.iter().map(|account| account.unit.as_str()).collect::<Vec<_>>().join("、")
}

fn periods_text(owed: &[OwedItem]) -> String {
    let periods = || owed.iter().map(|one| one.period);
    match (periods().min(), periods().max()) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => format!("{first} ~ {last}"),
        _ => String::new(),
    }
}

fn contact_item(contact: PayerContact) -> ContactItem {
    ContactItem {
        id: contact.id,
        channel: contact.channel,
        tail: contact.tail,
        relation: contact.relation,
        verified: contact.verified_on.is_some(),
        bounced: contact.bounced_on.is_some(),
    }
}

fn unit_item(account: &PayerAccount) -> UnitItem {
    UnitItem { id: account.unit_id, unit: account.unit.clone(), former: account.ends_on.is_some() }
}

fn hold_item(hold: &HoldRow) -> HoldItem {
    HoldItem {
        id: hold.id,
        kind: HoldKind::parse(&hold.kind).map_or_else(|word| Text::new(word.clone(), word), HoldKind::label),
        reason: hold.reason.clone(),
        by: hold.opened_by.clone(),
        review_on: hold.review_on,
    }
}

fn classified(row: ClassificationRow) -> Option<Classified> {
    Some(Classified {
        cause: Cause::parse(&row.cause).ok()?.label(),
        attitude: Attitude::parse(&row.attitude).ok()?.label(),
        evidence: row.evidence,
        by: row.set_by_name,
        on: row.set_on,
        expires_on: row.expires_on,
    })
}

fn plan_item(plan: PlanRow) -> PlanItem {
    PlanItem {
        id: plan.id,
        runs: plan.state == "active",
        total: plan.total_fen,
        schedule: serde_json::from_value(plan.schedule).unwrap_or_default(),
        agreed_by: plan.agreed_by,
    }
}

fn open_complaints(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: CaseId,
    today: NaiveDate,
) -> Result<Vec<ComplaintItem>, Refusal> {
    let open = work::list_complaints_of_case(tx, community, id)?.into_iter().filter(|one| one.answered_on.is_none());
    let item = |one: ComplaintRow| ComplaintItem {
        id: one.id,
        subject: one.subject,
        promised_on: one.promised_on,
        is_late: one.promised_on < today,
    };
    Ok(open.map(item).collect())
}

fn open_tasks(tx: &mut Tx<'_>, community: CommunityId, id: CaseId) -> Result<Vec<TaskItem>, Refusal> {
    let item = |task: TaskRow| TaskItem {
        id: task.id,
        name: step_name(&task.kind),
        kind: task.kind,
        due_on: task.due_on,
        fitting_time: task.fitting_time,
    };
    let tasks = work::list_tasks_of_case(tx, community, id)?;
    Ok(tasks.into_iter().filter(|task| task.state == "open").map(item).collect())
}

fn decision_item(decision: DecisionRow, case: &CaseRow) -> DecisionItem {
    let what = next_text(decision.step_key.as_deref(), decision.reason.as_deref());
    DecisionItem {
        as_of: decision.as_of,
        what: what.unwrap_or_else(|| Text::new("-", "-")),
        trace: serde_json::from_value(decision.trace).unwrap_or_default(),
        policy_version: case.policy_version,
        next_due_on: case.next_due_on,
    }
}

/// The outcome of a contact, for people.
#[must_use]
pub fn outcome_text(word: &str) -> Text {
    ContactOutcome::parse(word).map_or_else(|word| Text::new(word.clone(), word), ContactOutcome::label)
}

/// Where an action is in its life, for people.
#[must_use]
pub fn state_text(word: &str) -> Text {
    ActionState::parse(word).map_or_else(|word| Text::new(word.clone(), word), ActionState::label)
}
