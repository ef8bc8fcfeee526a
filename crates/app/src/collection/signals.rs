//! Cause, attitude and capacity proposed from what is on record (P4): read set by set, shown with the facts and days they rest on, and
//! confirmed by a person or replaced by what somebody found instead. Nothing decides on a proposal.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use hemu_domain::Text;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::signals::{Proposal, Signals};
use hemu_domain::ids::{CaseId, CommunityId, PartyId};
use hemu_domain::staff::Permission;
use hemu_store::Tx;
use hemu_store::collection::facts::{self, Scope};
use hemu_store::collection::signals::{SignalRow, list_signals};
use serde::Serialize;
use serde_json::json;

use super::snapshot::{CaseSnapshot, one_case};
use super::work::{audit_act, insert_classification, open_case};
use crate::{Actor, App, Refusal};

/// Contacts of so many days count.
const CONTACT_DAYS: i64 = 400;
/// An earlier debt paid within so many days was paid soon.
const SOON_DAYS: i64 = 31;

/// A proposal as people read it.
#[derive(Clone, Debug, Serialize)]
pub struct ProposalItem {
    /// Why the fee is not paid.
    pub cause: Text,
    /// How the payer meets the demand.
    pub attitude: Text,
    /// Whether the payer can pay.
    pub capacity: Text,
    /// How long the oldest debt is overdue.
    pub duration: Text,
    /// How sure it is.
    pub confidence: Text,
    /// What it rests on, with the last day of each.
    pub evidence: Vec<EvidenceItem>,
}

/// A fact a proposal rests on.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceItem {
    /// What, in words.
    pub what: Text,
    /// The last day of it, where it has one.
    pub on: Option<chrono::NaiveDate>,
}

impl From<Proposal> for ProposalItem {
    fn from(one: Proposal) -> Self {
        Self {
            cause: one.cause.label(),
            attitude: one.attitude.label(),
            capacity: one.capacity.label(),
            duration: one.duration.label(),
            confidence: one.confidence.label(),
            evidence: one.evidence.into_iter().map(|one| EvidenceItem { what: one.what, on: one.on }).collect(),
        }
    }
}

/// What is on record about open cases.
///
/// # Errors
/// When the database refuses.
pub(super) fn load(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    cases: &[(CaseId, PartyId)],
) -> Result<HashMap<CaseId, Signals>, Refusal> {
    let (today, scope) = (app.today(), Scope::Few(cases));
    let mut found: HashMap<CaseId, Signals> = cases.iter().map(|(case, _)| (*case, Signals::default())).collect();
    for (case, row) in list_signals(tx, community, today - TimeDelta::days(CONTACT_DAYS), scope)? {
        if let Some(signals) = found.get_mut(&case) {
            take(signals, row);
        }
    }
    let reached: HashSet<PartyId> =
        facts::list_reach(tx, community, scope)?.into_iter().map(|(party, _)| party).collect();
    let flags = facts::list_flags(tx, community, today, scope)?.into_iter();
    let soften: HashSet<PartyId> = flags.filter(|(_, effect)| effect == "soften").map(|(party, _)| party).collect();
    for (case, party) in cases {
        if let Some(signals) = found.get_mut(case) {
            signals.unreachable = !reached.contains(party);
            signals.vulnerable = soften.contains(party);
        }
    }
    Ok(found)
}

fn take(signals: &mut Signals, row: SignalRow) {
    match row {
        SignalRow::Outcome(word, on) => match ContactOutcome::parse(&word) {
            Ok(ContactOutcome::ReachedRefuse) => signals.refusals.push(on),
            Ok(ContactOutcome::ReachedDispute) => signals.disputes.push(on),
            Ok(outcome) if outcome.is_talk() => signals.talks.push(on),
            Ok(outcome) if outcome.is_dead_end() => signals.dead_ends.push(on),
            Ok(_) | Err(_) => {}
        },
        SignalRow::Promise(state, on) if state == "broken" => signals.broken_promises.push(on),
        SignalRow::Promise(_, on) => signals.kept_promises.push(on),
        SignalRow::Earlier(opened_on, closed_on) => {
            signals.earlier_cases += 1;
            if (closed_on - opened_on).num_days() <= SOON_DAYS {
                signals.paid_soon.push(closed_on);
            }
        }
        SignalRow::Complaint(on) => signals.open_complaints.push(on),
        SignalRow::Hold(kind, on) if kind == "hardship" => signals.hardship.push(on),
        SignalRow::Hold(_, on) => signals.billing_queries.push(on),
        SignalRow::Plan(state, on) => {
            if state == "defaulted" {
                signals.plans_defaulted.push(on);
            }
            signals.plans.push(on);
        }
        SignalRow::Unit(occupancy, sold_on) => {
            signals.vacant |= occupancy == "vacant";
            signals.not_handed_over |= occupancy == "not_handed_over";
            signals.let_to_tenant |= occupancy == "tenant";
            signals.sold.extend(sold_on);
        }
    }
}

/// What is proposed for one open case.
///
/// # Errors
/// When the database refuses.
pub(super) fn propose(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    found: &CaseSnapshot,
) -> Result<Option<Proposal>, Refusal> {
    let case = (found.case.id, found.case.party_id);
    let signals = load(tx, app, community, &[case])?.remove(&case.0).unwrap_or_default();
    Ok(signals.propose(found.facts.oldest_due, app.today()))
}

/// Confirms what is proposed for a case: it holds from today, with its evidence, until it expires.
///
/// # Errors
/// [`Refusal::Conflict`] when nothing is proposed any more.
pub fn confirm_proposal(app: &App, actor: &Actor, community: CommunityId, case: CaseId) -> Result<(), Refusal> {
    actor.require(Permission::WorkCases, community)?;
    app.db.write(|tx| {
        let case = open_case(tx, community, case)?;
        let snapshot = one_case(tx, community, case.id, app.today())?;
        let Some(found) = propose(tx, app, community, &snapshot)? else {
            let zh = "目前没有可确认的判断，请按了解到的情况认定";
            return Err(Refusal::conflict(zh, "nothing is proposed any more: set what you found"));
        };
        let line = |what: &str, on: Option<chrono::NaiveDate>| {
            on.map_or_else(|| what.to_owned(), |day| format!("{what}（{day}）"))
        };
        let facts: Vec<String> = found.evidence.iter().map(|one| line(&one.what.zh, one.on)).collect();
        let evidence = format!("系统判断经确认：{}", facts.join("；"));
        let set = (found.cause, found.attitude, found.capacity);
        insert_classification(tx, app, actor, &case, community, set, &evidence)?;
        let detail = json!({ "cause": found.cause, "attitude": found.attitude, "confidence": found.confidence });
        audit_act(tx, app, actor, community, "case.confirm", case.id.uuid(), &detail)
    })
}
