//! What staff do with the tasks the plan gave them: calls, visits, letters and their service, complaints and their answers.

use chrono::{Days, NaiveDate};
use hemu_app::collection::case_page::case_page;
use hemu_app::collection::contact_room::contact_room;
use hemu_app::collection::holds::{HoldRequest, confirm_hold, open_hold, release_hold};
use hemu_app::collection::plans::{PlanRequest, decide_plan, propose_plan};
use hemu_app::collection::work::{ContactRequest, OpenTask, complete_task, list_open_tasks, record_contact};
use hemu_app::legal::service::{ServiceRequest, record_service};
use hemu_app::legal::{DemandRequest, make_demand};
use hemu_app::service::{About, Act, NewComplaint, act, take_complaint};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, TaskId};
use hemu_domain::service::{Finding, Priority, Remedy, Source};
use hemu_domain::{Fen, UnitLabel};

use super::cast::Temper;
use super::days::Office;
use super::talks::{GRIEVANCES, hold_of, talk_with};
use super::visits::visit;

/// In the last days of the example part of the work waits, so that pages show open tasks.
const UNDONE_DAYS: u64 = 24;
/// Visits come seldom: those of so many last days wait, so that the route has doors.
const UNVISITED_DAYS: u64 = 60;

impl Office {
    /// Staff do the tasks that are due.
    pub(super) fn work(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        self.review_holds(app, day)?;
        let actor = self.staff.service.clone();
        for task in list_open_tasks(app, &actor, self.id)? {
            // A complaint is looked into for a few days before it is answered.
            let ahead = if task.kind == "answer_complaint" { 3 } else { 0 };
            let rests = match task.kind.as_str() {
                "answer_complaint" => later(day, 14) > self.last,
                "visit" => later(day, UNVISITED_DAYS) > self.last,
                _ => false,
            };
            if rests || task.due_on > later(day, ahead) || self.leaves_it(day) {
                continue;
            }
            let is_contact = matches!(task.kind.as_str(), "call" | "visit" | "senior_talk");
            self.tasks += i64::from(!is_contact);
            match (task.kind.as_str(), task.case_id) {
                ("call" | "visit" | "senior_talk", Some(case)) => self.talk(app, case, &task, day)?,
                ("serve_letter", Some(_)) => self.send_letter(app, &task, day)?,
                ("answer_complaint", Some(case)) => self.answer(app, case, &task)?,
                ("legal_review", Some(_)) => {
                    let legal = self.staff.legal.clone();
                    complete_task(app, &legal, self.id, task.id, "评审：证据材料未齐、缺第二人审批，暂不进入法律途径")?;
                }
                ("warn_plan", _) => complete_task(app, &actor, self.id, task.id, "已电话通知分期逾期")?,
                ("resolve_uncertain", _) => complete_task(app, &actor, self.id, task.id, "电话核实，业主已收到短信")?,
                _ => complete_task(app, &actor, self.id, task.id, "已核实，联系方式有效")?,
            }
        }
        Ok(())
    }

    fn leaves_it(&mut self, day: NaiveDate) -> bool {
        later(day, UNDONE_DAYS) > self.last && self.dice.roll(5) != 0
    }

    fn talk(&mut self, app: &App, case: CaseId, task: &OpenTask, day: NaiveDate) -> Result<(), Refusal> {
        let actor = if task.kind == "senior_talk" { self.staff.manager.clone() } else { self.staff.service.clone() };
        // Whoever may not be contacted now is called another day.
        let room = contact_room(app, &actor, self.id, case)?;
        if if task.kind == "visit" { room.visit } else { room.call }.is_some() {
            return Ok(());
        }
        self.tasks += 1;
        let temper = self.temper(task.unit.as_ref());
        let talk = talk_with(&mut self.dice, temper);
        let in_ten_days = later(day, 10);
        let promise = match talk.outcome {
            ContactOutcome::ReachedPromise => Some((self.promised(app, case, temper)?, in_ten_days)),
            _ => None,
        };
        let request = ContactRequest {
            task: Some(task.id),
            cause: talk.cause,
            attitude: talk.attitude,
            note: talk.note.to_owned(),
            promise,
            next_step: if promise.is_some() { "到期回访" } else { "再次联系" }.to_owned(),
            next_on: Some(in_ten_days),
            ..ContactRequest::of((self.id, case), (if task.kind == "visit" { "visit" } else { "phone" }, talk.outcome))
        };
        match task.kind.as_str() {
            "visit" => visit(app, &actor, request)?,
            _ => record_contact(app, &actor, &request).map(|_| ())?,
        }
        if let (Some((amount, _)), Some(unit)) = (promise, &task.unit) {
            self.promised.insert(unit.clone(), amount);
        }
        if talk.outcome.is_talk() {
            self.follow_up(app, case, temper, day)?;
        }
        Ok(())
    }

    /// What is promised: all that is owed, or 200 yuan by those who cannot.
    fn promised(&self, app: &App, case: CaseId, temper: Temper) -> Result<Fen, Refusal> {
        let owed = case_page(app, &self.staff.service, &self.name, case)?.principal;
        let part = Fen::new(20_000);
        Ok(if temper == Temper::Hardship || !owed.is_positive() { part } else { owed })
    }

    fn temper(&self, unit: Option<&UnitLabel>) -> Temper {
        unit.and_then(|unit| self.tempers.get(unit)).copied().unwrap_or(Temper::Forgetful)
    }

    /// What a talk leads to: a plan for who cannot pay at once, a complaint for who is dissatisfied, rest for who needs it.
    fn follow_up(&mut self, app: &App, case: CaseId, temper: Temper, day: NaiveDate) -> Result<(), Refusal> {
        match (temper, self.dice.roll(3)) {
            (Temper::Hardship | Temper::Crowd, 0) => self.agree_a_plan(app, case, day),
            (Temper::Dissatisfied | Temper::Legacy, 0 | 1) => self.complain(app, case, day),
            (Temper::Wilful, _) if self.dice.roll(8) != 0 => Ok(()),
            (_, 2) => Ok(()),
            _ => self.hold(app, case, temper, day),
        }
    }

    pub(super) fn agree_a_plan(&mut self, app: &App, case: CaseId, day: NaiveDate) -> Result<(), Refusal> {
        let (service, manager) = (self.staff.service.clone(), self.staff.manager.clone());
        let owed = case_page(app, &service, &self.name, case)?;
        if owed.plan.is_some() || owed.principal <= Fen::new(10_000) {
            return Ok(());
        }
        let plan = match propose_plan(app, &service, &PlanRequest::monthly(self.id, case, 3, later(day, 15))) {
            Ok(plan) => plan,
            // All of it is in dispute.
            Err(Refusal::Conflict(_)) => return Ok(()),
            Err(error) => return Err(error),
        };
        // The newest proposals still wait for the manager.
        if later(day, 15) <= self.last {
            decide_plan(app, &manager, self.id, case, (plan, true))?;
        }
        Ok(())
    }

    pub(super) fn complain(&mut self, app: &App, case: CaseId, day: NaiveDate) -> Result<(), Refusal> {
        let service = self.staff.service.clone();
        let page = case_page(app, &service, &self.name, case)?;
        if !page.complaints.is_empty() {
            return Ok(());
        }
        let grievance = self.dice.pick(&GRIEVANCES);
        let new = NewComplaint {
            community: self.id,
            about: About::Case(case),
            kind: grievance.kind,
            priority: if grievance.urgent { Priority::High } else { Priority::Normal },
            source: Source::Case,
            department: Some(grievance.department),
            subject: grievance.subject.to_owned(),
            promised_on: Some(later(day, 10)),
            // It is about the latest month; what is older is not in dispute.
            charges: page.owed.iter().max_by_key(|one| one.due_on).map(|one| one.charge).into_iter().collect(),
            amount: None,
        };
        take_complaint(app, &service, &new).map(|_| ())
    }

    pub(super) fn hold(&mut self, app: &App, case: CaseId, temper: Temper, day: NaiveDate) -> Result<(), Refusal> {
        let Some((kind, reason, days)) = hold_of(temper) else { return Ok(()) };
        let service = self.staff.service.clone();
        if case_page(app, &service, &self.name, case)?.holds.is_empty() {
            let review_on = later(day, days);
            let document = if kind.needs_document() { "死亡证明复印件，存业主档案" } else { "" }.to_owned();
            let request = HoldRequest { document, ..HoldRequest::of(self.id, (Some(case), kind), reason, review_on) };
            let mut id = open_hold(app, &service, &request)?;
            if kind.needs_second_person() {
                id = confirm_hold(app, &self.staff.manager, self.id, id)?;
            }
            // What a death leaves open no day settles: a person looks at it again.
            if kind != HoldKind::Deceased {
                self.holds.push((id, review_on));
            }
        }
        Ok(())
    }

    /// Holds are looked at on their day, and contact goes on.
    fn review_holds(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        let (due, kept) = self.holds.drain(..).partition(|(_, review_on)| *review_on <= day);
        self.holds = kept;
        let due: Vec<_> = due;
        for (hold, _) in due {
            match release_hold(app, &self.staff.service, self.id, hold, "到期复核：情况已核实，恢复联系")
            {
                Ok(()) | Err(Refusal::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The letter goes out with its number where the gate is open, and is served: by hand, by post, or not at all.
    fn send_letter(&mut self, app: &App, task: &OpenTask, day: NaiveDate) -> Result<(), Refusal> {
        let legal = self.staff.legal.clone();
        let Some(unit) = &task.unit else { return complete_task(app, &legal, self.id, task.id, "没有房号") };
        let request = DemandRequest { community: self.name.clone(), unit: unit.clone(), issue: true };
        let number = match make_demand(app, &legal, &request) {
            Ok(report) => report.number,
            Err(Refusal::Conflict(_) | Refusal::Gated { .. }) => None,
            Err(error) => return Err(error),
        };
        let Some(number) = number else {
            return complete_task(app, &legal, self.id, task.id, "暂不具备发函条件");
        };
        let (method, outcome, who, tracking) = match self.dice.roll(5) {
            0 => ("ems", "returned", "", Some("EX000000000CN")),
            1 => ("ems", "served", "本人", Some("EX000000001CN")),
            2 => ("hand", "refused", "本人", None),
            _ => ("hand", "served", "本人", None),
        };
        let request = ServiceRequest {
            community: self.id,
            number,
            method: method.to_owned(),
            outcome: outcome.to_owned(),
            served_on: day,
            receiver_name: who.to_owned(),
            receiver_relation: who.to_owned(),
            tracking_no: tracking.map(ToOwned::to_owned),
        };
        record_service(app, &legal, &request)?;
        self.finish(app, task.id, if outcome == "returned" { "邮件退回" } else { "已送达" })
    }

    /// Served letters finish their task themselves; whatever is left open is finished here.
    fn finish(&self, app: &App, task: TaskId, result: &str) -> Result<(), Refusal> {
        match complete_task(app, &self.staff.legal, self.id, task, result) {
            Ok(()) | Err(Refusal::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The department takes the complaint, does the work, the manager looks at it, and the owner has an answer.
    fn answer(&mut self, app: &App, case: CaseId, task: &OpenTask) -> Result<(), Refusal> {
        let (engineer, manager) = (self.staff.engineer.clone(), self.staff.manager.clone());
        for complaint in case_page(app, &engineer, &self.name, case)?.complaints {
            let known = GRIEVANCES.iter().find(|one| one.subject == complaint.subject).unwrap_or(&GRIEVANCES[0]);
            let step =
                |actor: &Actor, step: Act, note: &str| act(app, actor, self.id, complaint.id, (step, note)).map(|_| ());
            step(&engineer, Act::Accept, "")?;
            step(&engineer, Act::Start, "已到现场查看")?;
            if !known.found_right {
                step(&engineer, Act::Answer(Finding::Invalid, Remedy::None), known.answer)?;
                continue;
            }
            step(&engineer, Act::Finish, "已整改")?;
            step(&manager, Act::Verify, "现场复核，整改到位")?;
            let remedy = if self.dice.roll(4) == 0 { Remedy::Reduction } else { Remedy::Repair };
            step(&engineer, Act::Answer(Finding::Valid, remedy), known.answer)?;
            if remedy == Remedy::Repair {
                let given = if self.dice.roll(3) == 0 { 4 } else { 5 };
                act(app, &self.staff.service, self.id, complaint.id, (Act::Rate(given), "电话回访，业主认可"))?;
            }
        }
        self.finish(app, task.id, "已答复")
    }
}

pub(super) fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}
