//! The days on which holds keep the late fee from accruing (hardship, death, ownership being cleared up; `collections.md` 6.2).

use chrono::NaiveDate;
use hemu_domain::arrears::pause::DayRange;
use hemu_domain::ids::{ChargeId, CommunityId, PartyId};
use hemu_store::collection::work::{self, LateFeePause};
use hemu_store::{DbError, Tx};

/// All pauses of a community; there are few.
#[derive(Debug, Default)]
pub struct Pauses(Vec<LateFeePause>);

impl Pauses {
    /// Reads them.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(tx: &mut Tx<'_>, community: CommunityId) -> Result<Self, DbError> {
        work::list_late_fee_pauses(tx, community).map(Self)
    }

    /// The paused days of a charge up to a day. The day a hold ends is paused still, so that the fee up to a day is the same before
    /// and after a release.
    #[must_use]
    pub fn of(&self, party: PartyId, charge: ChargeId, as_of: NaiveDate) -> Vec<DayRange> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let charge = charge.to_string();
        let range = |one: &LateFeePause| {
            DayRange { from: one.opened_on, to: one.ended_on.unwrap_or(NaiveDate::MAX) }.within(NaiveDate::MIN, as_of)
        };
        self.0.iter().filter(|one| one.covers(party, &charge)).filter_map(range).collect()
    }
}
