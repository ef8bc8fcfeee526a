//! What happens in a community on a day.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike, NaiveDate};
use hemu_app::arrears::ArrearsRow;
use hemu_app::billing::publish::publish_bills;
use hemu_app::billing::{BillRequest, find_community, issue_bills};
use hemu_app::closing::{CloseRequest, close_month};
use hemu_app::collection::{RunRequest, dispatch, run_collection};
use hemu_app::import::{ImportRequest, import_spreadsheet};
use hemu_app::ledger::ReceiptRequest;
use hemu_app::registry::communities::{CommunityDetails, save_community};
use hemu_app::tariff::{ContractTerms, set_contract};
use hemu_app::{App, Refusal};
use hemu_domain::arrears::late_fee_rule::{DayBasis, LateFeeStart};
use hemu_domain::collection::Policy;
use hemu_domain::ids::{CommunityId, HoldId, PartyId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::tariff::due::DueRule;
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_domain::{DailyRate, Fen, Period, UnitLabel};

use super::cast::{self, Dice, Home, Temper};
use super::meters::WaterMeter;
use super::papers;
use super::provider;
use super::staff::Staff;

/// A community of the example and what has happened in it.
pub struct Office {
    pub(super) name: String,
    pub(super) id: CommunityId,
    pub(super) dice: Dice,
    pub(super) tempers: HashMap<UnitLabel, Temper>,
    pub(super) staff: Staff,
    /// Whether its contract has a late-fee clause.
    pub(super) has_late_fee: bool,
    /// The last day of the example.
    pub(super) last: NaiveDate,
    /// Holds that staff opened, with the day they are looked at again.
    pub(super) holds: Vec<(HoldId, NaiveDate)>,
    /// What was promised for a unit and not paid yet.
    pub(super) promised: HashMap<UnitLabel, Fen>,
    /// Owners who sold.
    pub(super) former: HashSet<PartyId>,
    /// Whether a case went to law.
    pub(super) is_sued: bool,
    /// The water meters, where the community collects for the waterworks.
    pub(super) meters: Vec<WaterMeter>,
    /// Shifts that were closed.
    pub(super) closings: u32,
    policy: Policy,
    /// Homes.
    pub homes: i64,
    /// Bills issued.
    pub bills: i64,
    /// Payments taken.
    pub receipts: i64,
    /// Messages sent.
    pub messages: i64,
    /// Tasks done.
    pub tasks: i64,
}

/// Collection runs every so many days.
const RUN_EVERY: i64 = 3;

impl Office {
    /// Opens the office: its spreadsheet goes in.
    pub fn open(
        app: &App,
        staff: &Staff,
        name: &str,
        homes: u32,
        seed: u64,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<Self, Refusal> {
        let mut dice = Dice::new(seed);
        let paid_through = Period::of(first).previous().previous();
        let price = if seed.is_multiple_of(2) { "1.80" } else { "2.35" };
        let (cast, list) = cast::community(&mut dice, homes, &paid_through.to_string(), price);
        let request = ImportRequest {
            file_name: "业主台账.csv".to_owned(),
            bytes: list.into_bytes(),
            community: name.to_owned(),
            as_of: first,
            map: Vec::new(),
            dry_run: false,
        };
        let report = import_spreadsheet(app, &staff.manager, &request)?;
        let details = CommunityDetails {
            name: name.to_owned(),
            company_name: "和睦物业服务有限公司".to_owned(),
            address: format!("示例市示例区{name}"),
            service_phone: "0571-00000000".to_owned(),
            pay_account: "物业服务中心收费台，或账单上的二维码".to_owned(),
            region: String::new(),
        };
        save_community(app, &staff.manager, &details)?;
        agree_contract(app, staff, name, seed)?;
        let temper = |home: Home| UnitLabel::parse(&home.unit).ok().map(|unit| (unit, home.temper));
        let mut office = Self {
            name: name.to_owned(),
            id: find_community(app, name)?,
            dice,
            tempers: cast.into_iter().filter_map(temper).collect(),
            has_late_fee: seed.is_multiple_of(2),
            last,
            holds: Vec::new(),
            promised: HashMap::new(),
            former: HashSet::new(),
            is_sued: false,
            meters: Vec::new(),
            closings: 0,
            policy: Policy::v1(),
            staff: staff.clone(),
            homes: i64::try_from(report.units).unwrap_or(0),
            bills: 0,
            receipts: 0,
            messages: 0,
            tasks: 0,
        };
        office.get_to_know(app, first)?;
        office.hang_meters(app, first)?;
        office.share_out(app)?;
        Ok(office)
    }

    /// One day.
    pub fn live(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        app.clock.set(day, 9, 0);
        if day.day() == 1 {
            let request = BillRequest { community: self.name.clone(), period: Period::of(day), dry_run: false };
            self.bills += issue_bills(app, &self.staff.accountant, &request)?.bills;
            publish_bills(app, &self.staff.accountant, &self.name, Period::of(day))?;
        }
        if day.day() == 3 {
            let who = (&self.staff.accountant, &self.staff.engineer);
            papers::keep_up(app, who, (&self.name, self.id), day)?;
        }
        // The books of the month before are closed once what came late is in.
        if day.day() == 6 {
            let month = Period::of(day).previous();
            let request = CloseRequest { community: self.name.clone(), month, dry_run: false };
            close_month(app, &self.staff.accountant, &request)?;
        }
        self.happen(app, day)?;
        self.read_meters(app, day)?;
        // People pay on a few days of the month; the rest of the days bring nothing new.
        let pays = matches!(day.day(), 5 | 12 | 20 | 28);
        if pays {
            self.open_desk(app)?;
            self.pay(app, day)?;
        }
        if i64::from(day.num_days_from_ce()) % RUN_EVERY == 0 {
            app.clock.set(day, 10, 0);
            let request = RunRequest { community: self.id, as_of: day, dry_run: false };
            run_collection(app, &self.staff.manager, &self.policy, &request)?;
            let ways = provider::gateways(app);
            self.messages += dispatch(app, &self.staff.manager, self.id, &ways, &self.policy)?.sent;
            self.work(app, day)?;
        }
        self.reconcile(app, day)?;
        if pays { self.close_desk(app, day) } else { Ok(()) }
    }

    fn pay(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        // What is due by the end of the month is on the bill already, so the list looks ahead to it.
        let month_end = Period::of(day).last_day();
        for row in self.payers(app, month_end)? {
            let amount = self.amount(&row, day);
            if amount.is_positive() {
                let method = ["wechat", "alipay", "cash", "transfer"][usize::try_from(self.dice.roll(4)).unwrap_or(0)];
                let request = ReceiptRequest {
                    community: self.name.clone(),
                    unit: row.unit.clone(),
                    amount,
                    received_on: day,
                    method: method.to_owned(),
                    designated: Vec::new(),
                    key: Some(format!("{}-{}-{day}", self.name, row.unit)),
                    remark: String::new(),
                };
                self.take(app, &request)?;
            }
        }
        Ok(())
    }

    /// What a payer with this debt pays today.
    fn amount(&mut self, row: &ArrearsRow, day: NaiveDate) -> Fen {
        let all = row.principal + row.late_fee;
        let months = row.periods.len();
        if let Some(amount) = self.keeps_promise(row) {
            return amount.min(all);
        }
        let part = |of: i64| Fen::new(all.get() * of / 10);
        match self.tempers.get(&row.unit).copied().unwrap_or(Temper::Prompt) {
            // Some pay a little ahead, and it is put by.
            Temper::Prompt if self.dice.roll(50) == 0 => all + Fen::new(50_000),
            Temper::Prompt => all,
            Temper::Forgetful if months >= 2 || self.dice.roll(3) == 0 => all,
            Temper::InBulk if months >= 6 => all,
            Temper::LetOut if months >= 5 => all,
            Temper::Hardship if months >= 5 && day.day() == 20 => part(5),
            Temper::Slow if months >= 4 && day.day() == 28 => part(4),
            Temper::Dissatisfied if months >= 8 => all,
            Temper::Disputes | Temper::EmptyHome if months >= 11 => all,
            Temper::Forgetful
            | Temper::InBulk
            | Temper::LetOut
            | Temper::Hardship
            | Temper::Slow
            | Temper::Dissatisfied
            | Temper::Disputes
            | Temper::EmptyHome
            | Temper::Wilful
            | Temper::Lost
            | Temper::Legacy
            | Temper::Crowd
            | Temper::Inherited
            | Temper::Seller => Fen::ZERO,
        }
    }
}

impl Office {
    /// What somebody who promised brings; most keep their word, those in need half the time.
    fn keeps_promise(&mut self, row: &ArrearsRow) -> Option<Fen> {
        let promised = self.promised.remove(&row.unit)?;
        let keeps = match self.tempers.get(&row.unit) {
            Some(Temper::Hardship | Temper::Crowd) => self.dice.roll(2) == 0,
            Some(Temper::Slow) => self.dice.roll(4) == 0,
            _ => self.dice.roll(6) != 0,
        };
        keeps.then_some(promised)
    }
}

/// Every other community has agreed a late fee; all display their fees.
fn agree_contract(app: &App, staff: &Staff, name: &str, seed: u64) -> Result<(), Refusal> {
    let agreed = seed.is_multiple_of(2);
    let terms = ContractTerms {
        name: format!("{name}物业服务合同"),
        number: String::new(),
        due_rule: DueRule::LastDayOfMonth,
        due_day: 31,
        late_fee_rate: agreed.then(|| DailyRate::from_stored(50_000)),
        late_fee_lpr: None,
        late_fee_day_basis: DayBasis::Days365,
        late_fee_grace_days: 0,
        late_fee_starts: LateFeeStart::AfterDue,
        late_fee_cap_percent: agreed.then_some(100),
        late_fee_clause: if agreed { "第十二条" } else { "" }.to_owned(),
        demand_days: 15,
        allocation_policy: AllocationPolicy::PrincipalFirst,
        rounding: RoundingChoice::MonthFirst,
    };
    set_contract(app, &staff.accountant, name, &terms)?;
    papers::put_on_file(app, &staff.accountant, name, find_community(app, name)?)
}
