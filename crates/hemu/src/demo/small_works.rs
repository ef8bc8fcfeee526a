//! A renovation in the example: a deposit, the waste that is carried away, and what becomes of the deposit when the work is done.

use chrono::NaiveDate;
use hemu_app::approval::{Asked, ask};
use hemu_app::billing::orders::{NewOrder, record_order};
use hemu_app::ledger::deposits::{
    DeductionRequest, DepositReturn, NewDeposit, list_deposits, return_deposit, take_deposit,
};
use hemu_app::{App, Refusal};
use hemu_domain::{Fen, UnitLabel, UnitPrice};

use super::cast::Temper;
use super::days::Office;

impl Office {
    /// What that day brings of it.
    pub(super) fn renovate(&self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        let Some(unit) = self.units_of(Temper::Prompt).into_iter().next() else { return Ok(()) };
        match (self.last - day).num_days() {
            160 | 70 => self.begin_works(app, unit),
            118 => self.inspect_works(app, true),
            6 => self.inspect_works(app, false),
            _ => Ok(()),
        }
    }

    fn begin_works(&self, app: &App, unit: UnitLabel) -> Result<(), Refusal> {
        let cashier = &self.staff.cashier;
        let deposit = NewDeposit {
            unit: unit.clone(),
            kind: "装修押金".to_owned(),
            amount: Fen::new(200_000),
            taken_on: app.today(),
            method: "transfer".to_owned(),
            remark: "装修登记表 01 号".to_owned(),
        };
        take_deposit(app, cashier, &self.name, &deposit)?;
        let waste = NewOrder {
            unit,
            item: "装修垃圾清运费".to_owned(),
            quantity: 2,
            counted_in: "车".to_owned(),
            price: UnitPrice::from_stored(150_000_000),
            basis: "业主申请代运，按公示价目".to_owned(),
            period: None,
        };
        record_order(app, cashier, &self.name, &waste).map(|_| ())
    }

    /// Most goes back; a part is kept for a damage, or waits for the manager.
    fn inspect_works(&self, app: &App, decided: bool) -> Result<(), Refusal> {
        let found = list_deposits(app, &self.staff.cashier, &self.name)?.rows;
        let Some(deposit) = found.first().map(|one| one.id) else { return Ok(()) };
        let (method, reason) = ("transfer".to_owned(), "装修验收合格".to_owned());
        let back = DepositReturn { deposit, amount: Fen::new(170_000), method, reason };
        return_deposit(app, &self.staff.cashier, &self.name, &back)?;
        let asked = Asked::DepositDeduction(DeductionRequest { deposit, amount: Fen::new(30_000) });
        let asked = ask(app, &self.staff.accountant, self.id, &asked, "公共走廊墙砖破损两块，维修报价单附后")?;
        if decided { self.approve(app, asked.id) } else { Ok(()) }
    }
}
