//! What an account owes on a day, charge by charge, with the late fee that has run.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::arrears::late_fee::late_fee;
use hemu_domain::arrears::pause::DayRange;
use hemu_domain::ids::{AccountId, ChargeId, ClauseId, CommunityId, LateFeeId, PartyId};
use hemu_domain::{Fen, Period};
use hemu_store::ledger::owing::{self, OpenCharge, Past};
use hemu_store::ledger::{self, LateFeeRow, OwedCharge};
use hemu_store::registry::AccountRow;
use hemu_store::{DbError, Tx};

use crate::App;
use crate::arrears::late_fees::running_late_fee;
use crate::arrears::pauses::Pauses;
use crate::tariff::{Contracts, FeeRule};

/// A charge, told by `C`, with its late fee on a day.
pub struct Position<C = OwedCharge> {
    /// The charge.
    pub charge: C,
    /// Frozen late fees that are open, oldest first.
    pub frozen: Vec<(LateFeeId, Fen)>,
    /// Days before this one are frozen.
    pub frozen_to: NaiveDate,
    /// Not frozen yet.
    pub running: Fen,
    /// The clause it runs by.
    pub rule: Option<FeeRule>,
    /// Days up to the day that bear no late fee.
    pub paused: Vec<DayRange>,
    /// What was frozen, as it stands.
    frozen_so_far: FrozenSoFar,
}

/// All that was frozen of a charge, paid or not, and what that follows from.
struct FrozenSoFar {
    /// How much, less what was computed again.
    sum: Fen,
    /// What was charged.
    amount: Fen,
    due_on: NaiveDate,
    /// What lowered the principal up to the last day frozen.
    lowered: Vec<(NaiveDate, Fen)>,
    /// Days up to that day that bear no late fee.
    paused: Vec<DayRange>,
}

impl<C> Position<C> {
    /// Open late fee, frozen and running.
    pub fn late_fee(&self) -> Fen {
        self.frozen.iter().map(|(_, open)| *open).sum::<Fen>() + self.running
    }

    /// By how much what was frozen is too high once `paid` principal of an earlier day is known. What the clause says today may not
    /// be what it said then, so no more is taken off than this payment makes of a difference.
    pub fn frozen_too_high(&self, paid_on: NaiveDate, paid: Fen) -> Fen {
        let Some(rule) = self.rule.as_ref().filter(|_| paid_on < self.frozen_to && paid.is_positive()) else {
            return Fen::ZERO;
        };
        let so_far = &self.frozen_so_far;
        let whole = |payments: &[(NaiveDate, Fen)]| {
            late_fee(&rule.clause, so_far.amount, so_far.due_on, payments, &so_far.paused, self.frozen_to).amount
        };
        let mut lowered = so_far.lowered.clone();
        let without = whole(&lowered);
        lowered.push((paid_on, paid));
        let with = whole(&lowered);
        (without - with).min(so_far.sum - with).max(Fen::ZERO)
    }

    /// What runs on the charge as a row to freeze, for `cause`; `None` when nothing runs.
    pub fn to_freeze(
        &self,
        app: &App,
        (charge_id, account_id): (ChargeId, AccountId),
        (cause, to_on): (&'static str, NaiveDate),
    ) -> Option<LateFeeRow> {
        let rule = self.rule.as_ref().filter(|_| self.running.is_positive())?;
        Some(LateFeeRow {
            id: app.new_id(),
            charge_id,
            account_id,
            from_on: self.frozen_to,
            to_on,
            amount: self.running,
            open: self.running,
            cause: cause.to_owned(),
            clause_id: rule.clause_id,
            rule: with_pauses(rule.clause.frozen(self.frozen_so_far.due_on, to_on), &self.paused),
        })
    }
}

/// The rule as it is frozen: with the days it left out, for a hold may end later.
pub fn with_pauses(mut rule: serde_json::Value, paused: &[DayRange]) -> serde_json::Value {
    if !paused.is_empty() {
        rule["paused"] = serde_json::json!(paused);
    }
    rule
}

/// What the late fee of a charge depends on, but for what has happened to it.
struct Terms {
    id: ChargeId,
    party_id: PartyId,
    period: Period,
    due_on: NaiveDate,
    amount: Fen,
    open: Fen,
    clause_id: Option<ClauseId>,
}

/// What an account owes on a day, charge by charge, told as pages show it.
///
/// # Errors
/// When the database refuses.
pub fn positions(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: AccountId,
    on: NaiveDate,
    contracts: &Contracts,
) -> Result<Vec<Position>, DbError> {
    let owed = ledger::list_owed_of_account(tx, community, account)?;
    let history = History::load(tx, community, account, contracts)?;
    let terms = |c: &OwedCharge| Terms {
        id: c.id,
        party_id: c.party_id,
        period: c.period,
        due_on: c.due_on,
        amount: c.amount,
        open: c.open,
        clause_id: c.clause_id,
    };
    Ok(owed.into_iter().map(|charge| history.position(&terms(&charge), charge, on)).collect())
}

/// The same with no more of each charge than a payment needs.
///
/// # Errors
/// When the database refuses.
pub fn open_positions(
    tx: &mut Tx<'_>,
    community: CommunityId,
    account: &AccountRow,
    on: NaiveDate,
    contracts: &Contracts,
) -> Result<Vec<Position<OpenCharge>>, DbError> {
    let open = owing::list_open_charges(tx, community, account.id)?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let history = History::load(tx, community, account.id, contracts)?;
    Ok(open.into_iter().map(|charge| history.position(&terms(&charge, account.party_id), charge, on)).collect())
}

/// The same of several accounts of one payer.
///
/// # Errors
/// When the database refuses.
pub fn open_positions_of(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (party, accounts): (PartyId, &[AccountId]),
    on: NaiveDate,
    contracts: &Contracts,
) -> Result<Vec<Position<OpenCharge>>, DbError> {
    let open = owing::list_open_charges_of(tx, community, accounts)?;
    let happened = owing::list_past_of(tx, community, accounts)?;
    let history = History::of(tx, community, happened, contracts)?;
    Ok(open.into_iter().map(|charge| history.position(&terms(&charge, party), charge, on)).collect())
}

fn terms(charge: &OpenCharge, party_id: PartyId) -> Terms {
    Terms {
        id: charge.id,
        party_id,
        period: charge.period,
        due_on: charge.due_on,
        amount: charge.amount,
        open: charge.open,
        clause_id: charge.clause_id,
    }
}

/// What has happened to the charges an account owes something of.
struct History<'a> {
    past: HashMap<ChargeId, Vec<Past>>,
    pauses: Pauses,
    contracts: &'a Contracts,
}

impl<'a> History<'a> {
    fn load(
        tx: &mut Tx<'_>,
        community: CommunityId,
        account: AccountId,
        contracts: &'a Contracts,
    ) -> Result<Self, DbError> {
        let happened = owing::list_past(tx, community, account)?;
        Self::of(tx, community, happened, contracts)
    }

    fn of(
        tx: &mut Tx<'_>,
        community: CommunityId,
        happened: Vec<(ChargeId, Past)>,
        contracts: &'a Contracts,
    ) -> Result<Self, DbError> {
        let mut past: HashMap<ChargeId, Vec<Past>> = HashMap::new();
        for (charge, one) in happened {
            past.entry(charge).or_default().push(one);
        }
        // Where no late fee runs, nothing needs to pause it.
        let pauses = if contracts.has_fee_rule() { Pauses::load(tx, community)? } else { Pauses::default() };
        Ok(Self { past, pauses, contracts })
    }

    fn position<C>(&self, terms: &Terms, charge: C, on: NaiveDate) -> Position<C> {
        let past = self.past.get(&terms.id).map(Vec::as_slice).unwrap_or_default();
        let frozen = frozen_of(past);
        let rule = self.contracts.fee_rule(terms.clause_id, terms.period);
        let paused = self.pauses.of(terms.party_id, terms.id, on);
        // The last payment of principal froze what had run; a settled charge has nothing running.
        let assessed = frozen.iter().map(|one| one.amount).sum::<Fen>() - recalculated(past);
        let running = if terms.open.is_positive() {
            let lowered = lowered(past, terms.due_on, on);
            running_late_fee(rule, terms.amount, terms.due_on, &lowered, &paused, assessed, on)
        } else {
            Fen::ZERO
        };
        let frozen_to = frozen.last().map_or(terms.due_on, |last| last.to_on);
        Position {
            frozen_so_far: FrozenSoFar {
                sum: assessed,
                amount: terms.amount,
                due_on: terms.due_on,
                lowered: lowered(past, terms.due_on, frozen_to),
                paused: self.pauses.of(terms.party_id, terms.id, frozen_to),
            },
            frozen_to,
            frozen: frozen.iter().filter(|one| one.open.is_positive()).map(|one| (one.id, one.open)).collect(),
            running,
            rule: rule.cloned(),
            paused,
            charge,
        }
    }
}

struct Frozen {
    id: LateFeeId,
    to_on: NaiveDate,
    amount: Fen,
    open: Fen,
}

/// The frozen late fees of a charge, oldest first.
fn frozen_of(past: &[Past]) -> Vec<Frozen> {
    let frozen = past.iter().filter_map(|one| match *one {
        Past::Frozen { id, to_on, amount, open } => Some(Frozen { id, to_on, amount, open }),
        Past::Paid { .. } | Past::Adjusted { .. } | Past::Recalculated { .. } => None,
    });
    let mut frozen: Vec<Frozen> = frozen.collect();
    frozen.sort_by_key(|one| one.to_on);
    frozen
}

/// What of the frozen late fees was taken off by computing them again.
fn recalculated(past: &[Past]) -> Fen {
    let amount = |one: &Past| if let Past::Recalculated { amount } = one { *amount } else { Fen::ZERO };
    past.iter().map(amount).sum()
}

/// All that lowered the principal of a charge, as its late fee sees it.
fn lowered(past: &[Past], due_on: NaiveDate, as_of: NaiveDate) -> Vec<(NaiveDate, Fen)> {
    past.iter().filter_map(|one| lowered_by(one, due_on, as_of)).collect()
}

fn lowered_by(past: &Past, due_on: NaiveDate, as_of: NaiveDate) -> Option<(NaiveDate, Fen)> {
    match *past {
        Past::Paid { on, amount } => Some((on, amount)),
        Past::Adjusted { kind, on, amount } => Some((kind.lowers_from(due_on, on, as_of)?, amount)),
        Past::Frozen { .. } | Past::Recalculated { .. } => None,
    }
}
