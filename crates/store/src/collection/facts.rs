//! What decisions read beyond cases and actions: open charges, contacts, contact points, flags, letters.
//!
//! One statement per kind of fact, over all open cases of a community or, with one condition more, for a single case
//! ([`Scope`]): both read by the same text, so a claim never judges by other facts than a run. Nothing is read case by case.
//! `CROSS JOIN` keeps the embedded engine on the short way, from the open cases to what belongs to them.

use chrono::NaiveDate;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::facts::{ContactFact, NoticeFact};
use hemu_domain::ids::{AccountId, CaseId, ChargeId, CommunityId, PartyId};
use hemu_domain::{Fen, Period, UnitLabel};

use crate::{DbError, Tx, Value, params};

/// Whose facts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of all open cases of the community.
    Open,
    /// Those of one open case.
    Case {
        /// The case.
        case: CaseId,
        /// Its payer.
        party: PartyId,
    },
}

/// A statement over all open cases, and the same for one case or payer: the id is its last parameter.
#[derive(Clone, Copy)]
pub(crate) struct Scoped {
    pub(crate) all: &'static str,
    pub(crate) one: &'static str,
}

/// A [`Scoped`] statement from its select, the condition for one, and the order.
macro_rules! scoped {
    ($select:literal, $one:literal, $order:literal) => {
        $crate::collection::facts::Scoped { all: concat!($select, $order), one: concat!($select, $one, $order) }
    };
}
pub(crate) use scoped;

impl Scope {
    pub(crate) fn by_case(self, statement: Scoped, fixed: &[Value]) -> (&'static str, Vec<Value>) {
        match self {
            Self::Open => (statement.all, fixed.to_vec()),
            Self::Case { case, .. } => (statement.one, with(fixed, case)),
        }
    }

    pub(crate) fn by_party(self, statement: Scoped, fixed: &[Value]) -> (&'static str, Vec<Value>) {
        match self {
            Self::Open => (statement.all, fixed.to_vec()),
            Self::Case { party, .. } => (statement.one, with(fixed, party)),
        }
    }
}

fn with(fixed: &[Value], last: impl Into<Value>) -> Vec<Value> {
    fixed.iter().cloned().chain([last.into()]).collect()
}

/// An open charge: as much as a decision needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenCharge {
    /// The account.
    pub account_id: AccountId,
    /// The charge.
    pub charge_id: ChargeId,
    /// When it was due.
    pub due_on: NaiveDate,
    /// What is left of it.
    pub open_fen: Fen,
}

/// An open charge as a message speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCharge {
    /// The charge.
    pub charge_id: ChargeId,
    /// The unit's label.
    pub unit: UnitLabel,
    /// The month charged for.
    pub period: Period,
}

/// A way to reach a payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachFact {
    /// `phone`, `email`, `wechat` or `address`.
    pub channel: String,
    /// How it was verified; an import counts as a claim that the number is valid, not as proof of whose it is.
    pub verified_how: Option<String>,
    /// Since when messages to it bounce.
    pub bounced_on: Option<NaiveDate>,
    /// Whose it is.
    pub relation: String,
}

/// Streams over the covering index of open charges, account by account.
const OPEN_CHARGES: &str = "SELECT account_id, id, due_on, open_fen FROM charge
    WHERE community_id = $1 AND open_fen > 0 AND due_on < $2 ORDER BY account_id, due_on";
const OPEN_CHARGES_OF_PARTY: &str = "SELECT c.account_id, c.id, c.due_on, c.open_fen FROM account a
    JOIN charge c ON c.community_id = a.community_id AND c.account_id = a.id
    WHERE a.community_id = $1 AND a.party_id = $3 AND c.open_fen > 0 AND c.due_on < $2 ORDER BY c.account_id, c.due_on";
const PAYERS: &str = "SELECT party_id, id FROM account WHERE community_id = $1 ORDER BY party_id, id";
/// Open charges of owners who have sold since; few, and found by their own index.
const OF_FORMER_OWNERS: Scoped = scoped!(
    "SELECT c.id, c.period, a.ends_on FROM account a CROSS JOIN charge c
    WHERE a.community_id = $1 AND a.ends_on IS NOT NULL
    AND c.community_id = a.community_id AND c.account_id = a.id AND c.open_fen > 0",
    " AND a.party_id = $2",
    ""
);
const UNITS: &str = "SELECT a.id, u.label FROM account a
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id WHERE a.community_id = $1 ORDER BY a.id";
const NAMED_CHARGES: &str = "SELECT c.id, u.label, c.period FROM account a
    JOIN charge c ON c.community_id = a.community_id AND c.account_id = a.id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE a.community_id = $1 AND a.party_id = $2 AND c.open_fen > 0 AND c.due_on < $3 ORDER BY c.due_on, c.id";
const CONTACTS: Scoped = scoped!(
    "SELECT l.party_id, l.channel, l.direction, l.outcome, l.right_party, l.happened_on FROM case_file c
    CROSS JOIN contact_log l
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND l.community_id = c.community_id AND l.party_id = c.party_id
    AND l.happened_on <= $2 AND l.happened_on >= $3",
    " AND l.party_id = $4",
    " ORDER BY l.party_id, l.seq"
);
const REACH: Scoped = scoped!(
    "SELECT p.party_id, p.channel, p.verified_how, p.bounced_on, p.relation FROM contact_point p
    JOIN case_file c ON c.community_id = p.community_id AND c.party_id = p.party_id AND c.closed_on IS NULL
    WHERE p.community_id = $1",
    " AND p.party_id = $2",
    " ORDER BY p.party_id, p.preferred DESC, p.id"
);
/// Flags on the payer, and flags on a unit of the payer.
macro_rules! flags {
    ($one:literal) => {
        concat!(
            "SELECT c.party_id, f.effect FROM flag f
    JOIN case_file c ON c.community_id = f.community_id AND c.party_id = f.party_id AND c.closed_on IS NULL
    WHERE f.community_id = $1 AND f.ended_on IS NULL AND f.expires_on >= $2",
            $one,
            " UNION ALL SELECT c.party_id, f.effect FROM flag f
    JOIN account a ON a.community_id = f.community_id AND a.unit_id = f.unit_id
    JOIN case_file c ON c.community_id = a.community_id AND c.party_id = a.party_id AND c.closed_on IS NULL
    WHERE f.community_id = $1 AND f.ended_on IS NULL AND f.expires_on >= $2",
            $one
        )
    };
}
const FLAGS: Scoped = Scoped { all: flags!(""), one: flags!(" AND c.party_id = $3") };
const NOTICES: Scoped = scoped!(
    "SELECT n.case_id, n.pay_by, MIN(s.grade), MIN(s.served_on) FROM notice n
    JOIN case_file c ON c.community_id = n.community_id AND c.id = n.case_id AND c.closed_on IS NULL
    LEFT JOIN service_proof s ON s.community_id = n.community_id AND s.notice_id = n.id AND s.outcome <> 'returned'
    WHERE n.community_id = $1 AND n.kind = 'demand' AND n.number IS NOT NULL",
    " AND n.case_id = $2",
    " GROUP BY n.case_id, n.id, n.pay_by ORDER BY n.case_id, n.id"
);

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    OPEN_CHARGES,
    OPEN_CHARGES_OF_PARTY,
    PAYERS,
    OF_FORMER_OWNERS.all,
    OF_FORMER_OWNERS.one,
    UNITS,
    NAMED_CHARGES,
    CONTACTS.all,
    CONTACTS.one,
    REACH.all,
    REACH.one,
    FLAGS.all,
    FLAGS.one,
    NOTICES.all,
    NOTICES.one,
];

/// Open charges that were due before `as_of`, account by account, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_open_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    scope: Scope,
) -> Result<Vec<OpenCharge>, DbError> {
    let (sql, values) =
        scope.by_party(Scoped { all: OPEN_CHARGES, one: OPEN_CHARGES_OF_PARTY }, &params![community, as_of]);
    tx.query(sql, &values, |row| {
        Ok(OpenCharge { account_id: row.take()?, charge_id: row.take()?, due_on: row.take()?, open_fen: row.take()? })
    })
}

/// The accounts of each payer of a community.
///
/// # Errors
/// When the database refuses.
pub fn list_payers(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(PartyId, AccountId)>, DbError> {
    tx.query(PAYERS, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// Open charges for months after their payer had sold: whose they are has to be settled first (I18).
///
/// # Errors
/// When the database refuses.
pub fn list_billed_after_sale(tx: &mut Tx<'_>, community: CommunityId, scope: Scope) -> Result<Vec<ChargeId>, DbError> {
    let (sql, values) = scope.by_party(OF_FORMER_OWNERS, &params![community]);
    let charges: Vec<(ChargeId, Period, NaiveDate)> =
        tx.query(sql, &values, |row| Ok((row.take()?, row.take()?, row.take()?)))?;
    Ok(charges.into_iter().filter(|(_, period, sold)| period.first_day() > *sold).map(|(id, ..)| id).collect())
}

/// The unit of each account of a community.
///
/// # Errors
/// When the database refuses.
pub fn list_units(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(AccountId, UnitLabel)>, DbError> {
    tx.query(UNITS, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// The open charges of a payer that were due before `as_of`, by name, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_named_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: PartyId,
    as_of: NaiveDate,
) -> Result<Vec<NamedCharge>, DbError> {
    tx.query(NAMED_CHARGES, &params![community, party, as_of], |row| {
        Ok(NamedCharge { charge_id: row.take()?, unit: row.take()?, period: row.take()? })
    })
}

/// Contacts with payers who have an open case, from `since` to `as_of`, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_contacts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (since, as_of): (NaiveDate, NaiveDate),
    scope: Scope,
) -> Result<Vec<(PartyId, ContactFact)>, DbError> {
    let (sql, values) = scope.by_party(CONTACTS, &params![community, as_of, since]);
    tx.query(sql, &values, |row| {
        let party = row.take()?;
        let (channel, direction, outcome): (String, String, String) = (row.take()?, row.take()?, row.take()?);
        let (right_party, on): (bool, NaiveDate) = (row.take()?, row.take()?);
        let outcome = ContactOutcome::parse(&outcome).ok();
        let contact = ContactFact {
            channel,
            outgoing: direction == "out",
            talk: right_party && outcome.is_some_and(ContactOutcome::is_talk),
            dead_end: outcome.is_some_and(ContactOutcome::is_dead_end),
            on,
        };
        Ok((party, contact))
    })
}

/// How payers with an open case can be reached, the preferred way first.
///
/// # Errors
/// When the database refuses.
pub fn list_reach(tx: &mut Tx<'_>, community: CommunityId, scope: Scope) -> Result<Vec<(PartyId, ReachFact)>, DbError> {
    let (sql, values) = scope.by_party(REACH, &params![community]);
    tx.query(sql, &values, |row| {
        let party = row.take()?;
        let reach = ReachFact {
            channel: row.take()?,
            verified_how: row.take()?,
            bounced_on: row.take()?,
            relation: row.take()?,
        };
        Ok((party, reach))
    })
}

/// What flags in force on payers with an open case, or on their units, change.
///
/// # Errors
/// When the database refuses.
pub fn list_flags(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    scope: Scope,
) -> Result<Vec<(PartyId, String)>, DbError> {
    let (sql, values) = scope.by_party(FLAGS, &params![community, as_of]);
    tx.query(sql, &values, |row| Ok((row.take()?, row.take()?)))
}

/// Numbered demand letters of open cases, each with its best proof of service (grade A is best).
///
/// # Errors
/// When the database refuses.
pub fn list_notices(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope,
) -> Result<Vec<(CaseId, NoticeFact)>, DbError> {
    let (sql, values) = scope.by_case(NOTICES, &params![community]);
    tx.query(sql, &values, |row| {
        let case = row.take()?;
        Ok((case, NoticeFact { pay_by: row.take()?, grade: row.take()?, served_on: row.take()? }))
    })
}
