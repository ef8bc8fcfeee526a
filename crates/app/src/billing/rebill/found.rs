//! What a correction is about: the wrong charges with what stands in their place, and what goes on record with them.

use std::collections::HashMap;

use hemu_domain::billing::Explanation;
use hemu_domain::ids::{AccountId, CommunityId, FeeItemId};
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::ledger::reversal::BilledCharge;
use hemu_store::metering::PriceStepsRow;
use hemu_store::shared_costs::{PoolShareRow, SharePoolRow};
use hemu_store::tariff::{FeePriceRow, UnitFeeRow};
use hemu_store::{DbError, Tx, registry};
use uuid::Uuid;

use super::kept::Claims;
use super::{Fix, KeptCharge, RebillRequest, metered, monthly, shared};
use crate::billing::RefusedUnit;
use crate::billing::line::Line;
use crate::billing::plan::payer_nos;
use crate::billing::tariff::Tariff;
use crate::{App, Refusal};

/// The charges to bill anew.
pub struct Found {
    /// The fee item's name.
    pub item: String,
    /// The month of the correction.
    pub from: Period,
    /// The standard, metered item or shared cost that was wrong: of two corrections of one, the second waits.
    pub subject: Uuid,
    /// Wrong charges with the lines in their place, by unit and month.
    pub wrong: Vec<Wrong>,
    /// Wrong charges that are claimed, and stay.
    pub kept: Vec<KeptCharge>,
    /// What could not be computed.
    pub refused: Vec<RefusedUnit>,
    /// What the next bill run takes up of a shared cost.
    pub next_bill: Fen,
    /// The tariff as it should have been.
    pub tariff: Tariff,
    /// Which payer of its unit an account is, from the second on.
    pub payer_nos: HashMap<AccountId, usize>,
    /// What goes on record.
    pub right: Right,
}

/// What goes on record with a correction, so that the next bill is right by itself.
pub enum Right {
    /// Nothing: it is there already.
    Record,
    /// Prices of the standard, with their bands: the right one, and the old one again where it was wrong for some months.
    Prices(Vec<FeePriceRow>),
    /// The standard of some units.
    Fees(Vec<UnitFeeRow>),
    /// The price steps of a metered item, in the same way.
    MeterPrices(Vec<PriceStepsRow>),
    /// A shared cost in the place of a wrong one.
    SharedCost(Box<RightPool>),
}

/// A shared cost in the place of a wrong one.
pub struct RightPool {
    /// The wrong one, which is cancelled.
    pub wrong: SharePoolRow,
    /// The right one.
    pub pool: SharePoolRow,
    /// Its shares.
    pub shares: Vec<PoolShareRow>,
}

/// A charge that is wrong.
pub struct Wrong {
    /// The charge as it stands.
    pub charge: BilledCharge,
    /// How it came to be.
    pub explanation: Explanation,
    /// Its unit.
    pub unit: UnitLabel,
    /// What should have been charged.
    pub lines: Vec<Line>,
}

impl Wrong {
    /// What is charged in its place.
    pub fn becomes(&self) -> Fen {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

impl Found {
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown standard, item, shared cost or unit; [`Refusal::InvalidInput`] for a price of zero;
    /// [`Refusal::Conflict`] where something has to be done first.
    pub fn load(tx: &mut Tx<'_>, app: &App, community: CommunityId, request: &RebillRequest) -> Result<Self, Refusal> {
        check_months(request)?;
        let mut found = match &request.fix {
            Fix::Price { .. } | Fix::Bands { .. } | Fix::Standard { .. } | Fix::Record { .. } | Fix::ServiceEnds => {
                monthly::find(tx, community, request)?
            }
            Fix::MeterPrice { item, steps, basis } => {
                metered::find(tx, app, community, (request.from, request.to), (item, steps, basis))?
            }
            Fix::SharedCost(right) => shared::find(tx, app, community, request.from, right)?,
        };
        found.keep(&Claims::load(tx, community)?);
        if let (Fix::SharedCost(_), Some(one)) = (&request.fix, found.kept.first()) {
            let (unit, why) = (&one.unit, &one.why);
            let zh = format!("公摊要整笔冲回，而 {unit} 的这笔{}", why.zh);
            return Err(Refusal::conflict(zh, format!("a shared cost is reversed whole, and {unit} is {}", why.en)));
        }
        found.wrong.sort_by(|a, b| (&a.unit, a.charge.period).cmp(&(&b.unit, b.charge.period)));
        Ok(found)
    }

    /// Takes out what is claimed.
    fn keep(&mut self, claims: &Claims) {
        for one in std::mem::take(&mut self.wrong) {
            match claims.of(&one.charge, &self.item) {
                None => self.wrong.push(one),
                Some(why) => self.kept.push(KeptCharge {
                    becomes: one.becomes(),
                    unit: one.unit,
                    period: one.charge.period,
                    was: one.charge.amount,
                    why,
                }),
            }
        }
    }

    /// Nothing yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn about(
        tx: &mut Tx<'_>,
        community: CommunityId,
        tariff: Tariff,
        (item, from, subject): (FeeItemId, Period, Uuid),
        right: Right,
    ) -> Result<Self, DbError> {
        let accounts = registry::list_accounts(tx, community)?;
        Ok(Self {
            item: tariff.names.get(&item).cloned().unwrap_or_default(),
            from,
            subject,
            wrong: Vec::new(),
            kept: Vec::new(),
            refused: Vec::new(),
            next_bill: Fen::ZERO,
            tariff,
            payer_nos: payer_nos(&accounts),
            right,
        })
    }
}

/// What is wrong for some months alone is a price or a record: a standard goes on until the next one, a shared cost is of one month.
fn check_months(request: &RebillRequest) -> Result<(), Refusal> {
    let Some(to) = request.to else { return Ok(()) };
    if to < request.from {
        let zh = format!("最后一个错的账期 {to} 不能早于第一个 {}", request.from);
        return Err(Refusal::invalid("to", zh, format!("the last wrong month {to} lies before the first")));
    }
    match &request.fix {
        Fix::Price { .. } | Fix::Bands { .. } | Fix::MeterPrice { .. } | Fix::Record { .. } | Fix::ServiceEnds => {
            Ok(())
        }
        Fix::SharedCost(_) if to == request.from => Ok(()),
        Fix::SharedCost(_) => Err(Refusal::invalid("to", "公摊只有一个账期", "a shared cost is of one month")),
        Fix::Standard { .. } => {
            let zh = "换标准从某月起一直有效：请先更正为该标准，再从下一个账期换回";
            let en =
                "a standard holds from a month on: correct to this one, then from the next month back to the other";
            Err(Refusal::invalid("to", zh, en))
        }
    }
}
