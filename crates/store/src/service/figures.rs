//! What became of complaints, for the review: how many, answered in time or not, and whether anybody was chased about one meanwhile.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_domain::service::{ComplaintKind, Finding};
use serde_json::Value as Json;

use crate::{DbError, Tx, params};

/// A complaint as the review counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What about.
    pub kind: ComplaintKind,
    /// By when an answer was promised.
    pub promised_on: NaiveDate,
    /// When it was answered.
    pub answered_on: Option<NaiveDate>,
    /// What was found.
    pub finding: Option<Finding>,
    /// What the owner gave.
    pub satisfaction: Option<i64>,
}

const TAKEN: &str = "SELECT kind, promised_on, answered_on, finding, satisfaction FROM complaint
    WHERE community_id = $1 AND opened_on >= $2 AND opened_on <= $3 ORDER BY seq";
/// What rested for complaints, with the sum that was charged for what an amount is of.
const RESTS: &str =
    "SELECT h.case_id, h.scope, h.charge_ids, h.disputed_fen, h.seq, h.opened_on, h.released_on FROM hold h
    WHERE h.community_id = $1 AND h.complaint_id IS NOT NULL AND h.case_id IS NOT NULL AND h.opened_on <= $3
    AND (h.released_on IS NULL OR h.released_on >= $2) ORDER BY h.seq";
const CHARGED: &str = "SELECT c.id, c.amount_fen FROM charge c JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    WHERE c.community_id = $1 AND a.party_id IN (SELECT k.party_id FROM complaint k WHERE k.community_id = $1 AND k.disputed_fen > 0)
    ORDER BY c.id";
/// Contacts that carried out a step of the plan, on cases of complaints, with the lines the step was about.
const CONTACTS: &str = "SELECT l.case_id, l.seq, l.happened_on, x.lines FROM contact_log l
    JOIN action x ON x.community_id = l.community_id AND x.id = l.action_id
    WHERE l.community_id = $1 AND l.direction = 'out' AND l.happened_on >= $2 AND l.happened_on <= $3
    AND l.case_id IN (SELECT h.case_id FROM hold h WHERE h.community_id = $1 AND h.complaint_id IS NOT NULL) ORDER BY l.seq";
/// Numbered demands on cases of complaints.
const DEMANDS: &str = "SELECT n.case_id, n.seq, n.as_of FROM notice n
    WHERE n.community_id = $1 AND n.kind = 'demand' AND n.number IS NOT NULL AND n.as_of >= $2 AND n.as_of <= $3
    AND n.case_id IN (SELECT h.case_id FROM hold h WHERE h.community_id = $1 AND h.complaint_id IS NOT NULL) ORDER BY n.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[TAKEN, RESTS, CHARGED, CONTACTS, DEMANDS];

/// The complaints taken down between two days.
///
/// # Errors
/// When the database refuses.
pub fn list_taken(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<Counted>, DbError> {
    tx.query(TAKEN, &params![community, first, last], |row| {
        Ok(Counted {
            kind: row.parse(ComplaintKind::parse)?,
            promised_on: row.take()?,
            answered_on: row.take()?,
            finding: row.parse_opt(Finding::parse)?,
            satisfaction: row.take()?,
        })
    })
}

/// What rests of a case for a complaint.
struct Rest {
    scope: String,
    charges: Vec<String>,
    amount: Fen,
    seq: i64,
    until: Option<NaiveDate>,
}

impl Rest {
    fn covers(&self, seq: i64, on: NaiveDate) -> bool {
        self.seq < seq && self.until.is_none_or(|day| on < day)
    }

    /// Whether lines ask for something that rests: anything of a case or of named charges; of an amount, more than was charged
    /// beside it.
    fn is_in(&self, lines: &Json, charged: &HashMap<String, Fen>) -> bool {
        let asked = |line: &Json| {
            let id = line.get("charge").and_then(Json::as_str)?;
            let open = Fen::parse(line.get("open").and_then(Json::as_str)?).ok()?;
            self.charges.iter().any(|one| one == id).then_some(open)
        };
        let lines = lines.as_array().map(Vec::as_slice).unwrap_or_default();
        let of_named: Fen = lines.iter().filter_map(asked).sum();
        match self.scope.as_str() {
            "charges" => of_named.is_positive(),
            "amount" => {
                let all: Fen = self.charges.iter().filter_map(|id| charged.get(id)).copied().sum();
                of_named > all - self.amount
            }
            _ => true,
        }
    }
}

/// How often a step of the plan was carried out, or a demand numbered, about what rested for a complaint then. It must be zero (P5).
///
/// # Errors
/// When the database refuses.
pub fn count_chased(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<i64, DbError> {
    let days = params![community, first, last];
    let mut rests: HashMap<CaseId, Vec<Rest>> = HashMap::new();
    tx.for_each::<DbError>(RESTS, &days, |row| {
        let (case, scope, charges): (CaseId, String, Json) = (row.take()?, row.take()?, row.take()?);
        let (amount, seq): (Fen, i64) = (row.take()?, row.take()?);
        let (_opened, until): (NaiveDate, Option<NaiveDate>) = (row.take()?, row.take()?);
        let charges = serde_json::from_value(charges).unwrap_or_default();
        rests.entry(case).or_default().push(Rest { scope, charges, amount, seq, until });
        Ok(())
    })?;
    if rests.is_empty() {
        return Ok(0);
    }
    let charged: Vec<(String, Fen)> = tx.query(CHARGED, &params![community], |row| {
        Ok((row.take::<hemu_domain::ids::ChargeId>()?.to_string(), row.take()?))
    })?;
    let charged: HashMap<String, Fen> = charged.into_iter().collect();
    let mut count = 0;
    let of = |case: CaseId| rests.get(&case).map(Vec::as_slice).unwrap_or_default();
    tx.for_each::<DbError>(CONTACTS, &days, |row| {
        let (case, seq, on): (CaseId, i64, NaiveDate) = (row.take()?, row.take()?, row.take()?);
        let lines: Json = row.take()?;
        count += i64::from(of(case).iter().any(|rest| rest.covers(seq, on) && rest.is_in(&lines, &charged)));
        Ok(())
    })?;
    tx.for_each::<DbError>(DEMANDS, &days, |row| {
        let (case, seq, on): (CaseId, i64, NaiveDate) = (row.take()?, row.take()?, row.take()?);
        count += i64::from(of(case).iter().any(|rest| rest.covers(seq, on)));
        Ok(())
    })?;
    Ok(count)
}
