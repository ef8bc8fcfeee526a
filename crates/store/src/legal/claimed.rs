//! What is claimed (已主张): charges of a legal matter that is open, and those of a numbered demand that was served while its case
//! is open. What a lawyer or a court has before them is not changed by the office alone.

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::ids::{ChargeId, CommunityId, PartyId, UnitId};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{DbError, Tx, params};

/// The charges of a legal matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedCharges {
    /// What the case is called.
    pub case_number: String,
    /// The charges.
    pub charges: Vec<ChargeId>,
}

/// What a demand that was served names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedDemand {
    /// Its number.
    pub number: String,
    /// The unit it is about.
    pub unit_id: UnitId,
    /// The payer it went to.
    pub party_id: PartyId,
    /// Its lines.
    pub lines: Vec<DemandedLine>,
}

/// A line of a demand, as it was printed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DemandedLine {
    /// The fee item.
    pub item: String,
    /// The first month.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
}

const MATTERS: &str = "SELECT c.number, m.claim_lines FROM legal_matter m
    JOIN case_file c ON c.community_id = m.community_id AND c.id = m.case_id
    WHERE m.community_id = $1 AND m.closed_on IS NULL AND m.state NOT IN ('withdrawn', 'closed') ORDER BY m.id";
/// A letter whose receipt was refused counts as served (民事诉讼法 89).
const DEMANDS: &str = "SELECT n.number, n.unit_id, c.party_id, n.body FROM notice n
    JOIN case_file c ON c.community_id = n.community_id AND c.id = n.case_id
    WHERE n.community_id = $1 AND n.kind = 'demand' AND n.number IS NOT NULL AND n.unit_id IS NOT NULL
    AND n.state IN ('served', 'refused') AND c.closed_on IS NULL ORDER BY n.id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[MATTERS, DEMANDS];

/// The charges of legal matters that are open.
///
/// # Errors
/// When the database refuses.
pub fn list_claimed(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ClaimedCharges>, DbError> {
    tx.query(MATTERS, &params![community], |row| {
        let (case_number, lines): (String, Json) = (row.take()?, row.take()?);
        let charge = |line: &Json| line["charge"].as_str().and_then(|id| ChargeId::parse(id).ok());
        let charges = lines.as_array().into_iter().flatten().filter_map(charge).collect();
        Ok(ClaimedCharges { case_number, charges })
    })
}

/// The numbered demands that were served, of cases that are open.
///
/// # Errors
/// When the database refuses.
pub fn list_served_demands(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ServedDemand>, DbError> {
    tx.query(DEMANDS, &params![community], |row| {
        let (number, unit_id, party_id) = (row.take()?, row.take()?, row.take()?);
        let mut body: Json = row.take()?;
        let lines = serde_json::from_value(body["lines"].take()).unwrap_or_default();
        Ok(ServedDemand { number, unit_id, party_id, lines })
    })
}
