//! How a plan stands: what was paid on its charges since it was agreed, which instalments that covers, whether one is missed.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::collection::plan::{Instalment, PlanFacts, PlanLine, PlanState, PlanTerms, Standing};
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, PartyId, PlanId};
use hemu_domain::{Fen, Text};
use hemu_store::collection::facts::Scope;
use hemu_store::collection::work::{self, PlanRow};
use hemu_store::{DbError, Tx};
use serde::Serialize;

use super::{find_current, lines_of, put, terms_of};
use crate::{Actor, App, Refusal};

/// An instalment with what is paid of it.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// By when.
    pub due_on: NaiveDate,
    /// How much.
    pub amount: Fen,
    /// Of it, paid.
    pub paid: Fen,
    /// Whether its day has passed and something of it is missing.
    pub missed: bool,
}

/// A plan as people read it.
#[derive(Clone, Debug, Serialize)]
pub struct PlanView {
    /// Its id.
    pub id: PlanId,
    /// `offered`, `accepted`, `active`, `completed`, `defaulted` or `cancelled`.
    pub state: String,
    /// In words.
    pub state_text: Text,
    /// How it stands, while it runs.
    pub standing_text: Option<Text>,
    /// The sum.
    pub total: Fen,
    /// Of it, paid.
    pub paid: Fen,
    /// The charges, with their own due dates.
    pub lines: Vec<PlanLine>,
    /// The parts.
    pub schedule: Vec<Part>,
    /// What was agreed beside the dates.
    pub terms: PlanTerms,
    /// When it was offered.
    pub offered_on: NaiveDate,
    /// The last day to agree to it.
    pub lapses_on: NaiveDate,
    /// When the owner agreed.
    pub agreed_on: Option<NaiveDate>,
    /// Who agreed it with the owner.
    pub agreed_by: String,
    /// The second person; empty where none was needed.
    pub approved_by: String,
    /// When it began to run.
    pub runs_from: Option<NaiveDate>,
    /// Whether an instalment is missed of which the owner was not told yet.
    pub may_warn: bool,
    /// When the owner was last told of a missed instalment.
    pub warned_on: Option<NaiveDate>,
    /// By whom.
    pub warned_by: String,
    /// When it came to its end.
    pub settled_on: Option<NaiveDate>,
    /// Why it was given up.
    pub ended_why: String,
    /// How it stands.
    #[serde(skip)]
    pub standing: Option<Standing>,
}

impl PlanView {
    /// Whether it is not over.
    #[must_use]
    pub fn is_current(&self) -> bool {
        PlanState::parse(&self.state).is_ok_and(PlanState::is_current)
    }

    /// Whether it waits for the owner.
    #[must_use]
    pub fn is_offered(&self) -> bool {
        self.state == PlanState::Offered.as_str()
    }

    /// Whether it waits for the second person.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.state == PlanState::Accepted.as_str()
    }

    /// Whether it runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.state == PlanState::Active.as_str()
    }
}

/// What was paid on the charges of running plans since each was agreed, and what of them is open.
#[derive(Debug, Default)]
pub(in crate::collection) struct PaidOnPlans {
    paid: HashMap<(CaseId, ChargeId), Fen>,
    open: HashMap<(CaseId, ChargeId), Fen>,
}

impl PaidOnPlans {
    /// Reads it for the running plans of a community, or of a few cases.
    ///
    /// # Errors
    /// When the database refuses.
    pub(in crate::collection) fn load(
        tx: &mut Tx<'_>,
        community: CommunityId,
        as_of: NaiveDate,
        scope: Scope<'_>,
    ) -> Result<Self, DbError> {
        let by_charge = |rows: Vec<(CaseId, ChargeId, Fen)>| {
            rows.into_iter().map(|(case, charge, amount)| ((case, charge), amount)).collect()
        };
        Ok(Self {
            paid: by_charge(work::list_paid_on_plans(tx, community, as_of, scope)?),
            open: by_charge(work::list_open_of_plans(tx, community, scope)?),
        })
    }

    /// What of a plan is paid, or settled in another way such as a waiver.
    pub(in crate::collection) fn of(&self, case: CaseId, lines: &[PlanLine]) -> Fen {
        let of = |map: &HashMap<(CaseId, ChargeId), Fen>, line: &PlanLine| {
            map.get(&(case, line.charge)).copied().unwrap_or(Fen::ZERO)
        };
        let paid: Fen = lines.iter().map(|line| of(&self.paid, line)).sum();
        let settled: Fen = lines.iter().map(|line| line.open - of(&self.open, line).min(line.open)).sum();
        paid.max(settled)
    }
}

/// How a running plan stands as of a day.
///
/// # Errors
/// [`Refusal::Internal`] when what is stored cannot be read.
pub(in crate::collection) fn standing(
    plan: &PlanRow,
    paid: Fen,
    unmatched_receipt: bool,
    as_of: NaiveDate,
) -> Result<Standing, Refusal> {
    let (schedule, terms) = (schedule_of(plan)?, terms_of(plan)?);
    let facts = PlanFacts { schedule: &schedule, terms, paid, warned_on: plan.warned_on, unmatched_receipt };
    Ok(facts.standing(as_of))
}

/// What is to be paid next of a running plan that is kept, and by when; `None` while an instalment is missed.
pub(in crate::collection) fn find_next_part(
    plan: &PlanRow,
    paid: &PaidOnPlans,
    as_of: NaiveDate,
) -> Option<Instalment> {
    let paid = paid.of(plan.case_id, &lines_of(plan).ok()?);
    match standing(plan, paid, false, as_of).ok()? {
        Standing::Kept(next) => Some(next),
        Standing::Missed { .. } | Standing::Completed | Standing::Defaulted => None,
    }
}

/// The next day of each running plan that is kept.
///
/// # Errors
/// When the database refuses.
pub(in crate::collection) fn next_instalments(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    (plans, scope): (&[PlanRow], Scope<'_>),
) -> Result<HashMap<CaseId, NaiveDate>, DbError> {
    if plans.is_empty() {
        return Ok(HashMap::new());
    }
    let paid = PaidOnPlans::load(tx, community, as_of, scope)?;
    let next = |plan: &PlanRow| Some((plan.case_id, find_next_part(plan, &paid, as_of)?.due_on));
    Ok(plans.iter().filter_map(next).collect())
}

/// The parts of a plan.
///
/// # Errors
/// [`Refusal::Internal`] when what is stored cannot be read.
pub(in crate::collection) fn schedule_of(plan: &PlanRow) -> Result<Vec<Instalment>, Refusal> {
    serde_json::from_value(plan.schedule.clone()).map_err(|error| Refusal::Internal(error.to_string()))
}

/// The plans of a case, oldest first, as people read them.
///
/// # Errors
/// When the database refuses.
pub(in crate::collection) fn of_case(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (case, party): (CaseId, PartyId),
    today: NaiveDate,
) -> Result<Vec<PlanView>, Refusal> {
    let plans = work::list_plans_of_case(tx, community, case)?;
    let runs = plans.iter().any(|plan| plan.state == PlanState::Active.as_str());
    let few = [(case, party)];
    let paid = if runs { PaidOnPlans::load(tx, community, today, Scope::Few(&few))? } else { PaidOnPlans::default() };
    plans.iter().map(|plan| view_of(plan, &paid, today)).collect()
}

/// One plan as people read it.
///
/// # Errors
/// When the database refuses.
pub(in crate::collection) fn view(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (plan, party): (&PlanRow, PartyId),
    today: NaiveDate,
) -> Result<PlanView, Refusal> {
    let paid = PaidOnPlans::load(tx, community, today, Scope::Few(&[(plan.case_id, party)]))?;
    view_of(plan, &paid, today)
}

/// A plan as people read it, from what was read of all.
///
/// # Errors
/// [`Refusal::Internal`] when what is stored cannot be read.
pub(in crate::collection) fn view_of(
    plan: &PlanRow,
    paid: &PaidOnPlans,
    today: NaiveDate,
) -> Result<PlanView, Refusal> {
    let state = PlanState::parse(&plan.state).map_err(Refusal::Internal)?;
    let lines = lines_of(plan)?;
    let paid = match state {
        PlanState::Active => paid.of(plan.case_id, &lines),
        PlanState::Completed => plan.total_fen,
        PlanState::Draft | PlanState::Offered | PlanState::Accepted | PlanState::Defaulted | PlanState::Cancelled => {
            Fen::ZERO
        }
    };
    let found = if state == PlanState::Active { Some(standing(plan, paid, false, today)?) } else { None };
    Ok(PlanView {
        id: plan.id,
        state: plan.state.clone(),
        state_text: state.label(),
        standing_text: found.map(standing_text),
        total: plan.total_fen,
        paid: paid.min(plan.total_fen),
        schedule: parts(&schedule_of(plan)?, paid, (state == PlanState::Active).then_some(today)),
        lines,
        terms: terms_of(plan)?,
        offered_on: plan.offered_on,
        lapses_on: plan.lapses_on,
        agreed_on: plan.agreed_on,
        agreed_by: plan.agreed_by.clone(),
        approved_by: plan.approved_by.clone(),
        runs_from: plan.runs_from,
        may_warn: matches!(found, Some(Standing::Missed { warned: false, .. })),
        warned_on: plan.warned_on,
        warned_by: plan.warned_by.clone(),
        settled_on: plan.settled_on,
        ended_why: plan.ended_why.clone(),
        standing: found,
    })
}

fn parts(schedule: &[Instalment], paid: Fen, today: Option<NaiveDate>) -> Vec<Part> {
    let mut left = paid;
    let part = |one: &Instalment| {
        let covered = left.min(one.amount);
        left -= covered;
        let missed = covered < one.amount && today.is_some_and(|day| one.due_on < day);
        Part { due_on: one.due_on, amount: one.amount, paid: covered, missed }
    };
    schedule.iter().map(part).collect()
}

/// How a plan stands, for people.
#[must_use]
pub fn standing_text(standing: Standing) -> Text {
    match standing {
        Standing::Kept(next) => Text::new(
            format!("按期履行，下一期 {} 前还需 {} 元", next.due_on, next.amount.grouped()),
            format!("kept; {} yuan more by {}", next.amount.grouped(), next.due_on),
        ),
        Standing::Missed { count, since, short, warned } => {
            let (zh, en) = if warned {
                ("已通知", "the owner was told")
            } else {
                ("尚未通知", "the owner was not told yet")
            };
            Text::new(
                format!("自 {since} 起逾期 {count} 期，差 {} 元，{zh}", short.grouped()),
                format!("{count} instalment(s) missed since {since}, {} yuan short; {en}", short.grouped()),
            )
        }
        Standing::Completed => Text::new("已付清", "paid off"),
        Standing::Defaulted => Text::new("违约条件已成就，下次运行时终止", "in default, ends with the next run"),
    }
}

/// The owner of a running plan was told today of what is missed.
///
/// # Errors
/// When the database refuses.
pub(in crate::collection) fn note_warning(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
) -> Result<(), Refusal> {
    let Some(plan) = find_current(tx, community, case)?.filter(|one| one.state == PlanState::Active.as_str()) else {
        return Ok(());
    };
    let warned = PlanRow { warned_on: Some(app.today()), warned_by: actor.name.clone(), ..plan.clone() };
    put(tx, community, &plan, &warned)
}
