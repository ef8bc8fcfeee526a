//! The facts of open cases, loaded set by set; the same loader serves a run and the claim of one message.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use hemu_domain::Fen;
use hemu_domain::arrears::limitation::limitation;
use hemu_domain::calendar::BusinessCalendar;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::facts::{CaseFacts, ContactFact, NoticeFact, StepFact};
use hemu_domain::collection::hold::{HoldKind, Suppression};
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, CommunityId, PartyId};
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::facts::{self, OpenCharge, ReachFact};
use hemu_store::collection::step::{self, ActionRow};
use hemu_store::collection::work::{self, HoldRow};
use hemu_store::{DbError, Tx};

/// A case with what decisions may read and what actions freeze.
pub struct CaseSnapshot {
    /// The case.
    pub case: CaseRow,
    /// What the decision reads.
    pub facts: CaseFacts,
    /// The charges behind the amount.
    pub charges: Vec<OpenCharge>,
}

/// Contacts older than this are not read again.
const CONTACT_DAYS: u64 = 400;

/// Everything of a community that cases are judged by, keyed by case or payer.
struct Sets {
    charges: HashMap<PartyId, Vec<OpenCharge>>,
    actions: HashMap<CaseId, Vec<ActionRow>>,
    contacts: HashMap<PartyId, Vec<facts::ContactFact>>,
    reach: HashMap<PartyId, Vec<ReachFact>>,
    flags: HashMap<PartyId, Vec<facts::FlagFact>>,
    notices: HashMap<CaseId, Vec<facts::NoticeFact>>,
    holds: HashMap<Option<CaseId>, Vec<HoldRow>>,
    promises: HashMap<CaseId, NaiveDate>,
    plans: HashMap<CaseId, ()>,
    tasks: HashMap<CaseId, Vec<String>>,
}

fn grouped<K: Eq + std::hash::Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

impl Sets {
    fn load(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Self, DbError> {
        let since = as_of.checked_sub_days(Days::new(CONTACT_DAYS)).unwrap_or(as_of);
        let tasks =
            work::list_open_tasks(tx, community)?.into_iter().filter_map(|task| Some((task.case_id?, task.kind)));
        let mut open_tasks: HashMap<CaseId, Vec<String>> = HashMap::new();
        for (case, kind) in tasks.filter(|(_, kind)| holds_the_plan(kind)) {
            open_tasks.entry(case).or_default().push(kind);
        }
        let active = |state: &str| state == "active";
        Ok(Self {
            charges: grouped(facts::list_open_charges(tx, community, as_of)?, |one| one.party_id),
            actions: grouped(step::list_of_open_cases(tx, community)?, |one| one.case_id),
            contacts: grouped(facts::list_contacts(tx, community, as_of, since)?, |one| one.party_id),
            reach: grouped(facts::list_reach(tx, community)?, |one| one.party_id),
            flags: grouped(facts::list_flags(tx, community, as_of)?, |one| one.party_id),
            notices: grouped(facts::list_notices(tx, community)?, |one| one.case_id),
            holds: grouped(work::list_holds(tx, community, as_of)?, |one| one.case_id),
            promises: work::list_promises(tx, community)?
                .into_iter()
                .filter(|one| active(&one.state))
                .map(|one| (one.case_id, one.due_on))
                .collect(),
            plans: work::list_plans(tx, community)?
                .into_iter()
                .filter(|one| active(&one.state))
                .map(|one| (one.case_id, ()))
                .collect(),
            tasks: open_tasks,
        })
    }
}

/// Whether an open task of this kind keeps the plan waiting; an unresolved doubt about a message, or a complaint to answer,
/// does not block the human channel.
fn holds_the_plan(kind: &str) -> bool {
    !matches!(kind, "resolve_uncertain" | "answer_complaint" | "review_hold" | "legal_review")
}

/// The facts of all open cases as of a day.
///
/// # Errors
/// When the database refuses.
pub fn open_cases(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Vec<CaseSnapshot>, DbError> {
    let sets = Sets::load(tx, community, as_of)?;
    Ok(case::list_open(tx, community)?.into_iter().map(|case| snapshot(case, &sets, as_of)).collect())
}

/// The facts of one case.
///
/// # Errors
/// [`DbError::NotFound`] when it is not open.
pub fn one_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: CaseId,
    as_of: NaiveDate,
) -> Result<CaseSnapshot, DbError> {
    let cases = open_cases(tx, community, as_of)?;
    cases.into_iter().find(|one| one.case.id == id).ok_or(DbError::NotFound("open case"))
}

fn snapshot(case: CaseRow, sets: &Sets, as_of: NaiveDate) -> CaseSnapshot {
    fn of<'a, K: Eq + std::hash::Hash, T>(map: &'a HashMap<K, Vec<T>>, key: &K) -> &'a [T] {
        map.get(key).map(Vec::as_slice).unwrap_or_default()
    }
    let charges = of(&sets.charges, &case.party_id).to_vec();
    let holds: Vec<&HoldRow> = of(&sets.holds, &Some(case.id)).iter().chain(of(&sets.holds, &None)).collect();
    let in_force: Vec<&HoldRow> = holds.into_iter().filter(|hold| is_in_force(hold, as_of)).collect();
    let flags = of(&sets.flags, &case.party_id);
    let has = |effect: &str| flags.iter().any(|flag| flag.effect == effect);
    let of_case = |hold: &&HoldRow| hold.scope != "charges";
    let mut suppression = in_force.iter().copied().filter(of_case).fold(Suppression::default(), add_hold);
    suppression.contact |= has("hold_contact");
    suppression.escalation |= has("hold_formal");
    let facts = CaseFacts {
        stage: Stage::parse(&case.stage).unwrap_or(Stage::Reminder),
        stage_entered_on: case.stage_entered_on,
        overdue: charges.iter().map(|charge| charge.open_fen).sum(),
        disputed: disputed(&charges, &in_force),
        oldest_due: charges.iter().map(|charge| charge.due_on).min().unwrap_or(as_of),
        limitation_on: charges.iter().filter_map(|charge| limitation_of(charge.due_on)).min(),
        suppression,
        softened: in_force.iter().any(|hold| softens(hold)),
        promise_due: sets.promises.get(&case.id).copied(),
        plan_active: sets.plans.contains_key(&case.id),
        no_visit: has("no_visit"),
        no_call: has("no_call"),
        channels: channels(of(&sets.reach, &case.party_id)),
        steps: of(&sets.actions, &case.id).iter().filter(|one| one.cycle_no == case.cycle_no).map(step_fact).collect(),
        open_tasks: of(&sets.tasks, &case.id).to_vec(),
        contacts: of(&sets.contacts, &case.party_id).iter().map(contact_fact).collect(),
        notices: of(&sets.notices, &case.id).iter().map(notice_fact).collect(),
    };
    CaseSnapshot { case, facts, charges }
}

fn is_in_force(hold: &HoldRow, as_of: NaiveDate) -> bool {
    hold.opened_on <= as_of
        && hold.released_on.is_none_or(|day| day > as_of)
        && hold.expires_on.is_none_or(|day| day >= as_of)
}

fn add_hold(sum: Suppression, hold: &HoldRow) -> Suppression {
    sum.union(Suppression {
        contact: hold.suppress_contact,
        escalation: hold.suppress_escalation,
        late_fee: hold.suppress_late_fee,
        legal: hold.suppress_legal,
    })
}

fn softens(hold: &HoldRow) -> bool {
    matches!(HoldKind::parse(&hold.kind), Ok(HoldKind::Hardship | HoldKind::ServiceDispute))
}

/// What of the open charges is in dispute: those a hold on single charges names.
fn disputed(charges: &[OpenCharge], holds: &[&HoldRow]) -> Fen {
    let named = |charge: &OpenCharge| {
        let id = charge.charge_id.to_string();
        holds.iter().any(|hold| {
            let ids = hold.charge_ids.as_array().map(Vec::as_slice).unwrap_or_default();
            hold.scope == "charges" && ids.iter().any(|one| one.as_str() == Some(&id))
        })
    };
    charges.iter().filter(|charge| named(charge)).map(|charge| charge.open_fen).sum()
}

fn limitation_of(due_on: NaiveDate) -> Option<NaiveDate> {
    limitation(BusinessCalendar::published(), due_on, &[], None).expires
}

/// The message channels contact points open: a phone takes SMS, the preferred first; what bounced is out.
fn channels(reach: &[ReachFact]) -> Vec<String> {
    let mut channels: Vec<String> = Vec::new();
    let usable = |point: &&ReachFact| {
        point.bounced_on.is_none()
            && point.verified_how.is_some()
            && matches!(point.relation.as_str(), "self" | "representative")
    };
    for point in reach.iter().filter(usable) {
        let channel = match point.channel.as_str() {
            "phone" => "sms",
            "wechat" => "wechat",
            "email" => "email",
            _ => continue,
        };
        if channels.iter().all(|one| one != channel) {
            channels.push(channel.to_owned());
        }
    }
    channels
}

fn step_fact(action: &ActionRow) -> StepFact {
    StepFact {
        step_key: action.step_key.clone(),
        occurrence: action.occurrence,
        kind: action.kind.clone(),
        channel: action.channel.clone(),
        state: action.state.clone(),
        planned_on: action.planned_on,
        done_on: action.done_on,
    }
}

fn contact_fact(contact: &facts::ContactFact) -> ContactFact {
    let outcome = ContactOutcome::parse(&contact.outcome);
    ContactFact {
        channel: contact.channel.clone(),
        outgoing: contact.direction == "out",
        talk: contact.right_party && outcome.as_ref().is_ok_and(|one| one.is_talk()),
        dead_end: outcome.as_ref().is_ok_and(|one| one.is_dead_end()),
        on: contact.happened_on,
    }
}

fn notice_fact(notice: &facts::NoticeFact) -> NoticeFact {
    NoticeFact { pay_by: notice.pay_by, grade: notice.grade.clone(), served_on: notice.served_on }
}
