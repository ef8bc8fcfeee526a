//! 承诺与分期: the promises and plans of a community by what is to be done about them: due this week, missed, running, waiting for the owner
//! or for approval, broken, kept.

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDate, TimeDelta};
use hemu_domain::collection::plan::{PlanState, Standing};
use hemu_domain::collection::promise::PromiseState;
use hemu_domain::ids::{CaseId, CommunityId, PlanId, PromiseId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text, UnitLabel};
use hemu_store::Tx;
use hemu_store::collection::facts::Scope;
use hemu_store::collection::terms::{self, CaseName};
use hemu_store::collection::work::{self, PlanRow, PromiseRow};
use serde::Serialize;
use uuid::Uuid;

use super::plans::{PaidOnPlans, PlanView, view_of};
use crate::registry::shown_name;
use crate::{Actor, App, Refusal};

/// The most rows of a page.
const MOST_ROWS: usize = 200;
/// A week ahead is due soon.
const SOON_DAYS: i64 = 7;

/// Promises or plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermsKind {
    /// 承诺
    Promise,
    /// 分期
    Plan,
}

impl TermsKind {
    /// Reads the word of an address.
    ///
    /// # Errors
    /// The word when it is neither.
    pub fn parse(word: &str) -> Result<Self, String> {
        match word {
            "promise" => Ok(Self::Promise),
            "plan" => Ok(Self::Plan),
            other => Err(other.to_owned()),
        }
    }

    /// The word of an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Promise => "promise",
            Self::Plan => "plan",
        }
    }
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermsFilter {
    /// Due within a week.
    Week,
    /// Its day has passed and it is not paid.
    Missed,
    /// All that run.
    Running,
    /// Offered, waits for the owner.
    Offered,
    /// Agreed, waits for a second person.
    Waiting,
    /// Broken, kept in part, in default.
    Broken,
    /// Kept, completed.
    Kept,
}

impl TermsFilter {
    /// In the order of the tabs.
    pub const ALL: [Self; 7] =
        [Self::Week, Self::Missed, Self::Running, Self::Offered, Self::Waiting, Self::Broken, Self::Kept];

    /// The word of an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Missed => "missed",
            Self::Running => "running",
            Self::Offered => "offered",
            Self::Waiting => "waiting",
            Self::Broken => "broken",
            Self::Kept => "kept",
        }
    }

    /// Reads the word of an address.
    ///
    /// # Errors
    /// The word when it is none of them.
    pub fn parse(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|one| one.as_str() == word).ok_or_else(|| word.to_owned())
    }

    /// For people.
    #[must_use]
    pub fn label(self) -> Text {
        match self {
            Self::Week => Text::new("一周内到期", "due within a week"),
            Self::Missed => Text::new("已逾期", "missed"),
            Self::Running => Text::new("履行中", "running"),
            Self::Offered => Text::new("待业主答复", "wait for the owner"),
            Self::Waiting => Text::new("待审批", "wait for approval"),
            Self::Broken => Text::new("未兑现/违约", "broken"),
            Self::Kept => Text::new("已兑现/完成", "kept"),
        }
    }
}

/// A promise or plan of the list.
#[derive(Clone, Debug, Serialize)]
pub struct TermsItem {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: CaseId,
    /// The number of the case.
    pub number: String,
    /// The first of the payer's units.
    pub unit: Option<UnitLabel>,
    /// The payer, masked where the role asks for it.
    pub owner: String,
    /// Where it is.
    pub state: Text,
    /// How a running plan stands.
    pub standing: Option<Text>,
    /// How much in all.
    pub amount: Fen,
    /// What of a plan is paid.
    pub paid: Fen,
    /// The day a promise is for, or of the next instalment that is not paid.
    pub due_on: Option<NaiveDate>,
    /// Whether that day has passed.
    pub is_late: bool,
    /// When it was given or offered.
    pub on: NaiveDate,
    /// Who took or offered it.
    pub by: String,
}

/// A page of the list.
#[derive(Clone, Debug, Serialize)]
pub struct TermsList {
    /// The rows, the soonest first.
    pub rows: Vec<TermsItem>,
    /// Where the next page begins: after this one.
    pub next: Option<Uuid>,
    /// How many promises and plans are in each state: `promise.active`, `plan.offered`...
    pub counts: BTreeMap<String, i64>,
}

/// Lists promises or plans by cursor.
///
/// # Errors
/// [`Refusal::Forbidden`] outside the actor's scope.
pub fn list_terms(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (kind, filter): (TermsKind, TermsFilter),
    (after, rows): (Option<Uuid>, usize),
) -> Result<TermsList, Refusal> {
    actor.require(Permission::Read, community)?;
    let (today, rows) = (app.today(), rows.clamp(1, MOST_ROWS));
    app.db.read(|tx| {
        let mut found = match kind {
            TermsKind::Promise => promises(tx, community, filter, (today, after, rows + 1))?,
            TermsKind::Plan => plans(tx, community, filter, (today, after, rows + 1))?,
        };
        let next = (found.len() > rows).then(|| found[rows - 1].id);
        found.truncate(rows);
        name(tx, actor, community, &mut found)?;
        let counts = terms::count_by_state(tx, community)?;
        let counts = counts.into_iter().map(|(kind, state, count)| (format!("{kind}.{state}"), count)).collect();
        Ok(TermsList { rows: found, next, counts })
    })
}

/// A day, where the page begins, and how many rows.
type Page = (NaiveDate, Option<Uuid>, usize);

fn promises(
    tx: &mut Tx<'_>,
    community: CommunityId,
    filter: TermsFilter,
    (today, after, rows): Page,
) -> Result<Vec<TermsItem>, Refusal> {
    let (any_from, any_to) = (NaiveDate::default(), today + TimeDelta::days(36_500));
    let active = (PromiseState::Active, PromiseState::Active);
    let (states, from, to) = match filter {
        TermsFilter::Week => (active, today, today + TimeDelta::days(SOON_DAYS)),
        TermsFilter::Missed => (active, any_from, today - TimeDelta::days(1)),
        TermsFilter::Running => (active, any_from, any_to),
        TermsFilter::Offered => ((PromiseState::Offered, PromiseState::Offered), any_from, any_to),
        // No second person approves a promise.
        TermsFilter::Waiting => return Ok(Vec::new()),
        TermsFilter::Broken => ((PromiseState::Broken, PromiseState::PartKept), any_from, any_to),
        TermsFilter::Kept => ((PromiseState::Kept, PromiseState::Kept), any_from, any_to),
    };
    let words = (states.0.as_str(), states.1.as_str());
    let limit = i64::try_from(rows).expect("a page is small");
    let found = terms::list_promises_due(tx, community, words, (from, to), (after.map(PromiseId::from), limit))?;
    Ok(found.iter().map(|one| promise_item(one, today)).collect())
}

fn promise_item(promise: &PromiseRow, today: NaiveDate) -> TermsItem {
    let state = PromiseState::parse(&promise.state);
    TermsItem {
        id: promise.id.uuid(),
        case_id: promise.case_id,
        number: String::new(),
        unit: None,
        owner: String::new(),
        is_late: state == Ok(PromiseState::Active) && promise.due_on < today,
        state: state.map_or_else(|word| Text::new(word.clone(), word), PromiseState::label),
        standing: None,
        amount: promise.amount_fen,
        paid: Fen::ZERO,
        due_on: Some(promise.due_on),
        on: promise.promised_on,
        by: promise.taken_by.clone(),
    }
}

fn plans(
    tx: &mut Tx<'_>,
    community: CommunityId,
    filter: TermsFilter,
    (today, after, rows): Page,
) -> Result<Vec<TermsItem>, Refusal> {
    let state = match filter {
        TermsFilter::Week | TermsFilter::Missed | TermsFilter::Running => {
            return running_plans(tx, community, filter, (today, after, rows));
        }
        TermsFilter::Offered => PlanState::Offered,
        TermsFilter::Waiting => PlanState::Accepted,
        TermsFilter::Broken => PlanState::Defaulted,
        TermsFilter::Kept => PlanState::Completed,
    };
    let limit = i64::try_from(rows).expect("a page is small");
    let found = terms::list_plans_of_state(tx, community, state.as_str(), (after.map(PlanId::from), limit))?;
    found.iter().map(|plan| plan_item(plan, view_of(plan, &PaidOnPlans::default(), today)?, today)).collect()
}

/// Plans that run, by their next instalment: what is paid of each is read set by set, and none of it is stored.
fn running_plans(
    tx: &mut Tx<'_>,
    community: CommunityId,
    filter: TermsFilter,
    (today, after, rows): Page,
) -> Result<Vec<TermsItem>, Refusal> {
    let paid = PaidOnPlans::load(tx, community, today, Scope::Open)?;
    let mut found = Vec::new();
    for plan in work::list_current_plans(tx, community, Scope::Open)? {
        if plan.state != PlanState::Active.as_str() {
            continue;
        }
        let view = view_of(&plan, &paid, today)?;
        let fits = match (filter, view.standing) {
            (TermsFilter::Missed, Some(standing)) => matches!(standing, Standing::Missed { .. } | Standing::Defaulted),
            (TermsFilter::Week, Some(Standing::Kept(next))) => next.due_on <= today + TimeDelta::days(SOON_DAYS),
            (TermsFilter::Week, _) | (TermsFilter::Missed, None) => false,
            _ => true,
        };
        if fits {
            found.push(plan_item(&plan, view, today)?);
        }
    }
    found.sort_by_key(|one| (one.due_on, one.id));
    let begin = after.and_then(|id| found.iter().position(|one| one.id == id)).map_or(0, |at| at + 1);
    Ok(found.into_iter().skip(begin).take(rows).collect())
}

fn plan_item(plan: &PlanRow, view: PlanView, today: NaiveDate) -> Result<TermsItem, Refusal> {
    let next = view.schedule.iter().find(|part| part.paid < part.amount).map(|part| part.due_on);
    Ok(TermsItem {
        id: plan.id.uuid(),
        case_id: plan.case_id,
        number: String::new(),
        unit: None,
        owner: String::new(),
        is_late: view.runs() && next.is_some_and(|day| day < today),
        state: view.state_text,
        standing: view.standing_text,
        amount: view.total,
        paid: view.paid,
        due_on: next,
        on: view.offered_on,
        by: view.agreed_by,
    })
}

/// Puts the names of the cases into the rows.
fn name(tx: &mut Tx<'_>, actor: &Actor, community: CommunityId, rows: &mut [TermsItem]) -> Result<(), Refusal> {
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.case_id.uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = terms::name_cases(tx, community, &ids)?;
    let names: HashMap<CaseId, CaseName> = names.into_iter().map(|one| (one.id, one)).collect();
    for row in rows {
        if let Some(found) = names.get(&row.case_id) {
            row.number.clone_from(&found.number);
            row.unit.clone_from(&found.unit);
            row.owner = shown_name(actor, &found.party_kind, &found.name);
        }
    }
    Ok(())
}
