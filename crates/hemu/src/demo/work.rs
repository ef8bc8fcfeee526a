//! What staff do with the tasks the plan gave them: calls, visits, letters and their service, complaints and their answers.

use chrono::{Days, NaiveDate};
use hemu_app::collection::case_page::case_page;
use hemu_app::collection::complaints::{Finding, NewComplaint, answer_complaint, take_complaint};
use hemu_app::collection::plans::{decide_plan, propose_plan};
use hemu_app::collection::work::{ContactRequest, OpenTask, complete_task, list_open_tasks, open_hold, record_contact};
use hemu_app::legal::service::{ServiceRequest, record_service};
use hemu_app::legal::{DemandRequest, make_demand};
use hemu_app::{App, Refusal};
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, TaskId};
use hemu_domain::service::Department;
use hemu_domain::{Fen, UnitLabel};

use super::cast::Temper;
use super::days::Office;

/// What a talk came to.
struct Talk {
    outcome: ContactOutcome,
    cause: Option<Cause>,
    attitude: Attitude,
    note: &'static str,
}

impl Office {
    /// Staff do the tasks that are due.
    pub(super) fn work(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        let actor = self.staff.service.clone();
        for task in list_open_tasks(app, &actor, self.id)? {
            // A complaint is looked into for a few days before it is answered.
            let ahead = if task.kind == "answer_complaint" { 3 } else { 0 };
            if task.due_on > later(day, ahead) {
                continue;
            }
            self.tasks += 1;
            match (task.kind.as_str(), task.case_id) {
                ("call" | "visit" | "senior_talk", Some(case)) => self.talk(app, case, &task, day)?,
                ("serve_letter", Some(_)) => self.send_letter(app, &task, day)?,
                ("answer_complaint", Some(case)) => self.answer(app, case, &task)?,
                _ => complete_task(app, &actor, self.id, task.id, "已核实，联系方式有效")?,
            }
        }
        Ok(())
    }

    fn talk(&mut self, app: &App, case: CaseId, task: &OpenTask, day: NaiveDate) -> Result<(), Refusal> {
        let actor = if task.kind == "senior_talk" { self.staff.manager.clone() } else { self.staff.service.clone() };
        let temper = self.temper(task.unit.as_ref());
        let talk = self.talk_with(temper);
        let in_ten_days = later(day, 10);
        let promise = (talk.outcome == ContactOutcome::ReachedPromise).then_some((Fen::new(20_000), in_ten_days));
        let request = ContactRequest {
            community: self.id,
            case,
            task: Some(task.id),
            channel: if task.kind == "visit" { "visit" } else { "phone" }.to_owned(),
            outcome: talk.outcome,
            cause: talk.cause,
            attitude: talk.attitude,
            note: talk.note.to_owned(),
            promise,
            next_step: if promise.is_some() { "到期回访" } else { "再次联系" }.to_owned(),
            next_on: Some(in_ten_days),
        };
        record_contact(app, &actor, &request)?;
        if talk.outcome.is_talk() {
            self.follow_up(app, case, temper, day)?;
        }
        Ok(())
    }

    fn temper(&self, unit: Option<&UnitLabel>) -> Temper {
        unit.and_then(|unit| self.tempers.get(unit)).copied().unwrap_or(Temper::Forgetful)
    }

    fn talk_with(&mut self, temper: Temper) -> Talk {
        use ContactOutcome as O;
        let talk = |outcome, cause, attitude, note| Talk { outcome, cause: Some(cause), attitude, note };
        match temper {
            _ if self.dice.roll(4) == 0 => {
                Talk { outcome: O::NoAnswer, cause: None, attitude: Attitude::Unknown, note: "" }
            }
            Temper::Hardship => {
                talk(O::ReachedPromise, Cause::Hard, Attitude::Cooperative, "近期收入减少，愿意分期缴纳")
            }
            Temper::Dissatisfied => {
                talk(O::ReachedDispute, Cause::Service, Attitude::Resistant, "反映电梯经常停运，要求先解决再缴费")
            }
            Temper::Wilful => talk(O::ReachedRefuse, Cause::Wilful, Attitude::Refusing, "明确表示不缴，未说明理由"),
            Temper::InBulk => talk(O::ReachedTalk, Cause::Away, Attitude::Cooperative, "在外地工作，习惯半年一次缴清"),
            Temper::Prompt | Temper::Forgetful => {
                talk(O::ReachedPromise, Cause::Forget, Attitude::Cooperative, "忘记缴费，答应近日办理")
            }
        }
    }

    /// What a talk leads to: a plan for who cannot pay at once, a complaint for who is dissatisfied.
    fn follow_up(&mut self, app: &App, case: CaseId, temper: Temper, day: NaiveDate) -> Result<(), Refusal> {
        let (service, manager) = (self.staff.service.clone(), self.staff.manager.clone());
        match (temper, self.dice.roll(3)) {
            (Temper::Hardship, 0) => {
                let owed = case_page(app, &service, &self.name, case)?;
                if owed.plan.is_none() && owed.principal > Fen::new(30_000) {
                    let plan = propose_plan(app, &service, self.id, case, (owed.principal, 3, later(day, 15)))?;
                    // The newest proposals still wait for the manager.
                    if self.dice.roll(3) != 0 {
                        decide_plan(app, &manager, self.id, case, (plan, true))?;
                    }
                }
            }
            (Temper::Dissatisfied, 0) if case_page(app, &service, &self.name, case)?.complaints.is_empty() => {
                let new = NewComplaint {
                    community: self.id,
                    case,
                    department: Department::Engineering,
                    subject: "电梯经常停运，维修后一周内再次故障".to_owned(),
                    promised_on: later(day, 10),
                };
                take_complaint(app, &service, &new)?;
            }
            (Temper::Hardship, 1) => {
                let reason = "业主说明家中变故，约定月底再联系";
                open_hold(app, &service, self.id, Some(case), HoldKind::Hardship, reason, later(day, 25))?;
            }
            _ => {}
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

    fn answer(&mut self, app: &App, case: CaseId, task: &OpenTask) -> Result<(), Refusal> {
        let actor = self.staff.engineer.clone();
        for complaint in case_page(app, &actor, &self.name, case)?.complaints {
            let answer = "已更换门机控制板并联系维保单位每周巡检，检测报告张贴在单元大堂。";
            answer_complaint(app, &actor, self.id, complaint.id, (Finding::Remedied, answer))?;
        }
        self.finish(app, task.id, "已答复")
    }
}

fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}
