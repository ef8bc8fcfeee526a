//! What registry pages show of many units at once: lines of a list by key, search results, the tree, the block plan.
//!
//! Set-based throughout: one statement a page, and two small ones for whose cases rest (holds) or are paid off by plan.

use chrono::NaiveDate;
use hemu_domain::ids::{BuildingId, CommunityId, ContactPointId, PartyId, UnitId};
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::{Area, Fen, UnitLabel};
use uuid::Uuid;

use crate::{DbError, Row, Tx, params};

/// A unit in a list, with its present payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitLine {
    /// Its id.
    pub id: UnitId,
    /// Its label.
    pub label: UnitLabel,
    /// What it is.
    pub kind: UnitKind,
    /// Its area.
    pub area: Option<Area>,
    /// Its floor.
    pub floor: Option<i64>,
    /// Who is in it.
    pub occupancy: Occupancy,
    /// The present payer: id, kind, name.
    pub payer: Option<(PartyId, String, String)>,
    /// What of charges that are due and not settled was charged to the present payer.
    pub charged: Fen,
    /// What of them is open.
    pub open: Fen,
    /// What former payers of the unit still owe of what is due.
    pub former_open: Fen,
}

/// An entrance of the tree, with sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntranceLine {
    /// The building.
    pub building_id: BuildingId,
    /// Its code.
    pub building: String,
    /// The entrance's code; `None` for units without one.
    pub entrance: Option<String>,
    /// How many units.
    pub units: i64,
    /// How many of them are vacant.
    pub vacant: i64,
    /// How many owe something that is due.
    pub owing: i64,
    /// How much.
    pub open: Fen,
}

/// What to search units by; each that is given is tried, and any may fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchTerms {
    /// Beginning of a label, such as `3-2-15`.
    pub label: Option<String>,
    /// End of a label after a dash: a room number alone, digits and letters.
    pub room: Option<String>,
    /// Beginning of a name of somebody who holds, held or uses it.
    pub name: Option<String>,
    /// Beginning of the initials of such a name.
    pub initials: Option<String>,
    /// Search index of a whole phone number.
    pub phone: Option<Vec<u8>>,
    /// The last four digits of a phone number.
    pub phone_tail: Option<String>,
}

/// Behind every text that begins with a prefix, in byte order.
const LAST: char = '\u{10FFFF}';

// `CROSS JOIN` gives the same rows: it keeps SQLite, which has no statistics here, from walking every open charge of the
// community for each unit instead of the unit's accounts (measured: 101 of 10,000 units in 6 ms instead of 1.7 s).
macro_rules! owed_of_unit {
    () => {
        "
    CAST(COALESCE((SELECT SUM(c.amount_fen) FROM account x CROSS JOIN charge c
        WHERE c.community_id = x.community_id AND c.account_id = x.id AND x.community_id = $1 AND x.unit_id = u.id AND x.ends_on IS NULL AND c.open_fen > 0 AND c.due_on <= $2), 0) AS BIGINT),
    CAST(COALESCE((SELECT SUM(c.open_fen) FROM account x CROSS JOIN charge c
        WHERE c.community_id = x.community_id AND c.account_id = x.id AND x.community_id = $1 AND x.unit_id = u.id AND x.ends_on IS NULL AND c.open_fen > 0 AND c.due_on <= $2), 0) AS BIGINT),
    CAST(COALESCE((SELECT SUM(c.open_fen) FROM account x CROSS JOIN charge c
        WHERE c.community_id = x.community_id AND c.account_id = x.id AND x.community_id = $1 AND x.unit_id = u.id AND x.ends_on IS NOT NULL AND c.open_fen > 0 AND c.due_on <= $2), 0) AS BIGINT)"
    };
}
macro_rules! line {
    () => {
        concat!(
            "SELECT u.id, u.label, u.kind, u.area_e4, u.floor, u.occupancy, a.party_id, p.kind, p.name,",
            owed_of_unit!(),
            " FROM unit u LEFT JOIN account a ON a.community_id = u.community_id AND a.unit_id = u.id AND a.ends_on IS NULL
    LEFT JOIN party p ON p.community_id = a.community_id AND p.id = a.party_id"
        )
    };
}

const LINES: &str = concat!(
    line!(),
    " WHERE u.community_id = $1 AND u.label > $3 AND u.label >= $4 AND u.label < $5 ORDER BY u.label LIMIT $6"
);
/// The digits at the end of a label, as `unit_by_room` has them.
macro_rules! room_of {
    ($unit:literal) => {
        concat!("SUBSTR(", $unit, ".label, LENGTH(RTRIM(", $unit, ".label, '0123456789')) + 1)")
    };
}
// First the ids that fit, each part by an index of its own, then their lines. `UNION ALL`: to merge sorted parts, as `UNION` does,
// SQLite would read every unit of the community in the order of ids. `CROSS JOIN`: from the few who fit to the rest, not
// from every unit or tenure of the community. A room of digits is found by the digits its label ends with; `LIKE` then leaves
// out what has letters before them.
const SEARCH: &str = concat!(
    "SELECT u.id, u.label, u.kind, u.area_e4, u.floor, u.occupancy, a.party_id, p.kind, p.name,",
    owed_of_unit!(),
    " FROM (SELECT DISTINCT x.id FROM (SELECT l.id FROM unit l WHERE l.community_id = $1 AND l.label >= $4 AND l.label < $5
        UNION ALL SELECT r.id FROM unit r WHERE r.community_id = $1 AND ",
    room_of!("r"),
    " = $6 AND r.label LIKE $7
        UNION ALL SELECT t.unit_id FROM party n CROSS JOIN tenure t WHERE t.community_id = n.community_id
            AND t.party_id = n.id AND n.community_id = $1 AND n.name >= $8 AND n.name < $9
        UNION ALL SELECT t.unit_id FROM party n CROSS JOIN tenure t WHERE t.community_id = n.community_id
            AND t.party_id = n.id AND n.community_id = $1 AND n.initials >= $10 AND n.initials < $11
        UNION ALL SELECT t.unit_id FROM contact_point k CROSS JOIN tenure t WHERE t.community_id = k.community_id
            AND t.party_id = k.party_id AND k.community_id = $1 AND k.value_index = $12
        UNION ALL SELECT t.unit_id FROM contact_point k CROSS JOIN tenure t WHERE t.community_id = k.community_id
            AND t.party_id = k.party_id AND k.community_id = $1 AND k.channel = 'phone'
            AND SUBSTR(k.value_tail, LENGTH(k.value_tail) - 3) = $13) x) f
    CROSS JOIN unit u LEFT JOIN account a ON a.community_id = u.community_id AND a.unit_id = u.id AND a.ends_on IS NULL
    LEFT JOIN party p ON p.community_id = a.community_id AND p.id = a.party_id
    WHERE u.community_id = $1 AND u.id = f.id AND u.label > $3 ORDER BY u.label LIMIT $14"
);
const OF_BUILDING: &str = concat!(line!(), " WHERE u.community_id = $1 AND u.building_id = $3 ORDER BY u.label");
const TREE: &str = "SELECT b.id, b.code, e.code, CAST(COUNT(*) AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN u.occupancy = 'vacant' THEN 1 ELSE 0 END), 0) AS BIGINT),
    CAST(COUNT(o.unit_id) AS BIGINT), CAST(COALESCE(SUM(o.open_fen), 0) AS BIGINT)
    FROM unit u JOIN building b ON b.community_id = u.community_id AND b.id = u.building_id
    LEFT JOIN entrance e ON e.community_id = u.community_id AND e.id = u.entrance_id
    LEFT JOIN (SELECT a.unit_id, SUM(c.open_fen) AS open_fen FROM charge c
        JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
        WHERE c.community_id = $1 AND c.open_fen > 0 AND c.due_on <= $2 GROUP BY a.unit_id) o ON o.unit_id = u.id
    WHERE u.community_id = $1 GROUP BY b.id, b.code, e.code";
/// Payers whose contact rests: a hold on their open case, or on the whole community. From the holds, which are few, to the cases.
const HELD: &str =
    "SELECT c.party_id FROM hold h CROSS JOIN case_file c WHERE c.community_id = h.community_id AND c.id = h.case_id
        AND h.community_id = $1 AND c.closed_on IS NULL AND h.suppress_contact AND h.released_on IS NULL
        AND h.opened_on <= $2 AND (h.expires_on IS NULL OR h.expires_on >= $2)
    UNION SELECT c.party_id FROM case_file c WHERE c.community_id = $1 AND c.closed_on IS NULL
        AND EXISTS (SELECT 1 FROM hold h WHERE h.community_id = $1 AND h.scope = 'community' AND h.suppress_contact
        AND h.released_on IS NULL AND h.opened_on <= $2 AND (h.expires_on IS NULL OR h.expires_on >= $2))";
const BY_PLAN: &str =
    "SELECT c.party_id FROM plan l JOIN case_file c ON c.community_id = l.community_id AND c.id = l.case_id
    WHERE l.community_id = $1 AND l.state = 'active' AND c.closed_on IS NULL";

const AREAS: &str = "SELECT id, area_e4 FROM unit WHERE community_id = $1 AND id IN ({ids})";
const PHONES: &str = "SELECT party_id, id, value_tail FROM contact_point
    WHERE community_id = $1 AND channel = 'phone' AND bounced_on IS NULL AND party_id IN ({ids})
    ORDER BY preferred DESC, id";

/// Every statement of this module but those with an id list.
pub const STATEMENTS: &[&str] = &[LINES, SEARCH, OF_BUILDING, TREE, HELD, BY_PLAN];

/// Units whose label begins with `prefix`, after the label `after` (both may be empty), in the order of labels.
///
/// # Errors
/// When the database refuses.
pub fn list_lines(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
    (prefix, after): (&str, &str),
    limit: i64,
) -> Result<Vec<UnitLine>, DbError> {
    tx.query(LINES, &params![community, today, after, prefix, format!("{prefix}{LAST}"), limit], read_line)
}

/// Units that fit any of the terms, after the label `after`, in the order of labels.
///
/// # Errors
/// When the database refuses.
pub fn search_lines(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
    terms: &SearchTerms,
    after: &str,
    limit: i64,
) -> Result<Vec<UnitLine>, DbError> {
    let end = |prefix: &Option<String>| prefix.as_ref().map(|prefix| format!("{prefix}{LAST}"));
    let values = params![
        community,
        today,
        after,
        terms.label.clone(),
        end(&terms.label),
        terms.room.clone(),
        terms.room.as_ref().map(|room| format!("%-{room}")),
        terms.name.clone(),
        end(&terms.name),
        terms.initials.clone(),
        end(&terms.initials),
        terms.phone.clone(),
        terms.phone_tail.clone(),
        limit
    ];
    tx.query(SEARCH, &values, read_line)
}

/// All units of a building, by label.
///
/// # Errors
/// When the database refuses.
pub fn list_of_building(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
    building: BuildingId,
) -> Result<Vec<UnitLine>, DbError> {
    tx.query(OF_BUILDING, &params![community, today, building], read_line)
}

/// The entrances of a community with their sums, in no order.
///
/// # Errors
/// When the database refuses.
pub fn list_entrances(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<Vec<EntranceLine>, DbError> {
    tx.query(TREE, &params![community, today], |row| {
        Ok(EntranceLine {
            building_id: row.take()?,
            building: row.take()?,
            entrance: row.take()?,
            units: row.take()?,
            vacant: row.take()?,
            owing: row.take()?,
            open: row.take()?,
        })
    })
}

/// A phone that works, masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneLine {
    /// Whose.
    pub party_id: PartyId,
    /// Its contact point.
    pub id: ContactPointId,
    /// What may be shown of it.
    pub tail: String,
}

/// The areas of some units.
///
/// # Errors
/// When the database refuses.
pub fn list_areas(
    tx: &mut Tx<'_>,
    community: CommunityId,
    units: &[UnitId],
) -> Result<Vec<(UnitId, Option<Area>)>, DbError> {
    let ids: Vec<Uuid> = units.iter().map(|id| id.uuid()).collect();
    tx.query_in(AREAS, &params![community], &ids, |row| Ok((row.take()?, row.take()?)))
}

/// The phones of some parties that work, preferred ones first.
///
/// # Errors
/// When the database refuses.
pub fn list_phones(tx: &mut Tx<'_>, community: CommunityId, parties: &[PartyId]) -> Result<Vec<PhoneLine>, DbError> {
    let ids: Vec<Uuid> = parties.iter().map(|id| id.uuid()).collect();
    tx.query_in(PHONES, &params![community], &ids, |row| {
        Ok(PhoneLine { party_id: row.take()?, id: row.take()?, tail: row.take()? })
    })
}

/// Payers whose contact rests on a day.
///
/// # Errors
/// When the database refuses.
pub fn list_held(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<Vec<PartyId>, DbError> {
    tx.query(HELD, &params![community, today], |row| row.take())
}

/// Payers who pay by an instalment plan.
///
/// # Errors
/// When the database refuses.
pub fn list_by_plan(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<PartyId>, DbError> {
    tx.query(BY_PLAN, &params![community], |row| row.take())
}

fn read_line(row: &Row<'_>) -> Result<UnitLine, DbError> {
    let (id, label) = (row.take()?, row.take()?);
    let (kind, area, floor) = (row.parse(UnitKind::parse)?, row.take()?, row.take()?);
    let occupancy = row.parse(Occupancy::parse)?;
    let (party, party_kind, name) = (row.take()?, row.take()?, row.take()?);
    let payer = match (party, party_kind, name) {
        (Some(party), Some(kind), Some(name)) => Some((party, kind, name)),
        (None, _, _) | (_, None, _) | (_, _, None) => None,
    };
    let (charged, open, former_open) = (row.take()?, row.take()?, row.take()?);
    Ok(UnitLine { id, label, kind, area, floor, occupancy, payer, charged, open, former_open })
}
