//! Deposits: no more is given back or kept than was taken, and what is kept has a reason and two people.

use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;
use uuid::Uuid;

use super::{of, sums};
use crate::check::Tally;
use crate::{DbError, Tx, params};

const DEPOSITS: &str = "SELECT id, amount_fen FROM deposit WHERE community_id = $1 ORDER BY id";
const GONE: &str = "SELECT deposit_id, CAST(SUM(amount_fen) AS BIGINT) FROM deposit_entry WHERE community_id = $1
    GROUP BY deposit_id";
const ENTRIES: &str = "SELECT e.id, e.kind, e.reason, e.requested_by, e.approved_by, d.id FROM deposit_entry e
    LEFT JOIN deposit d ON d.community_id = e.community_id AND d.id = e.deposit_id WHERE e.community_id = $1 ORDER BY e.id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[DEPOSITS, GONE, ENTRIES];

pub fn deposits(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let gone = sums(tx, GONE, community)?;
    tx.for_each::<DbError>(DEPOSITS, &params![community], |row| {
        let (id, amount): (Uuid, Fen) = (row.take()?, row.take()?);
        tally.row(amount.is_positive() && of(&gone, id) <= amount, || format!("deposit {id}"));
        Ok(())
    })?;
    tx.for_each::<DbError>(ENTRIES, &params![community], |row| {
        let (id, kind): (Uuid, String) = (row.take()?, row.take()?);
        let (reason, asked): (String, String) = (row.take()?, row.take()?);
        let (approved, deposit): (Option<String>, Option<Uuid>) = (row.take()?, row.take()?);
        let by_two = approved.is_some_and(|approved| approved != asked);
        let sound = deposit.is_some() && !reason.is_empty() && (kind != "deduction" || by_two);
        tally.row(sound, || format!("deposit entry {id}"));
        Ok(())
    })
}
