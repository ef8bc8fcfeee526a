//! Invariants of cases, steps, promises, plans, contacts, letters and the audit trail, over the whole database.
//!
//! Every amount is recomputed from the frozen lines it was summed from, or is a link of a chain that is walked again.

use std::collections::HashMap;

use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::check::{Check, Tally};
use crate::collection::policy;
use crate::collection::replay::{Which, replay};
use crate::collection::work::{promise_content, read_promise};
use crate::outreach::contact;
use crate::verify::CheckCommunity;
use crate::{DbError, Tx, Value, chain, params};

const ACTIONS: &str = "SELECT id, open_fen, late_fee_fen, lines FROM action WHERE community_id = $1 ORDER BY id";
const PLANS: &str = "SELECT id, total_fen, schedule, lines FROM plan WHERE community_id = $1 ORDER BY id";
const MATTERS: &str = "SELECT id, claim_fen, claim_lines FROM legal_matter WHERE community_id = $1 ORDER BY id";
const NOTICES: &str =
    "SELECT id, principal_fen, late_fee_fen, body, body_hash FROM notice WHERE community_id = $1 ORDER BY id";
const PROMISES: &str = "SELECT id, case_id, amount_fen, promised_on, due_on, channel, taken_by, state, settled_on,
    replaces_id, lapses_on, prev_hash, hash FROM promise WHERE community_id = $1 ORDER BY case_id, seq";
const CONTACTS: &str = "SELECT seq, prev_hash, hash, id, case_id, party_id, action_id, channel, direction, outcome,
    right_party, happened_at, happened_on, note_sealed, next_step, next_on, staff_id, staff_name, recorded_at,
    initiative, breach, script FROM contact_log WHERE community_id = $1 ORDER BY party_id, seq";
const CASES: &str = "SELECT c.id, c.stage, c.closed_on, d.stage_after, d.digest, c.last_digest FROM case_file c
    LEFT JOIN decision d ON d.community_id = c.community_id AND d.id = c.last_decision_id WHERE c.community_id = $1
    ORDER BY c.id";
const IN_FLIGHT: &str = "SELECT a.id, a.state, t.state FROM action a
    JOIN attempt t ON t.community_id = a.community_id AND t.action_id = a.id
    AND t.attempt_no = (SELECT MAX(x.attempt_no) FROM attempt x WHERE x.community_id = a.community_id AND x.action_id = a.id)
    WHERE a.community_id = $1 ORDER BY a.id";

const ACTIVATED: &str = "SELECT detail FROM audit_entry WHERE act = 'policy.activate' ORDER BY community_id, seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[ACTIONS, PLANS, MATTERS, NOTICES, PROMISES, CONTACTS, CASES, IN_FLIGHT, ACTIVATED];

/// The checks of collection, outreach and legal, each for one community.
pub(crate) const CHECKS: [(&str, CheckCommunity); 9] = [
    ("action_amounts_are_the_sums_of_their_lines", actions),
    ("plan_total_is_the_sum_of_its_instalments", plans),
    ("claim_is_the_sum_of_its_lines", matters),
    ("letters_are_as_they_were_frozen", notices),
    ("promises_are_as_they_were_given", promises),
    ("contact_log_is_as_it_was_written", contacts),
    ("cases_follow_their_decisions", cases),
    ("messages_agree_with_their_attempts", attempts),
    ("decisions_replay_to_what_was_recorded", decisions),
];

/// The sum of one field, an amount in yuan as text, over a list of frozen lines; `None` when a line has no such amount.
fn sum(lines: &Json, field: &str) -> Option<Fen> {
    lines.as_array()?.iter().map(|line| Fen::parse(line.get(field)?.as_str()?).ok()).sum()
}

fn actions(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(ACTIONS, &params![community], |row| {
        let (id, open, late): (Uuid, Fen, Fen) = (row.take()?, row.take()?, row.take()?);
        let lines: Json = row.take()?;
        tally
            .row(sum(&lines, "open") == Some(open) && sum(&lines, "late_fee") == Some(late), || format!("action {id}"));
        Ok(())
    })
}

fn plans(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(PLANS, &params![community], |row| {
        let (id, total, schedule, lines): (Uuid, Fen, Json, Json) =
            (row.take()?, row.take()?, row.take()?, row.take()?);
        let owed = sum(&lines, "open").zip(sum(&lines, "late_fee")).map(|(open, late_fee)| open + late_fee);
        tally.row(sum(&schedule, "amount") == Some(total) && owed == Some(total), || format!("plan {id}"));
        Ok(())
    })
}

fn matters(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(MATTERS, &params![community], |row| {
        let (id, total, lines): (Uuid, Fen, Json) = (row.take()?, row.take()?, row.take()?);
        tally.row(sum(&lines, "amount") == Some(total), || format!("row {id}"));
        Ok(())
    })
}

fn notices(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(NOTICES, &params![community], |row| {
        let (id, principal, late): (Uuid, Fen, Fen) = (row.take()?, row.take()?, row.take()?);
        let (body, hash): (Json, [u8; 32]) = (row.take()?, row.take()?);
        let lines = body.get("lines").cloned().unwrap_or_else(|| Json::Array(Vec::new()));
        let holds = body_hash(&body) == hash
            && sum(&lines, "principal") == Some(principal)
            && sum(&lines, "late_fee") == Some(late);
        tally.row(holds, || format!("notice {id}"));
        Ok(())
    })
}

/// The hash of a letter's frozen body. Keys are sorted by serde_json's map, so the text is canonical on every engine.
#[must_use]
pub fn body_hash(body: &Json) -> [u8; 32] {
    Sha256::digest(body.to_string()).into()
}

/// Walks chains: the last hash per key, and whether each row follows it.
struct Walk<'a, K> {
    tally: &'a mut Tally,
    heads: HashMap<K, [u8; 32]>,
}

impl<'a, K: Eq + std::hash::Hash> Walk<'a, K> {
    fn new(tally: &'a mut Tally) -> Self {
        Self { tally, heads: HashMap::new() }
    }

    fn step(&mut self, key: K, content: &[Value], link: ([u8; 32], [u8; 32]), describe: impl FnOnce() -> String) {
        let (previous, hash) = link;
        let head = self.heads.get(&key).copied().unwrap_or(chain::START);
        self.tally.row(previous == head && chain::link(&previous, content) == hash, describe);
        self.heads.insert(key, hash);
    }
}

fn promises(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut walk = Walk::new(tally);
    tx.for_each::<DbError>(PROMISES, &params![community], |row| {
        let promise = read_promise(row)?;
        let link = (row.take()?, row.take()?);
        let content = promise_content(community, &promise);
        walk.step(promise.case_id, &content, link, || format!("promise {}", promise.id));
        Ok(())
    })
}

fn contacts(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut walk = Walk::new(tally);
    tx.for_each::<DbError>(CONTACTS, &params![community], |row| {
        let seq: i64 = row.take()?;
        let link = (row.take()?, row.take()?);
        let entry = contact::read(row)?;
        let content = contact::content(community, &entry, seq);
        walk.step(entry.party_id, &content, link, || format!("contact {}", entry.id));
        Ok(())
    })
}

/// A case's last digest is that of its last decision. (Its stage may have moved on since, by a person's act.)
fn cases(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(CASES, &params![community], |row| {
        let (id, _stage): (Uuid, String) = (row.take()?, row.take()?);
        let (_closed, _after): (Option<chrono::NaiveDate>, Option<String>) = (row.take()?, row.take()?);
        let (decided, kept): (Option<[u8; 32]>, Option<[u8; 32]>) = (row.take()?, row.take()?);
        tally.row(decided == kept, || format!("case {id}"));
        Ok(())
    })
}

/// A message is in the state its last try is in, or further.
fn attempts(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(IN_FLIGHT, &params![community], |row| {
        let (id, action, attempt): (Uuid, String, String) = (row.take()?, row.take()?, row.take()?);
        let agrees = match attempt.as_str() {
            "sent" => matches!(action.as_str(), "sent" | "delivered" | "read" | "failed_permanent"),
            // A person looked into it, and gave the message up.
            "uncertain" => matches!(action.as_str(), "uncertain" | "abandoned"),
            other => action == other,
        };
        tally.row(agrees, || format!("action {id}: {action} with an attempt that is {attempt}"));
        Ok(())
    })
}

/// A policy version is what it was when it was put in force, which the audit trail remembers.
pub(crate) fn policies(tx: &mut Tx<'_>) -> Result<Check, DbError> {
    let activated: Vec<Json> = tx.query(ACTIVATED, &[], |row| row.take())?;
    let mut tally = Tally::new("policy_versions_are_as_they_were_put_in_force");
    for one in policy::list(tx)? {
        let hash = policy::hash(&one.body);
        let entry = serde_json::json!({ "version": one.version, "sha256": hemu_domain::hex(&hash) });
        let column = |name: &str| one.body.get(name).cloned().unwrap_or_default();
        let holds = hash == one.body_hash
            && activated.contains(&entry)
            && column("version") == one.version
            && column("name") == one.name
            && column("effective_from") == one.effective_from.to_string();
        tally.row(holds, || format!("policy version {}", one.version));
    }
    Ok(tally.check())
}

/// Every decision comes out the same again from the facts and the policy version it names.
fn decisions(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    replay(tx, Which::Community(community), |one| {
        tally.row(one.difference.is_none(), || format!("decision {}", one.id));
    })
}
