//! Everybody money may be for, read set by set: accounts, names, phones, bills, and accounts that paid before.

use chrono::NaiveDate;
use hemu_domain::ids::{AccountId, CommunityId, MemberId, PartyId, UnitId};
use hemu_domain::{Fen, UnitLabel};

use crate::{DbError, Tx, params};

/// An account with its unit and payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAccount {
    /// The account.
    pub id: AccountId,
    /// The unit.
    pub unit_id: UnitId,
    /// Its label.
    pub unit: UnitLabel,
    /// The payer.
    pub party_id: PartyId,
    /// The payer's name.
    pub name: String,
    /// The last day of the payer's tenure.
    pub ends_on: Option<NaiveDate>,
}

/// A name of somebody who holds or uses a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownName {
    /// The unit.
    pub unit_id: UnitId,
    /// Who.
    pub party_id: PartyId,
    /// `owner`, `co_owner`, `tenant` or `developer`.
    pub role: String,
    /// The name.
    pub name: String,
}

/// A household member, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMember {
    /// The unit.
    pub unit_id: UnitId,
    /// Its id, which the name is sealed with.
    pub id: MemberId,
    /// The sealed name.
    pub name_sealed: Vec<u8>,
}

/// A phone as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPhone {
    /// Whose.
    pub party_id: PartyId,
    /// `138****2231`
    pub tail: String,
}

/// What is open on a bill; opening arrears have no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBill {
    /// The account.
    pub account_id: AccountId,
    /// The bill's number.
    pub number: Option<String>,
    /// Open principal.
    pub open: Fen,
}

/// A bank account that paid for an account before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenAccount {
    /// HMAC of the bank account.
    pub account_index: Vec<u8>,
    /// The account it paid for.
    pub account_id: AccountId,
}

const ACCOUNTS: &str = "SELECT a.id, a.unit_id, u.label, a.party_id, p.name, a.ends_on FROM account a
    JOIN unit u ON u.community_id = a.community_id AND u.id = a.unit_id
    JOIN party p ON p.community_id = a.community_id AND p.id = a.party_id WHERE a.community_id = $1 ORDER BY a.id";
const NAMES: &str = "SELECT t.unit_id, t.party_id, t.role, p.name FROM tenure t
    JOIN party p ON p.community_id = t.community_id AND p.id = t.party_id
    WHERE t.community_id = $1 AND (t.ends_on IS NULL OR t.ends_on >= $2) ORDER BY t.id";
const MEMBERS: &str =
    "SELECT unit_id, id, name_sealed FROM household_member WHERE community_id = $1 AND ended_on IS NULL ORDER BY id";
const PHONES: &str =
    "SELECT party_id, value_tail FROM contact_point WHERE community_id = $1 AND channel = 'phone' ORDER BY id";
const BILLS: &str = "SELECT c.account_id, b.number, CAST(SUM(c.open_fen) AS BIGINT) FROM charge c
    LEFT JOIN bill b ON b.community_id = c.community_id AND b.id = c.bill_id
    WHERE c.community_id = $1 AND c.open_fen > 0 AND c.live GROUP BY c.account_id, b.number ORDER BY c.account_id, b.number";
const SEEN: &str = "SELECT DISTINCT l.account_index, r.account_id FROM bank_line l
    JOIN bank_part p ON p.community_id = l.community_id AND p.line_id = l.id AND p.round = l.round
    JOIN receipt r ON r.community_id = p.community_id AND r.id = p.receipt_id
    WHERE l.community_id = $1 AND l.state = 'booked' AND l.account_index IS NOT NULL AND NOT r.reversed";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[ACCOUNTS, NAMES, MEMBERS, PHONES, BILLS, SEEN];

/// All accounts.
///
/// # Errors
/// When the database refuses.
pub fn list_accounts(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<KnownAccount>, DbError> {
    tx.query(ACCOUNTS, &params![community], |row| {
        Ok(KnownAccount {
            id: row.take()?,
            unit_id: row.take()?,
            unit: row.take()?,
            party_id: row.take()?,
            name: row.take()?,
            ends_on: row.take()?,
        })
    })
}

/// Names of those who hold or use units on a day or later.
///
/// # Errors
/// When the database refuses.
pub fn list_names(tx: &mut Tx<'_>, community: CommunityId, since: NaiveDate) -> Result<Vec<KnownName>, DbError> {
    tx.query(NAMES, &params![community, since], |row| {
        Ok(KnownName { unit_id: row.take()?, party_id: row.take()?, role: row.take()?, name: row.take()? })
    })
}

/// Household members.
///
/// # Errors
/// When the database refuses.
pub fn list_members(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<KnownMember>, DbError> {
    tx.query(MEMBERS, &params![community], |row| {
        Ok(KnownMember { unit_id: row.take()?, id: row.take()?, name_sealed: row.take()? })
    })
}

/// Phones.
///
/// # Errors
/// When the database refuses.
pub fn list_phones(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<KnownPhone>, DbError> {
    tx.query(PHONES, &params![community], |row| Ok(KnownPhone { party_id: row.take()?, tail: row.take()? }))
}

/// What is open, bill by bill.
///
/// # Errors
/// When the database refuses.
pub fn list_bills(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<KnownBill>, DbError> {
    tx.query(BILLS, &params![community], |row| {
        Ok(KnownBill { account_id: row.take()?, number: row.take()?, open: row.take()? })
    })
}

/// Bank accounts and what they paid for.
///
/// # Errors
/// When the database refuses.
pub fn list_seen(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<SeenAccount>, DbError> {
    tx.query(SEEN, &params![community], |row| Ok(SeenAccount { account_index: row.take()?, account_id: row.take()? }))
}
