//! What decisions read beyond cases and actions: open charges, contacts, deliveries, contact points, flags, letters.
//!
//! One statement per kind of fact over the whole community; nothing is read case by case.

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::{AccountId, ActionId, CaseId, ChargeId, CommunityId, ContactPointId, PartyId, UnitId};
use hemu_domain::{Fen, Period, UnitLabel};

use crate::{DbError, Tx, params};

/// An open charge of a payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCharge {
    /// The payer.
    pub party_id: PartyId,
    /// The account.
    pub account_id: AccountId,
    /// The unit.
    pub unit_id: UnitId,
    /// The unit's label.
    pub unit: UnitLabel,
    /// The charge.
    pub charge_id: ChargeId,
    /// The fee item's name.
    pub item: String,
    /// The month charged for.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
    /// The amount charged.
    pub amount_fen: Fen,
    /// What is left of it.
    pub open_fen: Fen,
}

/// A contact with a payer, without its note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactFact {
    /// The payer.
    pub party_id: PartyId,
    /// The step it carried out.
    pub action_id: Option<ActionId>,
    /// `phone`, `visit`, `sms`, `wechat`, `email`, `letter`, `counter` or `board`.
    pub channel: String,
    /// `out` or `in`.
    pub direction: String,
    /// Outcome code.
    pub outcome: String,
    /// Whether the payer was the one spoken to.
    pub right_party: bool,
    /// When.
    pub happened_at: DateTime<Utc>,
    /// The day in China.
    pub happened_on: NaiveDate,
}

/// A delivery report of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryFact {
    /// The case.
    pub case_id: CaseId,
    /// The message.
    pub action_id: ActionId,
    /// `accepted`, `delivered`, `read`, `bounced` or `refused`.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A way to reach a payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachFact {
    /// The payer.
    pub party_id: PartyId,
    /// The contact point.
    pub id: ContactPointId,
    /// `phone`, `email`, `wechat` or `address`.
    pub channel: String,
    /// When it was verified.
    pub verified_on: Option<NaiveDate>,
    /// How; an import counts as a claim that the number is valid, not as proof of whose it is.
    pub verified_how: Option<String>,
    /// Since when messages to it bounce.
    pub bounced_on: Option<NaiveDate>,
    /// Whose it is.
    pub relation: String,
}

/// A special situation in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagFact {
    /// The payer it concerns, directly or through the unit.
    pub party_id: PartyId,
    /// Flag code.
    pub kind: String,
    /// What it changes.
    pub effect: String,
    /// Until when.
    pub expires_on: NaiveDate,
}

/// A letter of a case and how it was served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeFact {
    /// The case.
    pub case_id: CaseId,
    /// `drafted`, `issued`, `served`, `refused` or `returned`.
    pub state: String,
    /// The last day to pay.
    pub pay_by: Option<NaiveDate>,
    /// The best grade of its proofs of service.
    pub grade: Option<String>,
    /// When it was served.
    pub served_on: Option<NaiveDate>,
}

const OPEN_CHARGES: &str =
    "SELECT a.party_id, a.id, a.unit_id, u.label, c.id, f.name, c.period, c.due_on, c.amount_fen,
    c.open_fen FROM charge c
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    JOIN fee_item f ON f.community_id = c.community_id AND f.id = c.fee_item_id
    WHERE c.community_id = $1 AND c.open_fen > 0 AND c.due_on < $2 ORDER BY a.party_id, c.due_on, c.id";
const OPEN_CHARGES_OF_PARTY: &str = "SELECT a.party_id, a.id, a.unit_id, u.label, c.id, f.name, c.period, c.due_on,
    c.amount_fen, c.open_fen FROM charge c
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    JOIN fee_item f ON f.community_id = c.community_id AND f.id = c.fee_item_id
    WHERE c.community_id = $1 AND a.party_id = $2 AND c.open_fen > 0 AND c.due_on < $3 ORDER BY c.due_on, c.id";
const CONTACTS: &str =
    "SELECT l.party_id, l.action_id, l.channel, l.direction, l.outcome, l.right_party, l.happened_at,
    l.happened_on FROM contact_log l
    JOIN case_file c ON c.community_id = l.community_id AND c.party_id = l.party_id AND c.closed_on IS NULL
    WHERE l.community_id = $1 AND l.happened_on <= $2 AND l.happened_on >= $3 ORDER BY l.party_id, l.seq";
const CONTACTS_OF_PARTY: &str =
    "SELECT party_id, action_id, channel, direction, outcome, right_party, happened_at, happened_on
    FROM contact_log WHERE community_id = $1 AND party_id = $2 AND happened_on >= $3 ORDER BY seq";
const DELIVERIES: &str = "SELECT a.case_id, a.id, e.kind, e.at FROM delivery_event e
    JOIN attempt t ON t.community_id = e.community_id AND t.id = e.attempt_id
    JOIN action a ON a.community_id = t.community_id AND a.id = t.action_id
    JOIN case_file c ON c.community_id = a.community_id AND c.id = a.case_id AND c.closed_on IS NULL
    WHERE e.community_id = $1 ORDER BY a.case_id, e.seq";
const REACH: &str = "SELECT p.party_id, p.id, p.channel, p.verified_on, p.verified_how, p.bounced_on, p.relation
    FROM contact_point p JOIN case_file c ON c.community_id = p.community_id AND c.party_id = p.party_id AND c.closed_on IS NULL
    WHERE p.community_id = $1 ORDER BY p.party_id, p.preferred DESC, p.id";
const FLAGS: &str = "SELECT c.party_id, f.kind, f.effect, f.expires_on FROM flag f
    JOIN case_file c ON c.community_id = f.community_id AND c.closed_on IS NULL
    WHERE f.community_id = $1 AND f.ended_on IS NULL AND f.expires_on >= $2 AND (f.party_id = c.party_id OR f.unit_id IN (
        SELECT a.unit_id FROM account a WHERE a.community_id = f.community_id AND a.party_id = c.party_id))
    ORDER BY c.party_id, f.id";
const NOTICES: &str = "SELECT n.case_id, n.state, n.pay_by, MIN(s.grade), MIN(s.served_on) FROM notice n
    JOIN case_file c ON c.community_id = n.community_id AND c.id = n.case_id AND c.closed_on IS NULL
    LEFT JOIN service_proof s ON s.community_id = n.community_id AND s.notice_id = n.id AND s.outcome <> 'returned'
    WHERE n.community_id = $1 AND n.kind = 'demand' AND n.number IS NOT NULL
    GROUP BY n.case_id, n.id, n.state, n.pay_by ORDER BY n.case_id, n.id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] =
    &[OPEN_CHARGES, OPEN_CHARGES_OF_PARTY, CONTACTS, CONTACTS_OF_PARTY, DELIVERIES, REACH, FLAGS, NOTICES];

fn read_charge(row: &crate::Row<'_>) -> Result<OpenCharge, DbError> {
    Ok(OpenCharge {
        party_id: row.take()?,
        account_id: row.take()?,
        unit_id: row.take()?,
        unit: row.take()?,
        charge_id: row.take()?,
        item: row.take()?,
        period: row.take()?,
        due_on: row.take()?,
        amount_fen: row.take()?,
        open_fen: row.take()?,
    })
}

fn read_contact(row: &crate::Row<'_>) -> Result<ContactFact, DbError> {
    Ok(ContactFact {
        party_id: row.take()?,
        action_id: row.take()?,
        channel: row.take()?,
        direction: row.take()?,
        outcome: row.take()?,
        right_party: row.take()?,
        happened_at: row.take()?,
        happened_on: row.take()?,
    })
}

/// Open charges that were due before `as_of`, by payer and due date.
///
/// # Errors
/// When the database refuses.
pub fn list_open_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<OpenCharge>, DbError> {
    tx.query(OPEN_CHARGES, &params![community, as_of], read_charge)
}

/// Open charges of one payer that were due before `as_of`.
///
/// # Errors
/// When the database refuses.
pub fn list_open_charges_of_party(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    as_of: NaiveDate,
) -> Result<Vec<OpenCharge>, DbError> {
    tx.query(OPEN_CHARGES_OF_PARTY, &params![community, party, as_of], read_charge)
}

/// Contacts with payers who have an open case, from `since` to `as_of`.
///
/// # Errors
/// When the database refuses.
pub fn list_contacts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    since: NaiveDate,
) -> Result<Vec<ContactFact>, DbError> {
    tx.query(CONTACTS, &params![community, as_of, since], read_contact)
}

/// Contacts with one payer since a day.
///
/// # Errors
/// When the database refuses.
pub fn list_contacts_of_party(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    since: NaiveDate,
) -> Result<Vec<ContactFact>, DbError> {
    tx.query(CONTACTS_OF_PARTY, &params![community, party, since], read_contact)
}

/// Delivery reports of messages of open cases.
///
/// # Errors
/// When the database refuses.
pub fn list_deliveries(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<DeliveryFact>, DbError> {
    tx.query(DELIVERIES, &params![community], |row| {
        Ok(DeliveryFact { case_id: row.take()?, action_id: row.take()?, kind: row.take()?, at: row.take()? })
    })
}

/// How payers with an open case can be reached, the preferred way first.
///
/// # Errors
/// When the database refuses.
pub fn list_reach(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<ReachFact>, DbError> {
    tx.query(REACH, &params![community], |row| {
        Ok(ReachFact {
            party_id: row.take()?,
            id: row.take()?,
            channel: row.take()?,
            verified_on: row.take()?,
            verified_how: row.take()?,
            bounced_on: row.take()?,
            relation: row.take()?,
        })
    })
}

/// Flags in force on payers with an open case, or on their units.
///
/// # Errors
/// When the database refuses.
pub fn list_flags(tx: &mut Tx<'_>, community: CommunityId, as_of: NaiveDate) -> Result<Vec<FlagFact>, DbError> {
    tx.query(FLAGS, &params![community, as_of], |row| {
        Ok(FlagFact { party_id: row.take()?, kind: row.take()?, effect: row.take()?, expires_on: row.take()? })
    })
}

/// Numbered demand letters of open cases, each with its best proof of service (grade A is best).
///
/// # Errors
/// When the database refuses.
pub fn list_notices(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<NoticeFact>, DbError> {
    tx.query(NOTICES, &params![community], |row| {
        Ok(NoticeFact {
            case_id: row.take()?,
            state: row.take()?,
            pay_by: row.take()?,
            grade: row.take()?,
            served_on: row.take()?,
        })
    })
}
