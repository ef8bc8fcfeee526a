//! What happens in a community on a day.

use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate};
use hemu_app::arrears::{ArrearsRow, arrears_report};
use hemu_app::billing::{BillRequest, find_community, issue_bills};
use hemu_app::collection::work::{ContactRequest, complete_task, list_open_tasks, open_hold, record_contact};
use hemu_app::collection::{RunRequest, dispatch, run_collection};
use hemu_app::import::{ImportRequest, import_spreadsheet};
use hemu_app::ledger::{ReceiptRequest, take_receipt};
use hemu_app::legal::{DemandRequest, make_demand};
use hemu_app::{Actor, App, Refusal, gateways};
use hemu_domain::collection::Policy;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_domain::{Fen, Period, UnitLabel};

use super::cast::{self, Dice, Home, Temper};

/// A community of the example and what has happened in it.
pub struct Office {
    name: String,
    id: CommunityId,
    dice: Dice,
    tempers: HashMap<UnitLabel, Temper>,
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
        actor: &Actor,
        name: &str,
        homes: u32,
        seed: u64,
        first: NaiveDate,
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
        let report = import_spreadsheet(app, actor, &request)?;
        let temper = |home: Home| UnitLabel::parse(&home.unit).ok().map(|unit| (unit, home.temper));
        Ok(Self {
            name: name.to_owned(),
            id: find_community(app, name)?,
            dice,
            tempers: cast.into_iter().filter_map(temper).collect(),
            policy: Policy::v1(),
            homes: i64::try_from(report.units).unwrap_or(0),
            bills: 0,
            receipts: 0,
            messages: 0,
            tasks: 0,
        })
    }

    /// One day.
    pub fn live(&mut self, app: &App, actor: &Actor, day: NaiveDate) -> Result<(), Refusal> {
        app.clock.set(day, 9, 0);
        if day.day() == 1 {
            let request = BillRequest { community: self.name.clone(), period: Period::of(day), dry_run: false };
            self.bills += issue_bills(app, actor, &request)?.bills;
        }
        // People pay on a few days of the month; the rest of the days bring nothing new.
        if matches!(day.day(), 5 | 12 | 20 | 28) {
            self.pay(app, actor, day)?;
        }
        if i64::from(day.num_days_from_ce()) % RUN_EVERY == 0 {
            app.clock.set(day, 10, 0);
            let request = RunRequest { community: self.id, as_of: day, dry_run: false };
            run_collection(app, actor, &self.policy, &request)?;
            let ways = gateways::file_only(app);
            self.messages += dispatch(app, actor, self.id, &ways, &self.policy)?.sent;
            self.work(app, actor, day)?;
        }
        Ok(())
    }

    fn pay(&mut self, app: &App, actor: &Actor, day: NaiveDate) -> Result<(), Refusal> {
        // What is due by the end of the month is on the bill already, so the list looks ahead to it.
        let month_end = Period::of(day).last_day();
        for row in arrears_report(app, actor, &self.name, month_end)?.rows {
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
                take_receipt(app, actor, &request)?;
                self.receipts += 1;
            }
        }
        Ok(())
    }

    /// What a payer with this debt pays today.
    fn amount(&mut self, row: &ArrearsRow, day: NaiveDate) -> Fen {
        let all = row.principal + row.late_fee;
        let months = row.periods.len();
        match self.tempers.get(&row.unit).copied().unwrap_or(Temper::Prompt) {
            Temper::Prompt => all,
            Temper::Forgetful if months >= 2 || self.dice.roll(3) == 0 => all,
            Temper::InBulk if months >= 6 => all,
            Temper::Hardship if months >= 5 && day.day() == 20 => Fen::new(all.get() / 2),
            Temper::Dissatisfied if months >= 8 => all,
            Temper::Forgetful | Temper::InBulk | Temper::Hardship | Temper::Dissatisfied | Temper::Wilful => Fen::ZERO,
        }
    }

    /// Staff do what the plan gave them.
    fn work(&mut self, app: &App, actor: &Actor, day: NaiveDate) -> Result<(), Refusal> {
        for task in list_open_tasks(app, actor, self.id)? {
            if task.due_on > day {
                continue;
            }
            self.tasks += 1;
            match (task.kind.as_str(), task.case_id) {
                ("call" | "visit" | "senior_talk", Some(case)) => {
                    let channel = if task.kind == "visit" { "visit" } else { "phone" };
                    self.talk(app, actor, (case, task.id), channel, task.unit.as_ref(), day)?;
                }
                ("serve_letter", Some(_)) => {
                    if let Some(unit) = &task.unit {
                        let request = DemandRequest { community: self.name.clone(), unit: unit.clone(), issue: true };
                        match make_demand(app, actor, &request) {
                            Ok(_) | Err(Refusal::Conflict(_) | Refusal::Gated { .. }) => {}
                            Err(error) => return Err(error),
                        }
                    }
                    complete_task(app, actor, self.id, task.id, "已送达")?;
                }
                _ => complete_task(app, actor, self.id, task.id, "已核实")?,
            }
        }
        Ok(())
    }

    fn talk(
        &mut self,
        app: &App,
        actor: &Actor,
        (case, task): (CaseId, hemu_domain::ids::TaskId),
        channel: &str,
        unit: Option<&UnitLabel>,
        day: NaiveDate,
    ) -> Result<(), Refusal> {
        let temper = unit.and_then(|unit| self.tempers.get(unit)).copied().unwrap_or(Temper::Forgetful);
        let reached = self.dice.roll(4) != 0;
        let (outcome, cause, attitude) = match temper {
            _ if !reached => (ContactOutcome::NoAnswer, None, Attitude::Unknown),
            Temper::Hardship => (ContactOutcome::ReachedPromise, Some(Cause::Hard), Attitude::Cooperative),
            Temper::Dissatisfied => (ContactOutcome::ReachedDispute, Some(Cause::Service), Attitude::Resistant),
            Temper::Wilful => (ContactOutcome::ReachedRefuse, Some(Cause::Wilful), Attitude::Refusing),
            Temper::InBulk => (ContactOutcome::ReachedTalk, Some(Cause::Away), Attitude::Cooperative),
            Temper::Prompt | Temper::Forgetful => {
                (ContactOutcome::ReachedPromise, Some(Cause::Forget), Attitude::Cooperative)
            }
        };
        let in_ten_days = day.checked_add_days(Days::new(10)).unwrap_or(day);
        let promise = (outcome == ContactOutcome::ReachedPromise).then_some((Fen::new(20_000), in_ten_days));
        let request = ContactRequest {
            community: self.id,
            case,
            task: Some(task),
            channel: channel.to_owned(),
            outcome,
            cause,
            attitude,
            note: "示例记录".to_owned(),
            promise,
            next_step: "到期回访".to_owned(),
            next_on: Some(in_ten_days),
        };
        record_contact(app, actor, &request)?;
        if temper == Temper::Dissatisfied && reached && self.dice.roll(3) == 0 {
            let reason = "业主反映电梯故障，维修答复前暂缓";
            open_hold(app, actor, self.id, Some(case), HoldKind::ServiceDispute, reason, in_ten_days)?;
        }
        Ok(())
    }
}
