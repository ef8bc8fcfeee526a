//! Who pays what of a unit in a month, as the bill run finds it ([`crate::billing::plan`]), and what is taken off for each.

use hemu_domain::Period;
use hemu_domain::ids::CommunityId;
use hemu_store::billing::{self, BilledUnit};
use hemu_store::registry::{self, AccountRow};
use hemu_store::{DbError, Tx};

use super::{AnswerLine, AnswerReduction, besides, of_month};
use crate::billing::cycle::FeeMonth;
use crate::billing::extra::{Extra, For};
use crate::billing::line::Line;
use crate::billing::span::{Handovers, NOBODY_PAYS};
use crate::billing::tariff::Tariff;
use crate::legal::liable;
use crate::reductions::discounts::Discounts;
use crate::reductions::load_rules;
use crate::registry::shown_name;
use crate::{Actor, Refusal};

/// A payer of the unit.
struct Payer {
    account: AccountRow,
    name: String,
    role: &'static str,
}

/// The payers of a unit, past and present.
pub(super) struct Payers<'a> {
    unit: &'a BilledUnit,
    accounts: Vec<Payer>,
    handovers: Handovers,
    discounts: Discounts,
}

impl<'a> Payers<'a> {
    /// Reads them: a unit has a handful.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(
        tx: &mut Tx<'_>,
        actor: &Actor,
        community: CommunityId,
        (unit, period): (&'a BilledUnit, Period),
    ) -> Result<Self, Refusal> {
        let handovers = Handovers::new(load_rules(tx, community)?.handover, billing::list_handovers(tx, community)?);
        let mut accounts = Vec::new();
        for account in registry::list_accounts_of_unit(tx, community, unit.id)? {
            accounts.push(payer(tx, actor, community, (unit, period), (account, &handovers))?);
        }
        Ok(Self { unit, accounts, handovers, discounts: Discounts::load(tx, community)? })
    }

    /// A month of a fee, once for each who pays days of it; once and for nobody where the unit has no payer.
    pub fn of_month(
        &self,
        tariff: &Tariff,
        month: &FeeMonth<'_>,
        clause: &impl Fn(&Line) -> Option<String>,
    ) -> Vec<AnswerLine> {
        let (whole, _) = of_month(tariff, self.unit, month, clause);
        if self.accounts.iter().any(|one| self.handovers.nobody_pays(&one.account, self.unit, month.month)) {
            let problem = Some(NOBODY_PAYS.to_owned());
            return vec![AnswerLine { calculation: None, amount: None, problem, ..whole }];
        }
        let paying = self.accounts.iter().filter(|one| self.handovers.pays(&one.account, self.unit, month.month));
        let lines: Vec<AnswerLine> = paying
            .map(|payer| {
                let days = self.handovers.days_of(&payer.account, month.month);
                let (answer, line) = of_month(tariff, self.unit, &FeeMonth { days, ..*month }, clause);
                self.with_payer(answer, payer, line.as_ref())
            })
            .collect();
        if lines.is_empty() { vec![whole] } else { lines }
    }

    /// Usage, shares and orders, each with whoever pays it: one is not split.
    pub fn besides(&self, tariff: &Tariff, extra: &Extra, period: Period) -> Vec<AnswerLine> {
        if self.accounts.is_empty() {
            return extra.of_unit(self.unit.id, &[]).map(|line| besides(tariff, line, period)).collect();
        }
        let of_payer = |payer: &Payer| -> Vec<AnswerLine> {
            let is_theirs = |(whom, line): &(For, &Line)| {
                let leaves = self.handovers.days_of(&payer.account, line.period).is_some_and(|days| days.rest);
                *whom == For::Account(payer.account.id)
                    || self.handovers.pays(&payer.account, self.unit, line.period) && !leaves
            };
            let lines = extra.lines(payer.account.id, self.unit.id).filter(is_theirs);
            lines.map(|(_, line)| self.with_payer(besides(tariff, line, period), payer, Some(line))).collect()
        };
        let billed = |one: &&Payer| !self.handovers.nobody_pays(&one.account, self.unit, period);
        self.accounts.iter().filter(billed).flat_map(of_payer).collect()
    }

    fn with_payer(&self, answer: AnswerLine, payer: &Payer, line: Option<&Line>) -> AnswerLine {
        let is_monthly = line.is_some_and(|line| line.explanation.is_of_months());
        let through = Period::parse(&payer.account.paid_through).ok();
        let paid_through = through.filter(|through| is_monthly && line.is_some_and(|line| line.period <= *through));
        let taken = line.map(|line| self.discounts.of_line(self.unit.id, payer.account.id, line)).unwrap_or_default();
        let reductions: Vec<AnswerReduction> = taken
            .into_iter()
            .map(|(one, amount)| AnswerReduction { kind: one.kind.label(), reason: one.reason.clone(), amount })
            .collect();
        let off = reductions.iter().map(|one| one.amount).sum();
        AnswerLine {
            payer: Some(payer.name.clone()),
            payer_role: Some(payer.role),
            to_pay: answer.amount.filter(|_| paid_through.is_none()).map(|amount| amount - off),
            reductions,
            paid_through,
            ..answer
        }
    }
}

fn payer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    community: CommunityId,
    (unit, period): (&BilledUnit, Period),
    (account, handovers): (AccountRow, &Handovers),
) -> Result<Payer, DbError> {
    let party = registry::find_party(tx, community, account.party_id)?;
    let (is_tenant, _) = liable::beside(tx, community, unit.id, account.party_id, period.first_day())?;
    let role = match (handovers.is_developer(account.id), is_tenant) {
        (true, _) => "developer",
        (false, true) => "tenant",
        (false, false) => "owner",
    };
    let name = party.map(|party| shown_name(actor, &party.kind, &party.name)).unwrap_or_default();
    Ok(Payer { account, name, role })
}
