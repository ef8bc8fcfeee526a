//! The invariants, looked at from outside: on the wire at the moment of a claim, and in the books at the end.

use hemu_app::Actor;
use hemu_app::collection::replay::{ReplayScope, replay};
use hemu_domain::collection::nudge::is_nudge;
use hemu_gateways::Outgoing;
use hemu_store::{Value, params};

use super::estate::Estate;

/// Facts about a payer a message is about to go to: each tells a rule that would be broken, and counts what breaks it.
const OF_CLAIM: [(&str, &str); 6] = [
    (
        "I6/I7: nothing is overdue and not disputed",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file f WHERE f.id = $1 AND NOT EXISTS (SELECT 1 FROM account a
            JOIN charge c ON c.account_id = a.id WHERE a.party_id = f.party_id AND c.live AND c.open_fen > 0
            AND c.due_on < $2)",
    ),
    (
        "I13: a hold suppresses contact",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM hold WHERE case_id = $1 AND scope = 'case' AND suppress_contact AND released_on IS NULL
            AND opened_on <= $2 AND (expires_on IS NULL OR expires_on >= $2)",
    ),
    (
        "I13: a hold ended less than seven days ago",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM hold WHERE case_id = $1 AND scope = 'case' AND suppress_contact AND opened_on <= $2
            AND ((released_on > $3 AND opened_on < released_on AND (expires_on IS NULL OR expires_on >= released_on))
                OR (expires_on >= $3 AND expires_on < $2 AND (released_on IS NULL OR released_on > expires_on)))",
    ),
    (
        "a promise runs",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM promise WHERE case_id = $1 AND state = 'active' AND due_on >= $2",
    ),
    (
        "somebody talked to the payer less than seven days ago",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM contact_log l JOIN case_file f ON f.party_id = l.party_id WHERE f.id = $1
            AND l.outcome IN ('REACHED_PROMISE', 'REACHED_TALK', 'REACHED_REFUSE', 'REACHED_DISPUTE')
            AND l.happened_on > $3 AND l.happened_on <= $2",
    ),
    (
        "I14: more than two messages in seven days",
        "SELECT CASE WHEN COUNT(*) > 2 THEN CAST(COUNT(*) AS BIGINT) ELSE 0 END FROM contact_log l
            JOIN case_file f ON f.party_id = l.party_id WHERE f.id = $1 AND l.channel = 'sms' AND l.direction = 'out'
            AND l.happened_on > $3 AND l.happened_on <= $2",
    ),
];

/// What does not bind the one reminder before an agreed day: it is sent because a promise runs, and was agreed to in a talk.
const NOT_OF_NUDGE: [&str; 3] =
    ["I13: a hold suppresses contact", "a promise runs", "somebody talked to the payer less than seven days ago"];

/// What binds it instead.
const OF_NUDGE: [(&str, &str); 2] = [
    (
        "I13: a hold beside the promise suppresses contact",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM hold WHERE case_id = $1 AND scope = 'case' AND kind <> 'promise' AND suppress_contact
            AND released_on IS NULL AND opened_on <= $2 AND (expires_on IS NULL OR expires_on >= $2)",
    ),
    (
        "nothing agreed is ahead",
        "SELECT CASE WHEN (SELECT COUNT(*) FROM promise WHERE case_id = $1 AND state = 'active' AND due_on >= $2)
            + (SELECT COUNT(*) FROM plan WHERE case_id = $1 AND state = 'active') > 0
            THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END",
    ),
];

const STEP_OF: &str = "SELECT x.step_key FROM attempt t JOIN action x ON x.id = t.action_id WHERE t.id = $1";

/// What a running plan is about, and what the message asks for.
const PLAN_LINES: &str = "SELECT lines FROM plan WHERE case_id = $1 AND state = 'active'";
const ASKED_LINES: &str = "SELECT x.lines FROM attempt t JOIN action x ON x.id = t.action_id WHERE t.id = $1";

/// The charges of lines of which something is open.
fn charges_of(lines: &serde_json::Value) -> Vec<String> {
    let open = |line: &serde_json::Value| {
        (line["open"] != "0.00").then(|| line["charge"].as_str().expect("a charge").to_owned())
    };
    lines.as_array().expect("lines").iter().filter_map(open).collect()
}

const CASE_OF: &str = "SELECT x.case_id FROM attempt t JOIN action x ON x.id = t.action_id WHERE t.id = $1";

/// What is broken by sending a message whose claim was just committed.
pub fn of_claim(estate: &Estate, message: &Outgoing, minute: u32) -> Vec<String> {
    let (today, db) = (estate.today(), &estate.office.app.db);
    let week_ago = today - chrono::TimeDelta::days(7);
    let mut broken = Vec::new();
    if !(8 * 60..22 * 60).contains(&minute) {
        broken.push("a message in the quiet hours".to_owned());
    }
    let case: uuid::Uuid =
        db.read(|tx| tx.query_one("case", CASE_OF, &params![message.key], |row| row.take())).expect("a case");
    let lines = |sql: &str, key: uuid::Uuid| -> Vec<serde_json::Value> {
        db.read(|tx| tx.query(sql, &params![key], |row| row.take())).expect("reads")
    };
    let asked: Vec<String> = lines(ASKED_LINES, message.key).iter().flat_map(charges_of).collect();
    let planned: Vec<String> = lines(PLAN_LINES, case).iter().flat_map(charges_of).collect();
    if asked.iter().any(|charge| planned.contains(charge)) {
        broken.push(format!("a plan runs on what is asked for: case {case}"));
    }
    let step: String =
        db.read(|tx| tx.query_one("step", STEP_OF, &params![message.key], |row| row.take())).expect("a step");
    let (usual, nudge) = (OF_CLAIM.into_iter(), is_nudge(&step));
    let rules = usual.filter(|(rule, _)| !nudge || !NOT_OF_NUDGE.contains(rule));
    for (rule, sql) in rules.chain(OF_NUDGE.into_iter().filter(|_| nudge)) {
        let all = params![case, today, week_ago];
        let used: &[Value] = if sql.contains("$3") { &all } else { &all[..2] };
        let count: i64 = db.read(|tx| tx.query_one("count", sql, used, |row| row.take())).expect("counts");
        if count > 0 {
            broken.push(format!("{rule}: case {case}"));
        }
    }
    broken
}

/// Rows that break a rule, whenever they are found.
const OF_BOOKS: [(&str, &str); 6] = [
    (
        "I1: an action has two attempts",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM attempt t WHERE t.attempt_no > 1",
    ),
    (
        "I5: a stage was skipped",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM decision WHERE NOT (stage_before = stage_after
            OR (stage_before = 'reminder' AND stage_after = 'conversation')
            OR (stage_before = 'conversation' AND stage_after = 'demand'))",
    ),
    (
        "I5: conversation without a reminder that arrived, a talk or an unanswered call",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM decision d WHERE d.stage_before = 'reminder' AND d.stage_after = 'conversation'
            AND NOT EXISTS (SELECT 1 FROM action x WHERE x.case_id = d.case_id AND x.state IN ('delivered', 'read', 'done'))
            AND NOT EXISTS (SELECT 1 FROM contact_log l WHERE l.case_id = d.case_id AND l.channel <> 'sms')",
    ),
    (
        "B3: a demand without two talks or two channels that led nowhere",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM decision d WHERE d.stage_before = 'conversation' AND d.stage_after = 'demand'
            AND (SELECT COUNT(*) FROM contact_log l WHERE l.case_id = d.case_id AND l.outcome IN
                ('REACHED_PROMISE', 'REACHED_TALK', 'REACHED_REFUSE', 'REACHED_DISPUTE')) < 2
            AND (SELECT COUNT(DISTINCT l.channel) FROM contact_log l WHERE l.case_id = d.case_id) < 2",
    ),
    (
        "I19: a promise was broken before its date and the days of grace",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM promise WHERE state = 'broken' AND settled_on <= due_on",
    ),
    (
        "I9: a closed case owes something that was due when it closed",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file f JOIN account a ON a.party_id = f.party_id
            JOIN charge c ON c.account_id = a.id WHERE f.closed_on IS NOT NULL AND c.live AND c.open_fen > 0
            AND c.due_on < f.closed_on",
    ),
];

/// Tries by their state.
const ATTEMPTS: &str = "SELECT id, state FROM attempt";

/// What is broken in the books and on the wire when all is over.
pub fn at_the_end(estate: &Estate) -> Vec<String> {
    let (office, mut broken) = (&estate.office, Vec::new());
    for (rule, sql) in OF_BOOKS {
        let count = office.count(sql);
        if count > 0 {
            broken.push(format!("{rule}: {count}"));
        }
    }
    let attempts: Vec<(uuid::Uuid, String)> =
        office.app.db.read(|tx| tx.query(ATTEMPTS, &[], |row| Ok((row.take()?, row.take()?)))).expect("reads");
    let delivered = estate.delivered();
    broken.extend(delivered.iter().filter(|(_, times)| **times > 1).map(|(key, _)| format!("{key} went out twice")));
    for (key, state) in &attempts {
        let was_sent = delivered.contains_key(key);
        // A doubt may have gone out or not; a yes has, and a no has not.
        let agrees = match state.as_str() {
            "sent" => was_sent,
            "failed_permanent" => !was_sent,
            _ => true,
        };
        if !agrees {
            broken.push(format!("{key} is {state}, on the wire: {was_sent}"));
        }
    }
    let unknown = delivered.keys().filter(|key| !attempts.iter().any(|(id, _)| id == *key));
    broken.extend(unknown.map(|key| format!("{key} went out without an attempt")));
    let again = replay(&office.app, &Actor::local_operator(), estate.community(), ReplayScope::All).expect("replays");
    if again.same != again.decisions {
        broken.push(format!("P3: {:?} come out otherwise", again.differing));
    }
    broken.extend(office.red().into_iter().map(|check| format!("verify: {check}")));
    broken
}
