//! Fairness (公平公正, P3): whether recorded decisions come out again from their facts alone, whether groups of cases met with the
//! same, and what was done out of the ordinary.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::CommunityId;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::review::fairness::{Difference, Share};
use hemu_domain::review::{ReviewSpan, percent};
use hemu_domain::staff::Permission;
use hemu_domain::staff::approval::ApprovalState;
use hemu_domain::{Fen, Text};
use hemu_store::collection::replay::{self, Which};
use hemu_store::review::fairness::{self as store, Exception, TreatedCase};
use hemu_store::{DbError, Tx, approval};
use serde::Serialize;

use crate::billing::find_community;
use crate::clock::in_china;
use crate::collection::holds::BY_THE_PROGRAM;
use crate::{Actor, App, Refusal};

/// Requests looked through for those of the span, the newest first.
const APPROVALS: i64 = 2_000;

/// What the report says.
#[derive(Clone, Debug, Serialize)]
pub struct FairnessReport {
    /// The first day.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
    /// Decisions recorded, all of them made again.
    pub decisions: u64,
    /// Those that came out as recorded, from nothing but their facts and the version of the policy.
    pub same: u64,
    /// Cases open in the span.
    pub cases: u64,
    /// Groups beside all the others.
    pub groups: Vec<GroupLine>,
    /// What was done out of the ordinary, the newest first.
    pub exceptions: Vec<ExceptionLine>,
    /// How many of them each person decided.
    pub deciders: Vec<DeciderLine>,
}

/// A group of cases.
#[derive(Clone, Debug, Serialize)]
pub struct GroupLine {
    /// What they have in common: `building`, `role` or `staff`.
    pub by: &'static str,
    /// Its name.
    pub name: String,
    /// Cases.
    pub cases: u64,
    /// Contacts tried for each, with two decimals.
    pub contacts_per_case: String,
    /// Those that came to the formal demand or further.
    pub formal: Compared,
    /// Those with something let off.
    pub waived: Compared,
    /// Those with a plan.
    pub plans: Compared,
}

/// A share beside that of all the others.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// So many of the group.
    pub hits: u64,
    /// In percent.
    pub percent: Option<String>,
    /// From where to where it may lie by chance, in percent (95 %).
    pub interval: Option<(String, String)>,
    /// Beside the others.
    pub difference: Difference,
}

/// Something done out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExceptionLine {
    /// When.
    pub on: NaiveDate,
    /// What.
    pub what: Text,
    /// Why.
    pub reason: String,
    /// Who asked for it or did it.
    pub by: String,
    /// The second person; empty where the act needed none.
    pub second: String,
    /// What it came to; zero where it is no sum.
    pub amount: Fen,
    /// The case it is about.
    pub case_number: Option<String>,
}

/// What one person decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeciderLine {
    /// Who.
    pub name: String,
    /// How many.
    pub acts: u64,
    /// What they came to.
    pub amount: Fen,
}

/// The report on a month, quarter or year up to a day, or on its year so far.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn fairness_report(
    app: &App,
    actor: &Actor,
    community: &str,
    as_of: NaiveDate,
    span: Option<ReviewSpan>,
) -> Result<FairnessReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let new_year = as_of.with_day(1).and_then(|day| day.with_month(1)).unwrap_or(as_of);
    let first = span.map_or(new_year, |span| span.first.first_day());
    let last = span.map_or(as_of, |span| span.last.last_day().min(as_of));
    Ok(app.db.read(|tx| read(tx, community, (first, last)))?)
}

fn read(tx: &mut Tx<'_>, community: CommunityId, days: (NaiveDate, NaiveDate)) -> Result<FairnessReport, DbError> {
    let (first, last) = days;
    let (mut decisions, mut same) = (0, 0);
    replay::replay(tx, Which::Days(community, first, last), |one| {
        decisions += 1;
        same += u64::from(one.difference.is_none());
    })?;
    let cases = store::list_cases(tx, community, days)?;
    let exceptions = exceptions(tx, community, days)?;
    Ok(FairnessReport {
        first,
        last,
        decisions,
        same,
        cases: u64::try_from(cases.len()).unwrap_or(u64::MAX),
        groups: groups(&cases),
        deciders: deciders(&exceptions),
        exceptions,
    })
}

/// What is counted of a group.
#[derive(Clone, Copy, Default)]
struct Tally {
    contacts: i64,
    formal: Share,
    waived: Share,
    plans: Share,
}

impl Tally {
    fn add(&mut self, case: &TreatedCase) {
        self.contacts += case.contacts;
        self.formal.count(matches!(Stage::parse(&case.stage), Ok(Stage::Demand | Stage::Legal)));
        self.waived.count(case.waived.is_positive());
        self.plans.count(case.has_plan);
    }
}

fn groups(cases: &[TreatedCase]) -> Vec<GroupLine> {
    let mut whole = Tally::default();
    let mut tallies: BTreeMap<(&'static str, &str), Tally> = BTreeMap::new();
    for case in cases {
        whole.add(case);
        let named = [("building", &case.building), ("role", &case.role), ("staff", &case.staff)];
        for (by, name) in named {
            tallies.entry((by, name.as_deref().unwrap_or_default())).or_default().add(case);
        }
    }
    let line = |((by, name), tally): ((&'static str, &str), Tally)| GroupLine {
        by,
        name: name.to_owned(),
        cases: tally.formal.cases,
        contacts_per_case: per_case(tally.contacts, tally.formal.cases),
        formal: compared(tally.formal, whole.formal),
        waived: compared(tally.waived, whole.waived),
        plans: compared(tally.plans, whole.plans),
    };
    tallies.into_iter().map(line).collect()
}

/// Contacts for each case, with two decimals, half-up.
fn per_case(contacts: i64, cases: u64) -> String {
    let cases = i64::try_from(cases).unwrap_or(i64::MAX).max(1);
    let hundredths = (contacts * 200 + cases) / (cases * 2);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn compared(group: Share, whole: Share) -> Compared {
    let thousandths = |share: u64| format!("{}.{}", share / 10, share % 10);
    let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Compared {
        hits: group.hits,
        percent: percent(signed(group.hits), signed(group.cases)),
        interval: group.interval().map(|(low, high)| (thousandths(low), thousandths(high))),
        difference: group.beside(group.rest_of(whole)),
    }
}

/// Holds opened by hand, what was let off, and everything that took two people.
fn exceptions(
    tx: &mut Tx<'_>,
    community: CommunityId,
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<ExceptionLine>, DbError> {
    let line = |one: Exception, what: Text| ExceptionLine {
        on: one.on,
        what,
        reason: one.reason,
        by: one.by,
        second: one.second,
        amount: one.amount,
        case_number: one.case_number,
    };
    let mut lines = Vec::new();
    for hold in store::list_holds(tx, community, days)? {
        let by_hand = hold.by != BY_THE_PROGRAM;
        if let Some(kind) = HoldKind::parse(&hold.kind).ok().filter(|kind| by_hand && kind.is_opened_by_staff()) {
            lines.push(line(hold, kind.label()));
        }
    }
    for waiver in store::list_waivers(tx, community, days)? {
        if let Ok(kind) = AdjustmentKind::parse(&waiver.kind) {
            lines.push(line(waiver, kind.label()));
        }
    }
    lines.extend(acts_of_two(tx, community, days)?);
    lines.sort_by_key(|one| std::cmp::Reverse(one.on));
    Ok(lines)
}

/// Acts that took two people; sums let off are told by themselves.
fn acts_of_two(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<ExceptionLine>, DbError> {
    use hemu_domain::staff::approval::ApprovalKind as Kind;
    let mut lines = Vec::new();
    for row in approval::list_decided(tx, community, APPROVALS)? {
        let told = matches!(row.kind, Kind::Adjustment | Kind::Vacancy | Kind::ServiceReduction);
        let Some(decision) = row.decision.filter(|_| row.state == ApprovalState::Approved && !told) else { continue };
        let on = in_china(decision.at).date_naive();
        if (first..=last).contains(&on) {
            lines.push(ExceptionLine {
                on,
                what: row.kind.label(),
                reason: row.reason,
                by: row.asked_by,
                second: decision.by,
                amount: Fen::ZERO,
                case_number: None,
            });
        }
    }
    Ok(lines)
}

/// Who decided how many of them: the second person where there was one.
fn deciders(exceptions: &[ExceptionLine]) -> Vec<DeciderLine> {
    let mut by_name: BTreeMap<&str, (u64, Fen)> = BTreeMap::new();
    for one in exceptions {
        let name = if one.second.is_empty() { &one.by } else { &one.second };
        let (acts, amount) = by_name.entry(name).or_default();
        *acts += 1;
        *amount += one.amount;
    }
    let line = |(name, (acts, amount)): (&str, (u64, Fen))| DeciderLine { name: name.to_owned(), acts, amount };
    by_name.into_iter().map(line).collect()
}
