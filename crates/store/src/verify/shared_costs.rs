//! Shared costs: every share follows from the cost and the weights; what is billed is the share.

use hemu_domain::billing::share::split;
use hemu_domain::ids::{CommunityId, SharePoolId, UnitId};
use hemu_domain::{Factor, Fen};
use uuid::Uuid;

use crate::check::Tally;
use crate::{DbError, Tx, params};

const POOLS: &str = "SELECT id, total_fen, whole_e8 FROM share_pool WHERE community_id = $1";
const SHARES: &str =
    "SELECT pool_id, unit_id, weight_e8, amount_fen FROM pool_share WHERE community_id = $1 ORDER BY pool_id";
/// What stands on bills beside what the pool says; a bill may have a share of a pool that is in force alone.
const BILLED: &str = "SELECT c.id, c.amount_fen, s.amount_fen, p.cancelled_at IS NULL FROM share_pool p
    JOIN charge c ON c.community_id = p.community_id AND c.fee_item_id = p.fee_item_id AND c.period = p.period
        AND c.occurrence = p.occurrence AND c.live AND c.origin = 'bill'
    JOIN account a ON a.community_id = c.community_id AND a.id = c.account_id
    LEFT JOIN pool_share s ON s.community_id = p.community_id AND s.pool_id = p.id AND s.unit_id = a.unit_id
    WHERE p.community_id = $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[POOLS, SHARES, BILLED];

/// The shares of a pool are what its total and their weights come to, to the fen each; so they add up to the total.
pub fn shares(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let pools = tx.query(POOLS, &params![community], |row| {
        Ok((row.take::<SharePoolId>()?, (row.take::<Fen>()?, row.take::<Factor>()?)))
    })?;
    let mut pools: std::collections::HashMap<SharePoolId, (Fen, Factor)> = pools.into_iter().collect();
    let mut pool = Pool::default();
    let mut end = |pool: Pool, tally: &mut Tally| {
        if let Some(id) = pool.id {
            let holds = pools.remove(&id).is_some_and(|(total, whole)| pool.follows(total, whole));
            tally.row(holds, || format!("shared cost {id}"));
        }
    };
    tx.for_each::<DbError>(SHARES, &params![community], |row| {
        let id = Some(row.take()?);
        if pool.id != id {
            end(std::mem::take(&mut pool), tally);
            pool.id = id;
        }
        pool.weights.push((row.take()?, row.take()?));
        pool.amounts.push(row.take()?);
        Ok(())
    })?;
    end(pool, tally);
    for id in pools.into_keys() {
        tally.row(false, || format!("shared cost {id} has no shares"));
    }
    Ok(())
}

#[derive(Default)]
struct Pool {
    id: Option<SharePoolId>,
    weights: Vec<(UnitId, Factor)>,
    amounts: Vec<Fen>,
}

impl Pool {
    fn follows(&self, total: Fen, whole: Factor) -> bool {
        let sum: i128 = self.weights.iter().map(|(_, weight)| i128::from(weight.stored())).sum();
        sum == i128::from(whole.stored()) && split(total, &self.weights).is_ok_and(|due| due == self.amounts)
    }
}

/// A charge made of a share is that share.
pub fn billed_shares(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    tx.for_each::<DbError>(BILLED, &params![community], |row| {
        let (charge, amount): (Uuid, Fen) = (row.take()?, row.take()?);
        let (share, in_force): (Option<Fen>, bool) = (row.take()?, row.take()?);
        tally.row(share == Some(amount) && in_force, || format!("charge {charge} of a shared cost"));
        Ok(())
    })
}
