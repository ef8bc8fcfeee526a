//! The facts of open cases, loaded set by set; the same loader serves a run and the claim of one message.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};
use hemu_domain::collection::facts::{CaseFacts, ContactFact, NoticeFact, StepFact};
use hemu_domain::collection::hold::{HoldKind, Suppression};
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, PartyId};
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::facts::{self, OpenCharge, ReachFact, Scope};
use hemu_store::collection::step;
use hemu_store::collection::work::{self, HoldRow};
use hemu_store::{DbError, Tx};

use super::limitation::Limitations;

/// A case with what decisions may read and what actions freeze.
pub struct CaseSnapshot {
    /// The case.
    pub case: CaseRow,
    /// What the decision reads.
    pub facts: CaseFacts,
    /// The charges behind the amount, the oldest first.
    pub charges: Vec<OpenCharge>,
    /// Those of them that are in dispute, or billed to somebody who had sold before: they are not asked for.
    pub disputed: Vec<ChargeId>,
}

/// Contacts older than this are not read again.
const CONTACT_DAYS: u64 = 400;
/// Holds that ended longer ago than this are not read again: no cool-off lasts longer.
const HOLD_DAYS: u64 = 60;

/// Open charges by payer, each payer's oldest first.
pub(super) type Owed = HashMap<PartyId, Vec<OpenCharge>>;

/// What everybody of a community owes that was due before a day: one pass over the open charges.
///
/// # Errors
/// When the database refuses.
pub(super) fn owed(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Owed, DbError> {
    let payers: HashMap<_, _> =
        facts::list_payers(tx, community)?.into_iter().map(|(party, account)| (account, party)).collect();
    let mut owed = Owed::new();
    for charge in facts::list_open_charges(tx, community, as_of, Scope::Open)? {
        if let Some(party) = payers.get(&charge.account_id) {
            owed.entry(*party).or_default().push(charge);
        }
    }
    owed.values_mut().for_each(|charges| sort(charges));
    Ok(owed)
}

fn sort(charges: &mut [OpenCharge]) {
    charges.sort_unstable_by_key(|charge| (charge.due_on, charge.charge_id));
}

/// Everything beyond their charges that cases are judged by, keyed by case or payer.
struct Sets {
    steps: HashMap<CaseId, Vec<StepFact>>,
    contacts: HashMap<PartyId, Vec<ContactFact>>,
    reach: HashMap<PartyId, Vec<ReachFact>>,
    flags: HashMap<PartyId, Vec<String>>,
    notices: HashMap<CaseId, Vec<NoticeFact>>,
    holds: HashMap<Option<CaseId>, Vec<HoldRow>>,
    promises: HashMap<CaseId, NaiveDate>,
    plans: HashSet<CaseId>,
    tasks: HashMap<CaseId, Vec<String>>,
    billed_after_sale: HashSet<ChargeId>,
    limitations: Limitations,
}

fn grouped<K: Eq + std::hash::Hash, T>(rows: impl IntoIterator<Item = (K, T)>) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for (key, row) in rows {
        groups.entry(key).or_default().push(row);
    }
    groups
}

impl Sets {
    fn load(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate, scope: Scope) -> Result<Self, DbError> {
        let ago = |days| as_of.checked_sub_days(Days::new(days)).unwrap_or(as_of);
        let kinds = work::list_open_kinds(tx, community, scope)?;
        let promises = work::list_active_promises(tx, community, scope)?;
        let holds = work::list_holds(tx, community, ago(HOLD_DAYS))?;
        Ok(Self {
            steps: grouped(step::list_steps(tx, community, scope)?),
            contacts: grouped(facts::list_contacts(tx, community, (ago(CONTACT_DAYS), as_of), scope)?),
            reach: grouped(facts::list_reach(tx, community, scope)?),
            flags: grouped(facts::list_flags(tx, community, as_of, scope)?),
            notices: grouped(facts::list_notices(tx, community, scope)?),
            holds: grouped(holds.into_iter().map(|hold| (hold.case_id, hold))),
            promises: promises.into_iter().map(|one| (one.case_id, one.due_on)).collect(),
            plans: work::list_active_plans(tx, community, scope)?.into_iter().map(|one| one.case_id).collect(),
            tasks: grouped(kinds.into_iter().filter(|(_, kind)| holds_the_plan(kind))),
            billed_after_sale: facts::list_billed_after_sale(tx, community, scope)?.into_iter().collect(),
            limitations: Limitations::load(tx, community, scope)?,
        })
    }
}

/// Whether an open task of this kind keeps the plan waiting; an unresolved doubt about a message, or a complaint to answer,
/// does not block the human channel.
fn holds_the_plan(kind: &str) -> bool {
    !matches!(kind, "resolve_uncertain" | "answer_complaint" | "review_hold" | "legal_review")
}

/// The facts of these open cases of a community as of a day, in their order; `owed` is what everybody owes.
///
/// # Errors
/// When the database refuses.
pub(super) fn of_cases(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    cases: Vec<CaseRow>,
    mut owed: Owed,
) -> Result<Vec<CaseSnapshot>, DbError> {
    let mut sets = Sets::load(tx, community, as_of, Scope::Open)?;
    let charges = |case: &CaseRow, owed: &mut Owed| owed.remove(&case.party_id).unwrap_or_default();
    Ok(cases
        .into_iter()
        .map(|case| {
            let charges = charges(&case, &mut owed);
            snapshot(case, charges, &mut sets, as_of)
        })
        .collect())
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
    find_one(tx, community, id, as_of)?.ok_or(DbError::NotFound("open case"))
}

/// The facts of one case; `None` when it is closed.
///
/// # Errors
/// When the database refuses.
pub(super) fn find_one(
    tx: &mut Tx<'_>,
    community: CommunityId,
    id: CaseId,
    as_of: NaiveDate,
) -> Result<Option<CaseSnapshot>, DbError> {
    let Some(case) = case::find(tx, community, id)?.filter(|case| case.closed_on.is_none()) else { return Ok(None) };
    let scope = Scope::Case { case: id, party: case.party_id };
    let mut charges = facts::list_open_charges(tx, community, as_of, scope)?;
    sort(&mut charges);
    let mut sets = Sets::load(tx, community, as_of, scope)?;
    Ok(Some(snapshot(case, charges, &mut sets, as_of)))
}

fn snapshot(case: CaseRow, charges: Vec<OpenCharge>, sets: &mut Sets, as_of: NaiveDate) -> CaseSnapshot {
    fn of<'a, K: Eq + std::hash::Hash, T>(map: &'a HashMap<K, Vec<T>>, key: &K) -> &'a [T] {
        map.get(key).map(Vec::as_slice).unwrap_or_default()
    }
    let holds = || of(&sets.holds, &Some(case.id)).iter().chain(of(&sets.holds, &None));
    let in_force: Vec<&HoldRow> = holds().filter(|hold| is_in_force(hold, as_of)).collect();
    let flags = of(&sets.flags, &case.party_id);
    let has = |effect: &str| flags.iter().any(|flag| flag == effect);
    let disputed = disputed(&charges, &in_force, &sets.billed_after_sale);
    let facts = CaseFacts {
        stage: Stage::parse(&case.stage).unwrap_or(Stage::Reminder),
        stage_entered_on: case.stage_entered_on,
        overdue: charges.iter().map(|charge| charge.open_fen).sum(),
        disputed: disputed.iter().map(|charge| charge.open_fen).sum(),
        oldest_due: charges.first().map_or(as_of, |charge| charge.due_on),
        limitation_on: sets.limitations.earliest(case.id, &charges, as_of),
        suppression: suppression(&in_force, flags),
        softened: in_force.iter().any(|hold| softens(hold)),
        rested_on: holds().filter_map(|hold| find_end_of_rest(hold, as_of)).max(),
        promise_due: sets.promises.get(&case.id).copied(),
        plan_active: sets.plans.contains(&case.id),
        no_visit: has("no_visit"),
        no_call: has("no_call"),
        channels: channels(of(&sets.reach, &case.party_id)),
        steps: sets.steps.remove(&case.id).unwrap_or_default(),
        open_tasks: sets.tasks.remove(&case.id).unwrap_or_default(),
        contacts: sets.contacts.remove(&case.party_id).unwrap_or_default(),
        notices: sets.notices.remove(&case.id).unwrap_or_default(),
    };
    let disputed = disputed.into_iter().map(|charge| charge.charge_id).collect();
    CaseSnapshot { case, facts, charges, disputed }
}

pub(super) fn is_in_force(hold: &HoldRow, as_of: NaiveDate) -> bool {
    hold.opened_on <= as_of
        && hold.released_on.is_none_or(|day| day > as_of)
        && hold.expires_on.is_none_or(|day| day >= as_of)
}

/// The day a hold on contact ended, if it did by `as_of`: the first day without it.
fn find_end_of_rest(hold: &HoldRow, as_of: NaiveDate) -> Option<NaiveDate> {
    let expired = hold.expires_on.and_then(|day| day.succ_opt());
    let ended = [hold.released_on, expired].into_iter().flatten().min()?;
    (hold.suppress_contact && hold.opened_on < ended && ended <= as_of).then_some(ended)
}

/// All holds and flags together (I13); a hold on single charges holds no case.
fn suppression(holds: &[&HoldRow], flags: &[String]) -> Suppression {
    let of_case = holds.iter().copied().filter(|hold| hold.scope != "charges");
    let mut sum = of_case.fold(Suppression::default(), add_hold);
    sum.contact |= flags.iter().any(|effect| effect == "hold_contact");
    sum.escalation |= flags.iter().any(|effect| effect == "hold_formal");
    sum
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

/// The charges not asked for: those a hold on single charges names, and those billed to somebody who had sold (I18).
fn disputed(charges: &[OpenCharge], holds: &[&HoldRow], billed_after_sale: &HashSet<ChargeId>) -> Vec<OpenCharge> {
    let of_charges = holds.iter().filter(|hold| hold.scope == "charges");
    let named: HashSet<&str> = of_charges
        .filter_map(|hold| hold.charge_ids.as_array())
        .flat_map(|ids| ids.iter().filter_map(|id| id.as_str()))
        .collect();
    let is_named = |id: ChargeId| !named.is_empty() && named.contains(id.to_string().as_str());
    let unclear = |charge: &&OpenCharge| billed_after_sale.contains(&charge.charge_id) || is_named(charge.charge_id);
    charges.iter().filter(unclear).copied().collect()
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
