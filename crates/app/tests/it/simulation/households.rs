//! What households and staff do in a few hours, through the use cases of the office.

use chrono::{Days, NaiveDate};
use hemu_app::Refusal;
use hemu_app::collection::holds::{HoldRequest, confirm_hold, open_hold, release_hold};
use hemu_app::collection::plans::{PlanRequest, decide_plan, propose_plan};
use hemu_app::collection::work::{ContactRequest, OpenTask, complete_task, list_open_tasks, record_contact};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::units::NewOwner;
use hemu_app::service::{About, Act, NewComplaint, act, take_complaint};
use hemu_domain::Fen;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, ChargeId, ComplaintId, TaskId};
use hemu_domain::service::{ComplaintKind, Finding, Priority, Remedy, Source};
use hemu_store::params;
use rand::Rng;
use rand::seq::IndexedRandom;

use super::estate::{Estate, HOMES, actor, label, phone};
use crate::history::second;
use crate::office::{COMMUNITY, unit};

/// So many things happen between two rounds of the outbox, at most.
const MOST_EVENTS: usize = 4;
const OUTCOMES: [ContactOutcome; 7] = [
    ContactOutcome::ReachedPromise,
    ContactOutcome::ReachedTalk,
    ContactOutcome::ReachedRefuse,
    ContactOutcome::ReachedDispute,
    ContactOutcome::NoAnswer,
    ContactOutcome::Off,
    ContactOutcome::ReachedWrongPerson,
];

impl Estate {
    /// A few hours of the estate.
    pub fn households(&self) {
        for _ in 0..self.draw(|random| random.random_range(0..=MOST_EVENTS)) {
            let home = self.draw(|random| random.random_range(0..HOMES));
            let what = self.draw(|random| random.random_range(0..100));
            let done = self.event(home, what);
            self.allow(done, what);
        }
        if self.happens(400) {
            self.staff();
        }
    }

    /// What people get wrong is refused, and refused in so many words; anything else is a fault.
    fn allow(&self, done: Result<(), Refusal>, what: usize) {
        match done {
            Ok(())
            | Err(Refusal::Conflict(_) | Refusal::InvalidInput { .. } | Refusal::NotFound(_) | Refusal::Gated { .. }) =>
                {}
            Err(other) => self.report(format!("event {what}: {other}")),
        }
    }

    fn event(&self, home: usize, what: usize) -> Result<(), Refusal> {
        let app = &self.office.app;
        match what {
            0..20 => self.pay(home, false),
            20..40 => self.pay(home, true),
            40..80 => match self.find_case(home) {
                Some(case) => self.contact(case, None, ["phone", "counter", "visit"][home % 3]),
                None => Ok(()),
            },
            80..87 => {
                let Some(case) = self.find_case(home) else { return Ok(()) };
                let kind = self.draw(|random| *HoldKind::ALL.choose(random).expect("there are kinds"));
                let of = HoldRequest::of(self.community(), (Some(case), kind), "业主说明", self.after(3));
                let request = HoldRequest { document: "证明".to_owned(), ..of };
                let id = open_hold(app, &actor(), &request)?;
                self.keep_hold(id);
                if kind.needs_second_person() && self.flip() {
                    self.keep_hold(confirm_hold(app, &second(), self.community(), id)?);
                }
                Ok(())
            }
            87..91 => {
                let Some(case) = self.find_case(home) else { return Ok(()) };
                self.complain(home, case)
            }
            91..93 => self.sell(home),
            93..96 => {
                let Some(case) = self.find_case(home) else { return Ok(()) };
                let request = PlanRequest::monthly(self.community(), case, 3, self.after(5));
                let plan = propose_plan(app, &actor(), &request)?;
                decide_plan(app, &second(), self.community(), case, (plan, self.flip()))
            }
            _ => self.end_something(),
        }
    }

    /// The flat is sold today: what is owed stays with who owned it (I18).
    fn sell(&self, home: usize) -> Result<(), Refusal> {
        let request = ChangeOwner {
            community: COMMUNITY.to_owned(),
            unit: unit(&label(home)),
            owners: vec![NewOwner::Named(format!("新业主{home}"))],
            on: self.today(),
        };
        change_owner(&self.office.app, &actor(), &request).map(|_| ())
    }

    /// A hold is released or a complaint is answered.
    fn end_something(&self) -> Result<(), Refusal> {
        let app = &self.office.app;
        let complaints = self.complaints();
        if let Some(complaint) = self.draw(|random| complaints.choose(random).copied())
            && self.flip()
        {
            return self.move_on(complaint);
        }
        let holds = self.holds();
        let Some(hold) = self.draw(|random| holds.choose(random).copied()) else { return Ok(()) };
        release_hold(app, &actor(), self.community(), hold, "已核实")
    }

    /// A complaint about everything, about a charge, or about an amount.
    fn complain(&self, home: usize, case: CaseId) -> Result<(), Refusal> {
        let about = self.draw(|random| random.random_range(0..3));
        let complaint = NewComplaint {
            community: self.community(),
            about: About::Case(case),
            kind: ComplaintKind::Repair,
            priority: Priority::Normal,
            source: Source::Phone,
            department: None,
            subject: "电梯异响".to_owned(),
            promised_on: Some(self.after(4)),
            charges: if about == 1 { self.charges(home) } else { Vec::new() },
            amount: (about == 2).then_some(Fen::new(5_000)),
        };
        self.keep_complaint(take_complaint(&self.office.app, &actor(), &complaint)?);
        Ok(())
    }

    /// Somebody does something with a complaint, mostly in its order.
    fn move_on(&self, complaint: ComplaintId) -> Result<(), Refusal> {
        let finding = self.draw(|random| *[Finding::Valid, Finding::Invalid].choose(random).expect("findings"));
        let remedy = if finding.is_right() { Remedy::Repair } else { Remedy::None };
        let course = [Act::Accept, Act::Start, Act::Finish, Act::Verify, Act::Answer(finding, remedy), Act::Rate(2)];
        let from = self.draw(|random| random.random_range(0..course.len()));
        for one in &course[from..] {
            let who = if *one == Act::Verify { second() } else { actor() };
            act(&self.office.app, &who, self.community(), complaint, (*one, "已核查"))?;
        }
        act(&self.office.app, &actor(), self.community(), complaint, (Act::Reopen(None), "还是响")).map(|_| ())
    }

    fn charges(&self, home: usize) -> Vec<ChargeId> {
        let sql = "SELECT c.id FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
            WHERE u.label = $1 AND c.live AND c.open_fen > 0 LIMIT 1";
        self.office.app.db.read(|tx| tx.query(sql, &params![label(home)], |row| row.take())).expect("reads")
    }

    /// Staff work off some of their tasks.
    fn staff(&self) {
        let tasks = list_open_tasks(&self.office.app, &actor(), self.community()).expect("a list");
        for task in tasks {
            if self.happens(300) {
                let done = self.work_off(&task);
                self.allow(done, 100);
            }
        }
    }

    fn work_off(&self, task: &OpenTask) -> Result<(), Refusal> {
        let channel = match task.kind.as_str() {
            "call" | "senior_talk" => "phone",
            "visit" => "visit",
            _ => return complete_task(&self.office.app, &actor(), self.community(), task.id, "已办"),
        };
        let Some(case) = task.case_id else { return Ok(()) };
        self.contact(case, Some(task.id), channel)
    }

    fn contact(&self, case: CaseId, task: Option<TaskId>, channel: &str) -> Result<(), Refusal> {
        let outcome = self.draw(|random| *OUTCOMES.choose(random).expect("there are outcomes"));
        let promised = outcome == ContactOutcome::ReachedPromise;
        let request = ContactRequest {
            task,
            cause: self.draw(|random| random.random::<bool>().then(|| *Cause::ALL.choose(random).expect("causes"))),
            attitude: Attitude::Neutral,
            promise: promised.then(|| (Fen::new(self.draw(|random| random.random_range(1..100_000))), self.after(4))),
            next_step: "跟进".to_owned(),
            next_on: Some(self.after(7)),
            ..ContactRequest::of((self.community(), case), (channel, outcome))
        };
        record_contact(&self.office.app, &actor(), &request).map(|_| ())
    }

    /// The owner of a phone pays all that is owed.
    pub fn pay_by_phone(&self, number: &str) {
        let home = (0..HOMES).find(|home| phone(*home) == number).expect("a number of the estate");
        let done = self.pay(home, true);
        self.allow(done, 101);
    }

    fn pay(&self, home: usize, all: bool) -> Result<(), Refusal> {
        let owed = self.owed(home);
        let amount = if all { owed } else { Fen::new(self.draw(|random| random.random_range(1..=40_000))) };
        let late = self.draw(|random| random.random_range(0..3));
        let on = self.today().checked_sub_days(Days::new(late)).expect("a day");
        self.office.pay(&label(home), &amount.to_string(), &on.to_string(), None).map(|_| ())
    }

    /// What a household owes, due or not.
    fn owed(&self, home: usize) -> Fen {
        let sql =
            "SELECT CAST(COALESCE(SUM(c.open_fen), 0) AS BIGINT) FROM charge c JOIN account a ON a.id = c.account_id
            JOIN unit u ON u.id = a.unit_id WHERE u.label = $1 AND c.live";
        self.office.app.db.read(|tx| tx.query_one("sum", sql, &params![label(home)], |row| row.take())).expect("reads")
    }

    fn find_case(&self, home: usize) -> Option<CaseId> {
        let sql =
            "SELECT f.id FROM case_file f JOIN account a ON a.party_id = f.party_id JOIN unit u ON u.id = a.unit_id
            WHERE u.label = $1 AND f.closed_on IS NULL";
        self.office.app.db.read(|tx| tx.query_opt(sql, &params![label(home)], |row| row.take())).expect("reads")
    }

    /// A day up to so many days ahead, tomorrow at the earliest.
    fn after(&self, most: u64) -> NaiveDate {
        let days = self.draw(|random| random.random_range(1..=most));
        self.today().checked_add_days(Days::new(days)).expect("a day")
    }
}
