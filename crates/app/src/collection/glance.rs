//! A first look at a community's open cases: which decisions stand, and which cases need all their facts.
//!
//! On a usual night nearly every case is decided as it was the night before. To see that, what is owed is summed up by account
//! instead of read charge by charge, and the clocks of limitation are left alone: without any event a claim lapses earliest, so
//! while even that day is far off, no event matters. Where this would not do - a case without a decision, a debt in dispute, a
//! claim that may lapse soon - the glance has no opinion, and the case is decided from everything on record.

use chrono::{NaiveDate, TimeDelta};
use hemu_domain::Fen;
use hemu_domain::collection::policy::Policy;
use hemu_domain::collection::{Decision, decide_untraced};
use hemu_domain::ids::{CommunityId, PartyId};
use hemu_store::collection::case::CaseRow;
use hemu_store::collection::facts::{self, Debt, Scope};
use hemu_store::{DbError, Tx};
use rustc_hash::{FxHashMap, FxHashSet};

use super::limitation::Untouched;
use super::policies::Policies;
use super::snapshot::{Asked, Sets};

/// What each payer of a community owes.
pub(super) type Debts = FxHashMap<PartyId, Debt>;

/// What everybody of a community owes that was due before a day.
///
/// # Errors
/// When the database refuses.
pub(super) fn debts(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Debts, DbError> {
    let of_accounts: FxHashMap<_, _> = facts::list_debts(tx, community, as_of)?.into_iter().collect();
    let mut debts = Debts::default();
    for (party, account) in facts::list_payers(tx, community, Scope::Open)? {
        if let Some(debt) = of_accounts.get(&account) {
            debts
                .entry(party)
                .and_modify(|sum| {
                    sum.open += debt.open;
                    sum.oldest_due = sum.oldest_due.min(debt.oldest_due);
                })
                .or_insert(*debt);
        }
    }
    Ok(debts)
}

/// The open cases of a community after the first look, each part in the order of ids.
#[derive(Debug)]
pub(super) struct Glance {
    /// Cases whose decision stands, with that decision; its trace is empty.
    pub(super) standing: Vec<(CaseRow, Decision)>,
    /// Cases to be decided from all their facts.
    pub(super) open_questions: Vec<CaseRow>,
}

impl Glance {
    /// Looks at cases as of a day.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn take(
        tx: &mut Tx<'_>,
        community: CommunityId,
        as_of: NaiveDate,
        policies: &Policies,
        (cases, debts): (Vec<CaseRow>, &Debts),
    ) -> Result<Self, DbError> {
        let mut glance = Self { standing: Vec::with_capacity(cases.len()), open_questions: Vec::new() };
        if cases.iter().all(|case| case.last_digest.is_none()) {
            glance.open_questions = cases;
            return Ok(glance);
        }
        let unclear = facts::list_billed_after_sale(tx, community, Scope::Open)?;
        let unclear: FxHashSet<PartyId> = unclear.into_iter().map(|(party, _)| party).collect();
        let mut sets = Sets::load(tx, community, as_of, Scope::Open)?;
        let mut ends = Untouched::default();
        for case in cases {
            let policy = policies.of(case.policy_version);
            let asked = asked(debts.get(&case.party_id), &mut ends, as_of);
            let plain = !unclear.contains(&case.party_id)
                && sets.holds_on_charges(&case, as_of).next().is_none()
                && !may_lapse_soon(policy, asked.limitation_on, as_of);
            match plain.then(|| find_standing(policy, &case, asked, &mut sets, as_of)).flatten() {
                Some(decision) => glance.standing.push((case, decision)),
                None => glance.open_questions.push(case),
            }
        }
        Ok(glance)
    }
}

fn asked(debt: Option<&Debt>, ends: &mut Untouched, as_of: NaiveDate) -> Asked {
    Asked {
        overdue: debt.map_or(Fen::ZERO, |debt| debt.open),
        disputed: Fen::ZERO,
        rests: Fen::ZERO,
        planned: false,
        oldest_due: debt.map_or(as_of, |debt| debt.oldest_due),
        limitation_on: debt.and_then(|debt| ends.end(debt.oldest_due)),
    }
}

/// Whether the warning about a claim that lapses could be due, now or by an event that put its end off.
fn may_lapse_soon(policy: &Policy, earliest: Option<NaiveDate>, as_of: NaiveDate) -> bool {
    let warned_from = |end: NaiveDate| end.checked_sub_signed(TimeDelta::days(policy.limitation_guard_days));
    earliest.is_some_and(|end| warned_from(end).is_none_or(|day| day <= as_of))
}

/// The decision, when it is the one the case has.
fn find_standing(policy: &Policy, case: &CaseRow, asked: Asked, sets: &mut Sets, as_of: NaiveDate) -> Option<Decision> {
    let last = case.last_digest?;
    let facts = sets.take_facts(case, asked, as_of);
    let decision = decide_untraced(policy, &facts, as_of);
    (decision.stands(facts.stage) && decision.digest() == last).then_some(decision)
}
