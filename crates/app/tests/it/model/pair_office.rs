//! The steps as the office does them: through the use cases, by one person or two.

use hemu_app::approval::Asked;
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_app::ledger::deposits::{DeductionRequest, DepositReturn, NewDeposit, return_deposit, take_deposit};
use hemu_app::ledger::refund::RefundRequest;
use hemu_app::ledger::{
    AllocationLine, AtTheDesk, ReceiptRequest, ReverseRequest, TransferRequest, reverse_receipt, take_at_desk, transfer,
};
use hemu_app::metering::{NewMeter, NewReading, ReadingsRequest, UsageRequest, confirm_usage, record_readings};
use hemu_app::shared_costs::CostRequest;
use hemu_app::{Actor, Refusal};
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::ids::{ChargeId, DepositId, ReceiptId};
use hemu_domain::import::rows::PROPERTY_FEE;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::metering::MeterKind;
use hemu_domain::{Factor, Fen, MeterValue, Period};

use super::books::{Origin, month};
use super::charge::{By, Charge, Entry, What};
use super::meters::{ELECTRICITY_STEPS, WATER_STEPS};
use super::pair::Pair;
use super::{OF_ONE_PAYER, UNITS};
use crate::metering::water;
use crate::office::{COMMUNITY, unit};
use crate::shared_costs::cost;

/// Refused for what was asked, not for something else.
fn is_refused<T>(done: &Result<T, Refusal>) -> bool {
    matches!(done, Err(Refusal::InvalidInput { .. } | Refusal::Conflict(_)))
}

impl Pair<'_> {
    pub(super) fn set_up(&mut self) {
        let [one, other] = OF_ONE_PAYER.map(|unit| UNITS[unit].0);
        let party =
            format!("(SELECT a.party_id FROM account a JOIN unit u ON u.id = a.unit_id WHERE u.label = '{one}')");
        let to_other = format!("(SELECT id FROM unit WHERE label = '{other}')");
        self.office.arrange(&format!("UPDATE account SET party_id = {party} WHERE unit_id = {to_other}"));
        self.office.price("水费", WATER_STEPS, false).expect("a price");
        self.office.price("电费", ELECTRICITY_STEPS, false).expect("a price");
        for meter in &self.books.meters {
            let kind = if meter.is_water { MeterKind::Water } else { MeterKind::Electricity };
            let new = NewMeter { kind, ..water(UNITS[meter.unit].0, meter.number) };
            self.meters.push(self.office.meter(&new));
        }
        let read = |label: String| UNITS.iter().position(|one| one.0 == label).expect("a unit of the list");
        let labels = "SELECT label FROM unit ORDER BY id";
        let labels = self.office.app.db.read(|tx| tx.query(labels, &[], |row| row.take::<String>())).expect("units");
        self.unit_order = labels.into_iter().map(read).collect();
    }

    /// What the program calls it.
    fn item(&self, what: What) -> &'static str {
        match what {
            What::Fee => PROPERTY_FEE,
            What::Share(_) => "公摊电费",
            What::Usage(meter) if self.books.meters[meter].is_water => "水费",
            What::Usage(_) => "电费",
        }
    }

    /// What a receipt gave to each charge: item, month, principal, late fee.
    fn given(&self, number: usize) -> Vec<(String, Period, i64, i64)> {
        let sum = |entries: &[Entry]| entries.iter().filter(|one| one.by == By::Money(number)).map(|one| one.fen).sum();
        let given = |one: &Charge| (self.item(one.what).to_owned(), one.month, sum(&one.entries), sum(&one.late));
        let mut all: Vec<_> = self.books.charges.iter().filter(|one| one.live).map(given).collect();
        all.retain(|one| one.2 + one.3 > 0);
        all.sort();
        all
    }

    /// The live charge of the program that is meant.
    fn charge_id(&self, charge: usize) -> ChargeId {
        let one = &self.books.charges[charge];
        let item = self.item(one.what);
        let occurrence = if let What::Share(number) = one.what { number } else { 1 };
        let of = format!(
            "SELECT c.id FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
            JOIN fee_item i ON i.id = c.fee_item_id WHERE u.label = '{}' AND i.name = '{item}' AND c.live
            AND c.period = '{}' AND c.occurrence = {occurrence}",
            UNITS[one.unit].0, one.month
        );
        self.office.app.db.read(|tx| tx.query_one("charge", &of, &[], |row| row.take())).expect("a charge")
    }

    fn last_receipt(&self) -> ReceiptId {
        let last = "SELECT id FROM receipt ORDER BY seq DESC LIMIT 1";
        self.office.app.db.read(|tx| tx.query_one("receipt", last, &[], |row| row.take())).expect("a receipt")
    }

    /// The number of a new receipt.
    fn number(&mut self, id: ReceiptId) -> usize {
        self.numbers += 1;
        self.ids.insert(self.numbers, id);
        self.numbers
    }

    pub(super) fn pay(&mut self, place: usize, (fen, off): (i64, i64), named: &[usize]) {
        let request = ReceiptRequest {
            community: COMMUNITY.to_owned(),
            unit: unit(UNITS[place].0),
            amount: Fen::new(fen),
            received_on: self.books.today,
            method: "transfer".to_owned(),
            designated: named.iter().map(|one| self.charge_id(*one)).collect(),
            key: None,
            remark: String::new(),
        };
        let desk = AtTheDesk { round_off: Fen::new(off), ..AtTheDesk::default() };
        let report = take_at_desk(&self.office.app, &Actor::local_operator(), &request, &desk).expect("taken");
        let number = self.number(report.id);
        self.books.pay(number, (place, fen, off), named, Origin::Paid);
        assert_eq!(report.prepaid.get(), self.books.receipts[&number].put_by, "put by of {request:?}");
        let line = |one: &AllocationLine| (one.item.clone(), one.period, one.principal.get(), one.late_fee.get());
        let mut lines: Vec<_> = report.allocations.iter().map(line).collect();
        lines.sort();
        assert_eq!(lines, self.given(number), "{request:?}");
    }

    pub(super) fn reverse(&mut self, number: usize) {
        let (community, receipt, reason) = (COMMUNITY.to_owned(), self.ids[&number], "录错户号".to_owned());
        let request = ReverseRequest { community, receipt, reason };
        let done = reverse_receipt(&self.office.app, &Actor::local_operator(), &request);
        assert_eq!(done.is_ok(), self.books.reverse(number), "{done:?}");
        assert!(done.is_ok() || is_refused(&done), "{done:?}");
    }

    pub(super) fn let_off(&mut self, place: usize, late: bool, fen: i64) {
        let live: Vec<usize> = (0..self.books.charges.len()).filter(|one| self.books.charges[*one].live).collect();
        let charge = live[place % live.len()];
        let (part, kind) = (if late { Part::LateFee } else { Part::Principal }, AdjustmentKind::Waiver);
        let request = AdjustRequest { charge: self.charge_id(charge), part, kind, amount: Fen::new(fen) };
        let done = self.office.two_people(&Asked::Adjustment(request), "协商减免");
        assert_eq!(done.is_ok(), self.books.let_off(charge, late, fen), "{done:?}");
        assert!(done.is_ok() || is_refused(&done), "{done:?}");
    }

    pub(super) fn give_back(&mut self, of: usize, fen: i64) {
        let request = RefundRequest { receipt: self.ids[&of], amount: Fen::new(fen), method: None };
        let done = self.office.two_people(&Asked::Refund(request), "退租");
        let number = self.numbers + 1;
        let expected = self.books.give_back((number, of), fen);
        assert_eq!(done.is_ok(), expected.is_some(), "{done:?}");
        assert!(done.is_ok() || is_refused(&done), "{done:?}");
        if expected == Some(false) {
            let id = self.last_receipt();
            self.number(id);
        }
    }

    pub(super) fn move_on(&mut self, of: usize, to: usize, fen: i64) {
        let request = TransferRequest {
            community: COMMUNITY.to_owned(),
            receipt: self.ids[&of],
            to: unit(UNITS[to].0),
            amount: Fen::new(fen),
        };
        let done = transfer(&self.office.app, &Actor::local_operator(), &request);
        let number = self.numbers + 1;
        assert_eq!(done.is_ok(), self.books.move_on((number, of), to, fen), "{done:?}");
        assert!(done.is_ok() || is_refused(&done), "{done:?}");
        if let Ok(report) = done {
            self.number(report.id);
            assert_eq!(report.prepaid.get(), self.books.receipts[&number].put_by, "put by of {request:?}");
        }
    }

    pub(super) fn rebill(&mut self, place: usize, months: i32, cents: i64) {
        let first = month("2026-12");
        let billed = first.months_until(self.books.next_month);
        if billed == 0 {
            return;
        }
        let from = first.plus_months(u32::try_from((billed - months).max(0)).expect("months"));
        let price = format!("{}.{:02}", cents / 100, cents % 100);
        let request = self.office.price_fix(UNITS[place].0, &from.to_string(), &price);
        let done = self.office.two_people(&Asked::Rebill(request), "单价录错");
        assert_eq!(done.is_ok(), self.books.rebill(place, from, cents), "{done:?}");
        assert!(done.is_ok() || is_refused(&done), "{done:?}");
    }

    pub(super) fn read(&mut self, meter: usize, used: i64, estimated: bool) {
        let (one, period) = (self.books.meters[meter], Period::of(self.books.today));
        let shows = one.real + used;
        let reading = NewReading {
            meter: self.meters[meter],
            value: MeterValue::from_stored(shows),
            estimated,
            rolled_over: false,
        };
        let request = ReadingsRequest {
            period,
            read_on: self.books.today,
            reader: "小周".to_owned(),
            photo_sha256: None,
            readings: vec![reading],
        };
        let (app, actor) = (&self.office.app, Actor::local_operator());
        let done = record_readings(app, &actor, COMMUNITY, &request);
        assert_eq!(done.is_ok(), self.books.read(meter, shows, estimated), "{done:?}");
        if done.is_ok() {
            let kind = if one.is_water { MeterKind::Water } else { MeterKind::Electricity };
            let request = UsageRequest { kind, period, accept: vec![self.meters[meter]], dry_run: false };
            let report = confirm_usage(app, &actor, COMMUNITY, &request).expect("confirmed");
            let amounts: Vec<i64> = report.rows.iter().map(|row| row.amount.get()).collect();
            assert_eq!(amounts, [self.books.usages.last().expect("a usage").amount], "{report:?}");
        }
    }

    pub(super) fn share(&mut self, fen: i64, by_area: bool) {
        let period = Period::of(self.books.today);
        let method = if by_area {
            ShareMethod::Area
        } else {
            ShareMethod::Household { vacant_weight: Factor::parse("0.7").expect("a factor") }
        };
        let invoice = format!("发票 {}", self.books.pools.values().sum::<i64>());
        let request = cost(&period.to_string(), &Fen::new(fen).to_string(), method);
        self.office.share(&CostRequest { invoice, ..request }).expect("shared");
        self.books.share(fen, by_area, &self.unit_order);
    }

    pub(super) fn take_deposit(&self, place: usize, fen: i64) -> DepositId {
        let new = NewDeposit {
            unit: unit(UNITS[place].0),
            kind: "装修押金".to_owned(),
            amount: Fen::new(fen),
            taken_on: self.books.today,
            method: "cash".to_owned(),
            remark: String::new(),
        };
        take_deposit(&self.office.app, &Actor::local_operator(), COMMUNITY, &new).expect("taken")
    }

    pub(super) fn end_deposit(&mut self, place: usize, keeps: bool, fen: i64) {
        let (deposit, amount) = (self.deposits[place], Fen::new(fen));
        let done = if keeps {
            let asked = Asked::DepositDeduction(DeductionRequest { deposit, amount });
            self.office.two_people(&asked, "墙面破损").map(|_| ())
        } else {
            let (method, reason) = ("cash".to_owned(), "验收合格".to_owned());
            let back = DepositReturn { deposit, amount, method, reason };
            return_deposit(&self.office.app, &Actor::local_operator(), COMMUNITY, &back)
        };
        assert_eq!(done.is_ok(), self.books.end_deposit(place, keeps, fen), "{done:?}");
        assert!(done.is_ok() || is_refused(&done), "{done:?}");
    }
}
