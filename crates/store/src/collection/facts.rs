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

use uuid::Uuid;

use crate::{DbError, Row, Tx, Value, params};

/// Whose facts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Those of all open cases of the community.
    Open,
    /// Those of these open cases, each with its payer.
    Few(&'a [(CaseId, PartyId)]),
}

/// A statement over all open cases, and the same for a list of cases or payers, which stands where `{ids}` is.
#[derive(Clone, Copy)]
pub(crate) struct Scoped {
    pub(crate) all: &'static str,
    pub(crate) few: &'static str,
}

/// A [`Scoped`] statement from its select, the condition for a few, and the order.
macro_rules! scoped {
    ($select:literal, $few:literal, $order:literal) => {
        $crate::collection::facts::Scoped { all: concat!($select, $order), few: concat!($select, $few, $order) }
    };
}
pub(crate) use scoped;

impl Scope<'_> {
    /// The rows of a statement whose list is of cases.
    pub(crate) fn query_by_case<T>(
        self,
        tx: &mut Tx<'_>,
        statement: Scoped,
        fixed: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        self.query(tx, statement, fixed, |(case, _)| case.uuid(), read)
    }

    /// The rows of a statement whose list is of payers.
    pub(crate) fn query_by_party<T>(
        self,
        tx: &mut Tx<'_>,
        statement: Scoped,
        fixed: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        self.query(tx, statement, fixed, |(_, party)| party.uuid(), read)
    }

    fn query<T>(
        self,
        tx: &mut Tx<'_>,
        statement: Scoped,
        fixed: &[Value],
        id: impl Fn(&(CaseId, PartyId)) -> Uuid,
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        match self {
            Self::Open => tx.query(statement.all, fixed, read),
            Self::Few(cases) => {
                let ids: Vec<Uuid> = cases.iter().map(id).collect();
                tx.query_in(statement.few, fixed, &ids, read)
            }
        }
    }
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

/// Streams over the covering index of open charges, account by account.
const OPEN_CHARGES: Scoped = Scoped {
    all: "SELECT account_id, id, due_on, open_fen FROM charge
    WHERE community_id = $1 AND open_fen > 0 AND due_on < $2 ORDER BY account_id, due_on",
    few: "SELECT c.account_id, c.id, c.due_on, c.open_fen FROM account a CROSS JOIN charge c
    WHERE a.community_id = $1 AND a.party_id IN ({ids}) AND c.community_id = a.community_id AND c.account_id = a.id
    AND c.open_fen > 0 AND c.due_on < $2 ORDER BY c.account_id, c.due_on",
};
/// The same, summed up by account without a row of it leaving the engine.
const DEBTS: &str = "SELECT account_id, MIN(due_on), CAST(SUM(open_fen) AS BIGINT) FROM charge
    WHERE community_id = $1 AND open_fen > 0 AND due_on < $2 GROUP BY account_id ORDER BY account_id";
const PAYERS: Scoped = scoped!(
    "SELECT party_id, id FROM account WHERE community_id = $1",
    " AND party_id IN ({ids})",
    " ORDER BY party_id, id"
);
/// Open charges of owners who have sold since; few, and found by their own index.
const OF_FORMER_OWNERS: Scoped = scoped!(
    "SELECT a.party_id, c.id, c.period, a.ends_on FROM account a CROSS JOIN charge c
    WHERE a.community_id = $1 AND a.ends_on IS NOT NULL
    AND c.community_id = a.community_id AND c.account_id = a.id AND c.open_fen > 0",
    " AND a.party_id IN ({ids})",
    ""
);
const UNITS: &str = "SELECT a.id, u.label FROM account a
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id WHERE a.community_id = $1 ORDER BY a.id";
const NAMED_CHARGES: &str = "SELECT c.id, u.label, c.period FROM account a
    JOIN charge c ON c.community_id = a.community_id AND c.account_id = a.id
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    WHERE a.community_id = $1 AND a.party_id = $2 AND c.open_fen > 0 AND c.due_on < $3 ORDER BY c.due_on, c.id";
const CONTACTS: Scoped = scoped!(
    "SELECT l.party_id, l.seq, l.channel, l.direction, l.outcome, l.right_party, l.happened_on FROM case_file c
    CROSS JOIN contact_log l
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND l.community_id = c.community_id AND l.party_id = c.party_id
    AND l.happened_on <= $2 AND l.happened_on >= $3",
    " AND c.party_id IN ({ids})",
    ""
);
/// Contact points a message may go to: verified (an import counts as a claim that the number is valid, not as proof of whose it is),
/// not bounced, and the payer's own or a representative's.
const REACH: Scoped = scoped!(
    "SELECT p.party_id, p.preferred, p.id, p.channel FROM case_file c CROSS JOIN contact_point p
    WHERE c.community_id = $1 AND c.closed_on IS NULL AND p.community_id = c.community_id AND p.party_id = c.party_id
    AND p.bounced_on IS NULL AND p.verified_how IS NOT NULL AND p.relation IN ('self', 'representative')",
    " AND c.party_id IN ({ids})",
    ""
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
const FLAGS: Scoped = Scoped { all: flags!(""), few: flags!(" AND c.party_id IN ({ids})") };
const NOTICES: Scoped = scoped!(
    "SELECT n.case_id, n.pay_by, (SELECT MIN(s.grade) FROM service_proof s
        WHERE s.community_id = n.community_id AND s.notice_id = n.id AND s.outcome <> 'returned'),
    (SELECT MIN(s.served_on) FROM service_proof s
        WHERE s.community_id = n.community_id AND s.notice_id = n.id AND s.outcome <> 'returned')
    FROM case_file c CROSS JOIN notice n WHERE c.community_id = $1 AND c.closed_on IS NULL
    AND n.community_id = c.community_id AND n.case_id = c.id AND n.kind = 'demand' AND n.number IS NOT NULL",
    " AND c.id IN ({ids})",
    " ORDER BY n.case_id, n.as_of, n.number"
);

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[
    OPEN_CHARGES.all,
    OPEN_CHARGES.few,
    DEBTS,
    PAYERS.all,
    PAYERS.few,
    OF_FORMER_OWNERS.all,
    OF_FORMER_OWNERS.few,
    UNITS,
    NAMED_CHARGES,
    CONTACTS.all,
    CONTACTS.few,
    REACH.all,
    REACH.few,
    FLAGS.all,
    FLAGS.few,
    NOTICES.all,
    NOTICES.few,
];

/// Open charges that were due before `as_of`, account by account, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list_open_charges(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    scope: Scope<'_>,
) -> Result<Vec<OpenCharge>, DbError> {
    scope.query_by_party(tx, OPEN_CHARGES, &params![community, as_of], |row| {
        Ok(OpenCharge { account_id: row.take()?, charge_id: row.take()?, due_on: row.take()?, open_fen: row.take()? })
    })
}

/// What is open of an account, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debt {
    /// The earliest due date.
    pub oldest_due: NaiveDate,
    /// All of it.
    pub open: Fen,
}

/// What each account owes that was due before `as_of`.
///
/// # Errors
/// When the database refuses.
pub fn list_debts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
) -> Result<Vec<(AccountId, Debt)>, DbError> {
    tx.query(DEBTS, &params![community, as_of], |row| {
        Ok((row.take()?, Debt { oldest_due: row.take()?, open: row.take()? }))
    })
}

/// The accounts of each payer of a community, or of the payers of a few cases.
///
/// # Errors
/// When the database refuses.
pub fn list_payers(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<(PartyId, AccountId)>, DbError> {
    scope.query_by_party(tx, PAYERS, &params![community], |row| Ok((row.take()?, row.take()?)))
}

/// Open charges for months after their payer had sold, each with that payer: whose they are has to be settled first (I18).
///
/// # Errors
/// When the database refuses.
pub fn list_billed_after_sale(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<(PartyId, ChargeId)>, DbError> {
    let read = |row: &Row<'_>| Ok((row.take()?, row.take()?, row.take()?, row.take()?));
    let charges: Vec<(PartyId, ChargeId, Period, NaiveDate)> =
        scope.query_by_party(tx, OF_FORMER_OWNERS, &params![community], read)?;
    let after_sale = charges.into_iter().filter(|(.., period, sold)| period.first_day() > *sold);
    Ok(after_sale.map(|(party, charge, ..)| (party, charge)).collect())
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
    scope: Scope<'_>,
) -> Result<Vec<(PartyId, ContactFact)>, DbError> {
    let mut contacts = scope.query_by_party(tx, CONTACTS, &params![community, as_of, since], |row| {
        let key: (PartyId, i64) = (row.take()?, row.take()?);
        let channel = row.take()?;
        let outgoing = row.parse(|direction| Ok::<_, DbError>(direction == "out"))?;
        let outcome = row.parse(|outcome| Ok::<_, DbError>(ContactOutcome::parse(outcome).ok()))?;
        let (right_party, on): (bool, NaiveDate) = (row.take()?, row.take()?);
        let talk = right_party && outcome.is_some_and(ContactOutcome::is_talk);
        let dead_end = outcome.is_some_and(ContactOutcome::is_dead_end);
        Ok((key, ContactFact { channel, outgoing, talk, dead_end, on }))
    })?;
    contacts.sort_by_key(|(key, _)| *key);
    Ok(contacts.into_iter().map(|((party, _), contact)| (party, contact)).collect())
}

/// The channels (`phone`, `email`, `wechat`, `address`) by which payers with an open case can be reached, each payer's preferred way
/// first.
///
/// # Errors
/// When the database refuses.
pub fn list_reach(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<(PartyId, String)>, DbError> {
    let mut reach = scope.query_by_party(tx, REACH, &params![community], |row| {
        let (party, preferred, id): (PartyId, bool, Uuid) = (row.take()?, row.take()?, row.take()?);
        Ok(((party, !preferred, id), row.take()?))
    })?;
    reach.sort_by_key(|(key, _)| *key);
    Ok(reach.into_iter().map(|((party, ..), channel)| (party, channel)).collect())
}

/// What flags in force on payers with an open case, or on their units, change.
///
/// # Errors
/// When the database refuses.
pub fn list_flags(
    tx: &mut Tx<'_>,
    community: CommunityId,
    as_of: NaiveDate,
    scope: Scope<'_>,
) -> Result<Vec<(PartyId, String)>, DbError> {
    scope.query_by_party(tx, FLAGS, &params![community, as_of], |row| Ok((row.take()?, row.take()?)))
}

/// Numbered demand letters of open cases, each with its best proof of service (grade A is best).
///
/// # Errors
/// When the database refuses.
pub fn list_notices(
    tx: &mut Tx<'_>,
    community: CommunityId,
    scope: Scope<'_>,
) -> Result<Vec<(CaseId, NoticeFact)>, DbError> {
    scope.query_by_case(tx, NOTICES, &params![community], |row| {
        let case = row.take()?;
        Ok((case, NoticeFact { pay_by: row.take()?, grade: row.take()?, served_on: row.take()? }))
    })
}
