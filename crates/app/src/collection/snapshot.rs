//! The facts of open cases, loaded set by set: the same loader serves a run, the claim of one message and a page.

mod rests;

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{Days, NaiveDate, NaiveTime};
use hemu_domain::Fen;
use hemu_domain::collection::facts::{CaseFacts, ClassifiedFact, ContactFact, NoticeFact, StepFact};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::plan::PlanState;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, PartyId};
use hemu_domain::outreach::contact_limit::{ContactHours, ContactLimit};
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::facts::{self, OpenCharge, Scope};
use hemu_store::collection::step;
use hemu_store::collection::work::{self, HoldRow, PlanRow};
use hemu_store::registry::contact_limit;
use hemu_store::{DbError, Tx};
// Ids are random already, and a night looks up a dozen sets for each case.
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) use self::rests::is_in_force;
use self::rests::{find_end_of_rest, holds_beside_agreement, is_partial, resting, softens, suppression};
use super::limitation::Limitations;
use super::plans::next_instalments;
use crate::readiness;

/// A case with what decisions may read and what actions freeze.
pub struct CaseSnapshot {
    /// The case.
    pub case: CaseRow,
    /// What the decision reads.
    pub facts: CaseFacts,
    /// The charges behind the amount, the oldest first.
    pub charges: Vec<OpenCharge>,
    /// What of them is in dispute, in a plan that runs, or billed to somebody who had sold before: it is not asked for.
    pub disputed: FxHashMap<ChargeId, Fen>,
}

impl CaseSnapshot {
    /// What is asked for, the oldest first: the charges less what of each is in dispute.
    #[must_use]
    pub fn asked(&self) -> Vec<OpenCharge> {
        let left = |charge: &OpenCharge| {
            let rests = self.disputed.get(&charge.charge_id).copied().unwrap_or(Fen::ZERO);
            OpenCharge { open_fen: charge.open_fen - rests, ..*charge }
        };
        self.charges.iter().map(left).filter(|charge| charge.open_fen.is_positive()).collect()
    }
}

/// Contacts older than this are not read again.
const CONTACT_DAYS: u64 = 400;
/// Holds that ended longer ago than this are not read again: no cool-off lasts longer.
const HOLD_DAYS: u64 = 60;

/// What is asked of a payer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Open principal that is overdue.
    pub(super) overdue: Fen,
    /// Of it, in dispute; or in a plan that runs, beside something that is asked for.
    pub(super) disputed: Fen,
    /// Of it, not asked for at all.
    pub(super) rests: Fen,
    /// Whether a plan runs and nothing beside it is asked for.
    pub(super) planned: bool,
    /// The earliest due date of it.
    pub(super) oldest_due: NaiveDate,
    /// The earliest day a claim lapses.
    pub(super) limitation_on: Option<NaiveDate>,
}

/// Everything beyond their charges that cases are judged by, keyed by case or payer.
pub(super) struct Sets {
    steps: FxHashMap<CaseId, Vec<StepFact>>,
    contacts: FxHashMap<PartyId, Vec<ContactFact>>,
    reach: FxHashMap<PartyId, Vec<String>>,
    flags: FxHashMap<PartyId, Vec<String>>,
    notices: FxHashMap<CaseId, Vec<NoticeFact>>,
    holds: FxHashMap<Option<CaseId>, Vec<HoldRow>>,
    promises: FxHashMap<CaseId, NaiveDate>,
    plans: FxHashSet<CaseId>,
    instalments: HashMap<CaseId, NaiveDate>,
    tasks: FxHashMap<CaseId, Vec<String>>,
    classified: FxHashMap<CaseId, ClassifiedFact>,
    broken_promises: FxHashMap<CaseId, i64>,
    limits: FxHashMap<PartyId, Vec<(ContactLimit, Option<NaiveTime>)>>,
    /// Of the community: its papers are not complete.
    formal_waits: bool,
}

fn grouped<K: Eq + Hash, T>(rows: impl IntoIterator<Item = (K, T)>) -> FxHashMap<K, Vec<T>> {
    let mut groups: FxHashMap<K, Vec<T>> = FxHashMap::default();
    for (key, row) in rows {
        groups.entry(key).or_default().push(row);
    }
    groups
}

/// What a set has under a key.
fn of<'a, K: Eq + Hash, T>(map: &'a FxHashMap<K, Vec<T>>, key: &K) -> &'a [T] {
    map.get(key).map(Vec::as_slice).unwrap_or_default()
}

impl Sets {
    /// # Errors
    /// When the database refuses.
    pub(super) fn load(
        tx: &mut Tx<'_>,
        community: CommunityId,
        as_of: NaiveDate,
        scope: Scope<'_>,
    ) -> Result<Self, DbError> {
        let ago = |days| as_of.checked_sub_days(Days::new(days)).unwrap_or(as_of);
        let kinds = work::list_open_kinds(tx, community, scope)?;
        let promises = work::list_active_promises(tx, community, scope)?;
        let holds = work::list_holds(tx, community, ago(HOLD_DAYS), scope)?;
        let plans = running(work::list_current_plans(tx, community, scope)?);
        Ok(Self {
            steps: grouped(step::list_steps(tx, community, scope)?),
            contacts: grouped(facts::list_contacts(tx, community, (ago(CONTACT_DAYS), as_of), scope)?),
            reach: grouped(facts::list_reach(tx, community, scope)?),
            flags: grouped(facts::list_flags(tx, community, as_of, scope)?),
            notices: grouped(facts::list_notices(tx, community, scope)?),
            holds: grouped(holds.into_iter().map(|hold| (hold.case_id, hold))),
            promises: promises.into_iter().map(|one| (one.case_id, one.due_on)).collect(),
            instalments: next_instalments(tx, community, as_of, (&plans, scope))?,
            plans: plans.into_iter().map(|plan| plan.case_id).collect(),
            tasks: grouped(kinds.into_iter().filter(|(_, kind)| holds_the_plan(kind))),
            classified: work::list_classified(tx, community, as_of, scope)?.into_iter().collect(),
            broken_promises: work::list_broken_promises(tx, community, scope)?.into_iter().collect(),
            limits: grouped(contact_limit::list_of_payers(tx, community, scope)?),
            formal_waits: readiness::formal_waits(tx, community, as_of)?,
        })
    }

    /// The holds of a case and those of its community.
    fn holds<'a>(&'a self, case: &'a CaseRow) -> impl Iterator<Item = &'a HoldRow> {
        of(&self.holds, &Some(case.id)).iter().chain(of(&self.holds, &None))
    }

    /// Those of them in force that are about single charges, or an amount of them.
    pub(super) fn holds_on_charges<'a>(
        &'a self,
        case: &'a CaseRow,
        as_of: NaiveDate,
    ) -> impl Iterator<Item = &'a HoldRow> {
        self.holds(case).filter(move |hold| is_partial(hold) && is_in_force(hold, as_of))
    }

    /// What a decision about a case reads; each case is asked for once.
    pub(super) fn take_facts(&mut self, case: &CaseRow, asked: Asked, as_of: NaiveDate) -> CaseFacts {
        let in_force: Vec<&HoldRow> = self.holds(case).filter(|hold| is_in_force(hold, as_of)).collect();
        let flags = of(&self.flags, &case.party_id);
        let has = |effect: &str| flags.iter().any(|flag| flag == effect);
        let spares = |hold: &&HoldRow| HoldKind::parse(&hold.kind).is_ok_and(HoldKind::spares_calls_and_visits);
        let spared = in_force.iter().any(spares);
        let limits = of(&self.limits, &case.party_id);
        let promise_due = self.promises.get(&case.id).copied();
        let instalment_due = self.instalments.get(&case.id).copied();
        let agreed = promise_due.is_some() || instalment_due.is_some();
        let asked_for = |limit| limits.iter().any(|(kind, _)| *kind == limit);
        CaseFacts {
            broken_promises: self.broken_promises.get(&case.id).copied().unwrap_or(0),
            classified: self.classified.get(&case.id).copied(),
            earlier_cycles: case.cycle_no - 1,
            vulnerable: has("soften"),
            stage: Stage::parse(&case.stage).unwrap_or(Stage::Reminder),
            stage_entered_on: case.stage_entered_on,
            overdue: asked.overdue,
            disputed: asked.disputed,
            oldest_due: asked.oldest_due,
            limitation_on: asked.limitation_on,
            suppression: suppression(&in_force, flags, asked.rests.is_positive()),
            formal_waits: self.formal_waits,
            softened: in_force.iter().any(|hold| softens(hold)),
            rested_on: self.holds(case).filter_map(|hold| find_end_of_rest(hold, as_of)).max(),
            nudge_held: agreed && (has("hold_contact") || in_force.iter().any(|hold| holds_beside_agreement(hold))),
            instalment_due,
            promise_due,
            plan_active: asked.planned,
            limits: ContactHours::of(limits),
            no_visit: has("no_visit") || spared || asked_for(ContactLimit::NoVisit),
            no_call: has("no_call") || spared || asked_for(ContactLimit::NoCall),
            channels: channels(of(&self.reach, &case.party_id), limits),
            steps: self.steps.remove(&case.id).unwrap_or_default(),
            open_tasks: self.tasks.remove(&case.id).unwrap_or_default(),
            contacts: self.contacts.remove(&case.party_id).unwrap_or_default(),
            notices: self.notices.remove(&case.id).unwrap_or_default(),
        }
    }
}

/// Whether an open task of this kind keeps the plan waiting; an unresolved doubt about a message, or a complaint to answer,
/// does not block the human channel.
fn holds_the_plan(kind: &str) -> bool {
    !matches!(
        kind,
        "resolve_uncertain" | "answer_complaint" | "late_complaint" | "review_hold" | "legal_review" | "warn_plan"
    )
}

/// The facts of open cases of a community as of a day, in their order: of all that are open, or of a few.
///
/// # Errors
/// When the database refuses.
pub(super) fn of_cases(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    cases: Vec<CaseRow>,
    scope: Scope<'_>,
) -> Result<Vec<CaseSnapshot>, DbError> {
    let mut limitations = Limitations::load(tx, community, scope)?;
    with_limitations(tx, community, as_of, (cases, scope), &mut limitations)
}

/// Like [`of_cases`], with what interrupts their claims at hand.
fn with_limitations(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    (cases, scope): (Vec<CaseRow>, Scope<'_>),
    limitations: &mut Limitations,
) -> Result<Vec<CaseSnapshot>, DbError> {
    let mut owed = owed(tx, community, as_of, &cases, scope)?;
    let mut sets = Sets::load(tx, community, as_of, scope)?;
    let billed_after_sale: FxHashSet<ChargeId> =
        facts::list_billed_after_sale(tx, community, scope)?.into_iter().map(|(_, charge)| charge).collect();
    let snapshot = |case: CaseRow| {
        let charges = owed.remove(&case.party_id).unwrap_or_default();
        let disputed = resting(&charges, sets.holds_on_charges(&case, as_of), &billed_after_sale);
        let (overdue, rests): (Fen, Fen) =
            (charges.iter().map(|charge| charge.open_fen).sum(), disputed.values().copied().sum());
        let planned = rests >= overdue && sets.plans.contains(&case.id);
        let beside_plan = planned.then(|| {
            let others = |hold: &&HoldRow| hold.kind != HoldKind::Plan.as_str();
            let holds = sets.holds_on_charges(&case, as_of).filter(others);
            resting(&charges, holds, &billed_after_sale).values().copied().sum()
        });
        let asked = Asked {
            overdue,
            disputed: beside_plan.unwrap_or(rests),
            rests,
            planned,
            oldest_due: charges.first().map_or(as_of, |charge| charge.due_on),
            limitation_on: limitations.earliest(case.id, &charges, as_of),
        };
        let facts = sets.take_facts(&case, asked, as_of);
        CaseSnapshot { case, facts, charges, disputed }
    };
    Ok(cases.into_iter().map(snapshot).collect())
}

/// What the payers of cases owe that was due before a day, each payer's oldest first.
fn owed(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    cases: &[CaseRow],
    scope: Scope<'_>,
) -> Result<FxHashMap<PartyId, Vec<OpenCharge>>, DbError> {
    let wanted: FxHashSet<PartyId> = cases.iter().map(|case| case.party_id).collect();
    let accounts = facts::list_payers(tx, community, scope)?;
    let payers: FxHashMap<_, _> = accounts
        .into_iter()
        .filter(|(party, _)| wanted.contains(party))
        .map(|(party, account)| (account, party))
        .collect();
    let charges = facts::list_open_charges(tx, community, as_of, scope)?;
    let mut owed =
        grouped(charges.into_iter().filter_map(|charge| payers.get(&charge.account_id).map(|party| (*party, charge))));
    let by_age = |charge: &OpenCharge| (charge.due_on, charge.charge_id);
    owed.values_mut().for_each(|charges| charges.sort_unstable_by_key(by_age));
    Ok(owed)
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
    let Some(case) = case::find(tx, community, id)? else { return Ok(None) };
    let mut limitations = Limitations::load(tx, community, Scope::Few(&[(id, case.party_id)]))?;
    of_case(tx, community, case, as_of, &mut limitations)
}

/// The facts of a case that was read, with what interrupts its claims; `None` when it is closed.
///
/// # Errors
/// When the database refuses.
pub(super) fn of_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    case: CaseRow,
    as_of: NaiveDate,
    limitations: &mut Limitations,
) -> Result<Option<CaseSnapshot>, DbError> {
    if case.closed_on.is_some() {
        return Ok(None);
    }
    let few = [(case.id, case.party_id)];
    Ok(with_limitations(tx, community, as_of, (vec![case], Scope::Few(&few)), limitations)?.pop())
}

/// Those plans that run.
fn running(plans: Vec<PlanRow>) -> Vec<PlanRow> {
    plans.into_iter().filter(|one| one.state == PlanState::Active.as_str()).collect()
}

/// The message channels contact points open and the payer has not closed: a phone takes SMS, the preferred first.
fn channels(reach: &[String], limits: &[(ContactLimit, Option<NaiveTime>)]) -> Vec<String> {
    let is_closed = |channel: &str| limits.iter().any(|(kind, _)| kind.closed_channel() == Some(channel));
    let mut channels: Vec<String> = Vec::new();
    for point in reach {
        let channel = match point.as_str() {
            "phone" => "sms",
            "wechat" => "wechat",
            "email" => "email",
            _ => continue,
        };
        if !is_closed(channel) && channels.iter().all(|one| one != channel) {
            channels.push(channel.to_owned());
        }
    }
    channels
}
