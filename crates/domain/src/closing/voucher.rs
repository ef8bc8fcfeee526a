//! Vouchers (记账凭证) of a month for the general ledger: what its figures come to in the accounts of a chart.
//!
//! All money goes through 预收账款: it is received there, and pays 应收账款 from there. So the turnover of both accounts is that of the
//! roll-forwards, to the fen. Late fee is income when it is received (nobody owes it in the books before). Income is split into net
//! and output tax at the rate of its fee item; what is collected for a supplier (代收代缴) is 其他应付款 instead. Deposits are 其他应付款 until they are given back; what two people keep for a damage is
//! 营业外收入 without tax, for a compensation is no sale (增值税法 3). Every voucher balances.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::deposits::DepositLine;
use super::figures::MonthFigures;
use super::movement::{Cell, MethodLine};
use crate::Fen;
use crate::billing::vat::split_vat;
use crate::ids::FeeItemId;

/// An account of the general ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its code (科目编码).
    pub code: String,
    /// Its name.
    pub name: String,
}

/// Which accounts the company uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chart {
    /// 库存现金.
    pub cash: Account,
    /// 银行存款: cards, transfers.
    pub bank: Account,
    /// 其他货币资金: WeChat, Alipay, QR.
    pub platform: Account,
    /// 应收账款.
    pub receivable: Account,
    /// 预收账款.
    pub prepaid: Account,
    /// 其他应付款, deposits.
    pub deposits: Account,
    /// 其他应付款, what is collected for suppliers.
    pub collected: Account,
    /// 主营业务收入.
    pub revenue: Account,
    /// 应交税费, output tax.
    pub output_tax: Account,
    /// 营业外收入: late fees.
    pub other_income: Account,
    /// What balances and receipts brought in by an import stand against.
    pub opening: Account,
}

impl Default for Chart {
    /// The codes of 企业会计准则.
    fn default() -> Self {
        let account = |code: &str, name: &str| Account { code: code.to_owned(), name: name.to_owned() };
        Self {
            cash: account("1001", "库存现金"),
            bank: account("1002", "银行存款"),
            platform: account("1012", "其他货币资金"),
            receivable: account("1122", "应收账款"),
            prepaid: account("2203", "预收账款"),
            deposits: account("224101", "其他应付款-押金"),
            collected: account("224102", "其他应付款-代收代缴"),
            revenue: account("6001", "主营业务收入"),
            output_tax: account("22210106", "应交税费-应交增值税（销项税额）"),
            other_income: account("6301", "营业外收入"),
            opening: account("410415", "利润分配-未分配利润"),
        }
    }
}

impl Chart {
    /// Every account, in the order of its fields.
    #[must_use]
    pub fn accounts(&self) -> [&Account; 11] {
        [
            &self.cash,
            &self.bank,
            &self.platform,
            &self.receivable,
            &self.prepaid,
            &self.deposits,
            &self.collected,
            &self.revenue,
            &self.output_tax,
            &self.other_income,
            &self.opening,
        ]
    }

    fn of_method(&self, method: &str) -> &Account {
        match method {
            "cash" => &self.cash,
            "wechat" | "alipay" | "qr" => &self.platform,
            "opening" => &self.opening,
            _ => &self.bank,
        }
    }
}

/// A line of a voucher (分录). One of both amounts is zero; a negative one is written in red.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoucherLine {
    /// 摘要.
    pub summary: String,
    /// 科目.
    pub account: Account,
    /// The fee item or way of paying it is about (辅助核算); may be empty.
    pub about: String,
    /// 借方.
    pub debit: Fen,
    /// 贷方.
    pub credit: Fen,
}

/// A voucher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Voucher {
    /// Its number within the export, from 1.
    pub number: u32,
    /// The last day of the month.
    pub date: NaiveDate,
    /// Its lines; debits and credits come to the same.
    pub lines: Vec<VoucherLine>,
}

impl Voucher {
    /// Debits and credits.
    #[must_use]
    pub fn sums(&self) -> (Fen, Fen) {
        (self.lines.iter().map(|line| line.debit).sum(), self.lines.iter().map(|line| line.credit).sum())
    }
}

/// What the charges of a fee item are in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booking {
    /// Income, taxed at this rate.
    Income(Decimal),
    /// Money of a supplier: neither income nor taxed.
    Collected,
}

struct Writer<'a> {
    figures: &'a MonthFigures,
    chart: &'a Chart,
    booking: &'a dyn Fn(FeeItemId) -> Booking,
    vouchers: Vec<Voucher>,
}

/// The vouchers of a month; `booking` tells what the charges of a fee item are. What moved nothing has no voucher.
#[must_use]
pub fn vouchers(figures: &MonthFigures, chart: &Chart, booking: &dyn Fn(FeeItemId) -> Booking) -> Vec<Voucher> {
    let mut writer = Writer { figures, chart, booking, vouchers: Vec::new() };
    writer.income("计提", |cell| cell.receivable.billed);
    writer.income("冲红", |cell| -cell.receivable.reversed);
    writer.income("减免更正", |cell| -cell.receivable.reduced);
    writer.brought_in();
    writer.money("收款", |line| line.received - line.reversed);
    writer.money("退款", |line| -line.refunded);
    writer.applied();
    writer.deposits();
    writer.vouchers
}

impl Writer<'_> {
    fn push(&mut self, lines: Vec<VoucherLine>) {
        if !lines.is_empty() {
            let number = u32::try_from(self.vouchers.len()).unwrap_or(u32::MAX) + 1;
            self.vouchers.push(Voucher { number, date: self.figures.month.last_day(), lines });
        }
    }

    fn line(&self, what: &str, account: &Account, about: &str, (debit, credit): (Fen, Fen)) -> Option<VoucherLine> {
        let summary = format!("{} {what}{about}", self.figures.month);
        let moved = !debit.is_zero() || !credit.is_zero();
        moved.then(|| VoucherLine { summary, account: account.clone(), about: about.to_owned(), debit, credit })
    }

    /// Sums per fee item, in the order of their names.
    fn per_item(&self, pick: impl Fn(&Cell) -> Fen) -> Vec<(FeeItemId, String, Fen)> {
        let mut sums: Vec<(FeeItemId, String, Fen)> = Vec::new();
        for cell in &self.figures.cells {
            match sums.iter_mut().find(|(item, ..)| *item == cell.spot.item) {
                Some((.., sum)) => *sum += pick(cell),
                None => sums.push((cell.spot.item, cell.item_name.clone(), pick(cell))),
            }
        }
        sums.retain(|(.., sum)| !sum.is_zero());
        sums
    }

    /// Net and tax credited for a gross amount; without a rate, all of it.
    fn taxed(&self, one: &(FeeItemId, String, Fen), what: &str, to: &Account) -> Vec<VoucherLine> {
        let (item, name, gross) = one;
        let parts = match (self.booking)(*item) {
            Booking::Income(rate) => split_vat(*gross, rate),
            Booking::Collected => None,
        };
        let (net, tax) = parts.map_or((*gross, Fen::ZERO), |one| (one.net, one.tax));
        let net = self.line(what, to, name, (Fen::ZERO, net));
        let tax = self.line(what, &self.chart.output_tax, name, (Fen::ZERO, tax));
        net.into_iter().chain(tax).collect()
    }

    fn income(&mut self, what: &str, pick: impl Fn(&Cell) -> Fen) {
        let sums = self.per_item(pick);
        let debit =
            |one: &(FeeItemId, String, Fen)| self.line(what, &self.chart.receivable, &one.1, (one.2, Fen::ZERO));
        let debits = sums.iter().filter_map(debit);
        let to = |item| match (self.booking)(item) {
            Booking::Income(_) => &self.chart.revenue,
            Booking::Collected => &self.chart.collected,
        };
        let credits = sums.iter().flat_map(|one| self.taxed(one, what, to(one.0)));
        let lines = debits.chain(credits).collect();
        self.push(lines);
    }

    fn brought_in(&mut self) {
        let sums = self.per_item(|cell| cell.receivable.brought_in);
        let pair = |(_, name, amount): &(FeeItemId, String, Fen)| {
            let debit = self.line("导入期初", &self.chart.receivable, name, (*amount, Fen::ZERO));
            let credit = self.line("导入期初", &self.chart.opening, name, (Fen::ZERO, *amount));
            debit.into_iter().chain(credit)
        };
        let lines = sums.iter().flat_map(pair).collect();
        self.push(lines);
    }

    fn money(&mut self, what: &str, pick: impl Fn(&MethodLine) -> Fen) {
        let received = &self.figures.received;
        let debit = |one: &MethodLine| {
            self.line(what, self.chart.of_method(&one.method), method_name(&one.method), (pick(one), Fen::ZERO))
        };
        let whole: Fen = received.iter().map(&pick).sum();
        let credit = self.line(what, &self.chart.prepaid, "", (Fen::ZERO, whole));
        let lines = received.iter().filter_map(debit).chain(credit).collect();
        self.push(lines);
    }

    /// What prepaid money paid: receivables, and late fees, which become income.
    fn applied(&mut self) {
        let what = "冲抵";
        let debit = self.line(what, &self.chart.prepaid, "", (self.figures.prepaid.applied, Fen::ZERO));
        let principal = self.per_item(|cell| cell.receivable.paid);
        let credit =
            |one: &(FeeItemId, String, Fen)| self.line(what, &self.chart.receivable, &one.1, (Fen::ZERO, one.2));
        let late_fees = self.per_item(|cell| cell.late_fee.paid);
        let income = late_fees.iter().flat_map(|one| self.taxed(one, "违约金 ", &self.chart.other_income));
        let lines = debit.into_iter().chain(principal.iter().filter_map(credit)).chain(income).collect();
        self.push(lines);
    }

    /// Taken, given back, kept.
    fn deposits(&mut self) {
        let (moved, liability) = (&self.figures.deposits, &self.chart.deposits);
        let money = |what: &str, one: &DepositLine, sides: (Fen, Fen)| {
            self.line(what, self.chart.of_method(&one.method), method_name(&one.method), sides)
        };
        let debits = moved.methods.iter().filter_map(|one| money("收押金", one, (one.taken, Fen::ZERO)));
        let taken = debits.chain(self.line("收押金", liability, "", (Fen::ZERO, moved.taken))).collect();
        let credits = moved.methods.iter().filter_map(|one| money("退押金", one, (Fen::ZERO, one.returned)));
        let returned =
            self.line("退押金", liability, "", (moved.returned, Fen::ZERO)).into_iter().chain(credits).collect();
        let kept = self.line("扣押金", liability, "", (moved.deducted, Fen::ZERO));
        let income = self.line("扣押金", &self.chart.other_income, "", (Fen::ZERO, moved.deducted));
        let deducted = kept.into_iter().chain(income).collect();
        for lines in [taken, returned, deducted] {
            self.push(lines);
        }
    }
}

/// The Chinese name of a way to pay, as papers and vouchers print it.
#[must_use]
pub fn method_name(method: &str) -> &'static str {
    match method {
        "cash" => "现金",
        "card" => "刷卡",
        "transfer" => "转账",
        "wechat" => "微信",
        "alipay" => "支付宝",
        "qr" => "扫码",
        "opening" => "期初",
        _ => "其他",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::Period;
    use crate::closing::{DepositMoves, Movement, Movements, Spot, What};
    use crate::ids::BuildingId;
    use crate::ledger::adjustment::AdjustmentKind;

    fn turnover(vouchers: &[Voucher], account: &Account) -> Fen {
        let lines = vouchers.iter().flat_map(|one| &one.lines).filter(|line| line.account == *account);
        lines.map(|line| line.debit - line.credit).sum()
    }

    proptest! {
        #[test]
        fn every_voucher_balances_and_the_accounts_turn_over_as_the_balances_roll(
            facts in prop::collection::vec((1_u128..4, 0_usize..7, 1_i64..1_000_000), 1..30),
            (received, reversed, refunded) in (0_i64..9_000_000, 0_i64..9_000, 0_i64..9_000),
            (taken, returned, deducted) in (0_i64..9_000_000, 0_i64..9_000, 0_i64..9_000),
        ) {
            let kinds = [What::Billed, What::BroughtIn, What::Reversed, What::Paid, What::Assessed, What::LateFeePaid,
                What::Reduced(AdjustmentKind::Waiver)];
            let building = BuildingId::from(Uuid::from_u128(9));
            let moved = |(item, kind, fen): &(u128, usize, i64)| {
                let amount = if kinds[*kind] == What::Reversed { Fen::new(-fen) } else { Fen::new(*fen) };
                Movement { spot: Spot { item: FeeItemId::from(Uuid::from_u128(*item)), building }, what: kinds[*kind], amount }
            };
            let line = MethodLine { method: "wechat".to_owned(), received: Fen::new(received), reversed: Fen::new(reversed), refunded: Fen::new(refunded) };
            let mut deposits = DepositMoves { deducted: Fen::new(deducted), ..DepositMoves::default() };
            deposits.line("wechat").taken += Fen::new(taken);
            deposits.line("cash").returned += Fen::new(returned);
            let within = Movements { on_charges: facts.iter().map(moved).collect(), receipts: vec![line], deposits };
            let month = Period::parse("2026-10").expect("a month");
            let mut figures = MonthFigures::first(month, &Movements::default(), &within);
            figures.set_names(|spot| spot.item.to_string(), |_| "1".to_owned());
            let chart = Chart::default();
            let water = FeeItemId::from(Uuid::from_u128(1));
            let booking = |item| if item == water { Booking::Collected } else { Booking::Income(Decimal::new(6, 2)) };
            let all = vouchers(&figures, &chart, &booking);
            for one in &all {
                let (debit, credit) = one.sums();
                prop_assert_eq!(debit, credit, "voucher {}", one.number);
                prop_assert!(one.lines.iter().all(|line| line.debit.is_zero() != line.credit.is_zero()));
            }
            let (receivable, prepaid) = (&figures.receivable, &figures.prepaid);
            prop_assert_eq!(turnover(&all, &chart.receivable), receivable.closing - receivable.opening);
            prop_assert_eq!(-turnover(&all, &chart.prepaid), prepaid.closing - prepaid.opening);
            let of_water = figures.cells.iter().filter(|cell| cell.spot.item == water).map(|cell| &cell.receivable);
            let collected: Fen = of_water.map(|r| r.billed - r.reversed - r.reduced).sum();
            prop_assert_eq!(-turnover(&all, &chart.collected), collected, "to the fen, without tax");
            let kept = &figures.deposits;
            prop_assert_eq!(-turnover(&all, &chart.deposits), kept.closing - kept.opening);
            prop_assert_eq!(turnover(&all, &chart.platform), figures.received.iter().map(MethodLine::net).sum::<Fen>() + kept.taken);
            prop_assert_eq!(turnover(&all, &chart.cash), -kept.returned);
        }
    }

    #[test]
    fn a_month_in_which_nothing_moved_has_no_voucher() {
        let month = Period::parse("2026-10").expect("a month");
        let figures = MonthFigures::first(month, &Movements::default(), &Movements::default());
        assert_eq!(vouchers(&figures, &Chart::default(), &|_| Booking::Collected), []);
    }
}
