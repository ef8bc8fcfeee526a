//! The list of cases, and the page of one (催缴): who owes what and why, what was done about it, what to do next and what to say.

mod items;
mod list;
mod talk;

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, CommunityId, PartyId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::case_page::{self as page, PayerAccount};
use hemu_store::collection::facts::{OpenCharge, Scope};
use hemu_store::collection::work::{self, HoldRow, TaskRow};
use hemu_store::outreach::script;
use hemu_store::registry::contact_limit;
use hemu_store::service::{self, ComplaintRow};
use hemu_store::{Tx, attachment, community, registry, staff};
use serde::Serialize;

pub use self::items::{
    Classified, ComplaintItem, ContactItem, DecisionItem, HoldItem, LiableItem, OwedItem, PromiseItem, SignedItem,
    TaskItem, UnitItem, next_text, outcome_text, state_text, step_name,
};
pub use self::list::{CaseFilter, CaseItem, CaseList, list_cases};

use self::items::{
    classified, complaint_item, contact_item, decision_item, hold_item, promise_items, signed_item, task_item,
    unit_item,
};
use self::talk::Talk;
use super::assignment::Person;
use super::contact_room::{ContactRoom, judge_room};
use super::limitation::Limitations;
use super::plans::{self, PlanView};
use super::signals::{ProposalItem, propose};
use super::snapshot;
use super::timeline::{Recorded, TimelineItem, timeline};
use crate::billing::find_community;
use crate::ledger::positions;
use crate::legal::liable;
use crate::registry::contact_limits::LimitItem;
use crate::registry::shown_name;
use crate::registry::unit_page::formula_and_basis;
use crate::tariff::Contracts;
use crate::{Actor, App, Look, Refusal};

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
    /// Whose case it is (管家).
    pub staff: Option<Person>,
    /// Who is liable beside the payer, unit by unit.
    pub liable: Vec<LiableItem>,
    /// How the payer is reached.
    pub contacts: Vec<ContactItem>,
    /// What the payer asked for about being contacted.
    pub limits: Vec<LimitItem>,
    /// What stands against contacting the payer now.
    pub room: ContactRoom,
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
    /// What the data propose, while nobody has found anything that holds.
    pub proposal: Option<ProposalItem>,
    /// Holds that suppress contact or escalation now.
    pub holds: Vec<HoldItem>,
    /// The promise that runs.
    pub promise: Option<(Fen, NaiveDate)>,
    /// Every promise and offer there was, oldest first.
    pub promises: Vec<PromiseItem>,
    /// The plan that is not over: offered, agreed to, or running.
    pub plan: Option<PlanView>,
    /// The plans before it, oldest first.
    pub earlier_plans: Vec<PlanView>,
    /// What was signed of any of them.
    pub signed: Vec<SignedItem>,
    /// Complaints without an answer.
    pub complaints: Vec<ComplaintItem>,
    /// Open tasks.
    pub tasks: Vec<TaskItem>,
    /// What the plan last decided, and why.
    pub decision: Option<DecisionItem>,
    /// What happened, newest first.
    pub timeline: Vec<TimelineItem>,
    /// What to say is made of this.
    #[serde(skip)]
    talk: Talk,
}

/// Everything about a case, for whoever works on it.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such case.
pub fn case_page(app: &App, actor: &Actor, community: &str, id: CaseId) -> Result<CasePage, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let company = community::get(tx, community)?.company_name;
        read(tx, (app, actor), (community, &company), id)
    })
}

/// Like [`case_page`], for who looks at a community.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such case.
pub fn case_page_of(look: &mut Look<'_, '_>, id: CaseId) -> Result<CasePage, Refusal> {
    read(look.tx, (look.app, &look.signed_in.actor), (look.community, &look.place.company_name), id)
}

fn read(
    tx: &mut Tx<'_>,
    (app, actor): (&App, &Actor),
    (community, company): (CommunityId, &str),
    id: CaseId,
) -> Result<CasePage, Refusal> {
    let today = app.today();
    let case = case::find(tx, community, id)?.ok_or_else(|| Refusal::not_found("案件", "case", ""))?;
    let party =
        registry::find_party(tx, community, case.party_id)?.ok_or_else(|| Refusal::not_found("业主", "party", ""))?;
    let owner = shown_name(actor, &party.kind, &party.name);
    let accounts = page::list_accounts(tx, community, case.party_id)?;
    let mut limitations = Limitations::load(tx, community, Scope::Few(&[(id, case.party_id)]))?;
    let owed = owed(tx, community, (&case, &accounts), &limitations, today)?;
    let found = work::list_classifications_of_case(tx, community, id)?.pop().filter(|one| one.expires_on >= today);
    // The facts of the case as a run reads them; none of a closed one.
    let snapshot = snapshot::of_case(tx, community, case.clone(), today, &mut limitations)?;
    let proposal = match (&found, &snapshot) {
        (None, Some(one)) => propose(tx, app, community, one)?.map(ProposalItem::from),
        _ => None,
    };
    let principal = owed.iter().map(|one| one.principal).sum();
    let talk = Talk {
        cause: found.as_ref().and_then(|one| Cause::parse(&one.cause).ok()),
        stage: Stage::parse(&case.stage).unwrap_or(Stage::Reminder),
        address: registry::find_form_of_address(tx, community, case.party_id)?,
        company: if company.is_empty() { "物业服务中心" } else { company }.to_owned(),
        speaker: actor.name.clone(),
        unit: units_text(&accounts),
        periods: periods_text(&owed),
        changes: script::list(tx)?,
    };
    let promises = page::list_promises(tx, community, id)?;
    let holds = work::list_holds_of_case(tx, community, id)?;
    let plans = plans::of_case(tx, community, (id, case.party_id), today)?;
    let signed = attachment::list_of_plans(tx, community, id)?.into_iter().filter_map(signed_item).collect();
    let now = |one: &HoldRow| one.released_on.is_none() && one.expires_on.is_none_or(|day| day >= today);
    let (complaints, tasks) =
        (service::list_complaints_of_case(tx, community, id)?, work::list_tasks_of_case(tx, community, id)?);
    let decision = page::find_last_decision(tx, community, id)?;
    Ok(CasePage {
        timeline: timeline(
            tx,
            app,
            community,
            &case,
            &Recorded { promises: &promises, plans: &plans, holds: &holds, complaints: &complaints, tasks: &tasks },
        )?,
        staff: keeper(tx, &case)?,
        liable: liable_beside(tx, actor, community, (&case, today), (&accounts, &owed))?,
        contacts: page::list_contacts(tx, community, case.party_id)?.into_iter().map(contact_item).collect(),
        limits: contact_limit::list_of_party(tx, community, case.party_id)?.into_iter().map(LimitItem::from).collect(),
        room: judge_room(tx, app, snapshot.as_ref())?,
        units: accounts.iter().map(unit_item).collect(),
        late_fee: owed.iter().map(|one| one.late_fee).sum(),
        principal,
        promises: promise_items(&promises, today),
        promise: promises.iter().find(|one| one.state == "active").map(|one| (one.amount_fen, one.due_on)),
        holds: holds.iter().filter(|one| now(one)).map(hold_item).collect(),
        plan: plans.iter().find(|one| one.is_current()).cloned(),
        earlier_plans: plans.into_iter().filter(|one| !one.is_current()).collect(),
        signed,
        complaints: open_complaints(complaints, today),
        tasks: open_tasks(tasks),
        decision: decision.map(|one| decision_item(one, &case)),
        talk,
        classification: found.and_then(classified),
        proposal,
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
    (case, accounts): (&CaseRow, &[PayerAccount]),
    limitations: &Limitations,
    today: NaiveDate,
) -> Result<Vec<OwedItem>, Refusal> {
    let contracts = Contracts::load(tx, community)?;
    let mut owed = Vec::new();
    for account in accounts {
        for position in positions(tx, community, account.id, today, &contracts)? {
            let late_fee = position.late_fee();
            let (formula, basis) = formula_and_basis(&position.charge.explanation);
            let charge = position.charge;
            if charge.due_on > today {
                continue;
            }
            let open = OpenCharge {
                account_id: account.id,
                charge_id: charge.id,
                due_on: charge.due_on,
                open_fen: charge.open,
            };
            let limitation = limitations.of(case.id, &open, today);
            owed.push(OwedItem {
                charge: charge.id,
                limitation_on: limitation.expires.filter(|_| charge.due_on < today),
                lapsed: limitation.expires.is_some_and(|day| day < today),
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

/// Who is liable beside the payer for each unit that something is owed for.
fn liable_beside(
    tx: &mut Tx<'_>,
    actor: &Actor,
    community: CommunityId,
    (case, today): (&CaseRow, NaiveDate),
    (accounts, owed): (&[PayerAccount], &[OwedItem]),
) -> Result<Vec<LiableItem>, Refusal> {
    let mut items = Vec::new();
    for account in accounts.iter().filter(|account| owed.iter().any(|one| one.unit == account.unit)) {
        let (is_tenant, others) = liable::beside(tx, community, account.unit_id, case.party_id, today)?;
        let names: Vec<String> = others.iter().map(|one| shown_name(actor, &one.kind, &one.name)).collect();
        let item = LiableItem { unit: account.unit.clone(), is_tenant, names };
        if !item.names.is_empty() && !items.contains(&item) {
            items.push(item);
        }
    }
    Ok(items)
}

fn keeper(tx: &mut Tx<'_>, case: &CaseRow) -> Result<Option<Person>, Refusal> {
    let Some(id) = case.staff_id else { return Ok(None) };
    Ok(staff::find(tx, id)?.map(|one| Person { id, name: one.name }))
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

fn open_complaints(complaints: Vec<ComplaintRow>, today: NaiveDate) -> Vec<ComplaintItem> {
    let open = complaints.into_iter().filter(|one| one.state.is_open());
    open.map(|one| complaint_item(one, today)).collect()
}

fn open_tasks(tasks: Vec<TaskRow>) -> Vec<TaskItem> {
    tasks.into_iter().filter(|task| task.state == "open").map(task_item).collect()
}
