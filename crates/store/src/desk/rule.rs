//! What a community asks of its cash desk; each change is on the audit trail, which `verify` compares it with.

use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;

use crate::{DbError, Tx, params};

/// The rules of the cash desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeskRule {
    /// 抹零 stays below this; zero forbids it.
    pub rounding_limit: Fen,
    /// Cash is taken in an open shift only.
    pub needs_shift: bool,
}

impl Default for DeskRule {
    /// Below one yuan, shifts as one likes.
    fn default() -> Self {
        Self { rounding_limit: Fen::new(100), needs_shift: false }
    }
}

const GET: &str = "SELECT rounding_limit_fen, desk_needs_shift FROM community WHERE id = $1";
const SET: &str = "UPDATE community SET rounding_limit_fen = $2, desk_needs_shift = $3 WHERE id = $1";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[GET, SET];

/// The rules in force.
///
/// # Errors
/// [`DbError::NotFound`] when there is no such community.
pub fn get_rule(tx: &mut Tx<'_>, community: CommunityId) -> Result<DeskRule, DbError> {
    tx.query_one("community", GET, &params![community], |row| {
        Ok(DeskRule { rounding_limit: row.take()?, needs_shift: row.take()? })
    })
}

/// Changes the rules.
///
/// # Errors
/// When the database refuses.
pub fn set_rule(tx: &mut Tx<'_>, community: CommunityId, rule: DeskRule) -> Result<(), DbError> {
    tx.execute(SET, &params![community, rule.rounding_limit, rule.needs_shift]).map(|_| ())
}
