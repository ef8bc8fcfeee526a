//! What needs two people in the example, and who looks after what: a waiver, a legal step that was approved, requests that still
//! wait, buildings and cases with their person.

use chrono::NaiveDate;
use hemu_app::approval::{Asked, approve, ask};
use hemu_app::billing::rebill::{Fix, RebillRequest};
use hemu_app::collection::assignment::{assign_building, assign_case, list_keepers};
use hemu_app::collection::work::find_case_of_unit;
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_app::legal::matter::MatterRequest;
use hemu_app::reductions::vacancy::VacancyRequest;
use hemu_app::registry::unit_page::unit_page;
use hemu_app::tariff::show_tariff;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{ApprovalId, CaseId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::{Fen, Period, UnitPrice};

use super::cast::Temper;
use super::days::Office;

/// From so many days before the end on, legal looks every ten days for a case that is ripe.
const LAW_DAYS: i64 = 200;

/// Whose bills a failing of the service may have touched, the likeliest first.
const LET_OFF: [Temper; 6] =
    [Temper::Dissatisfied, Temper::Disputes, Temper::Crowd, Temper::Slow, Temper::Legacy, Temper::EmptyHome];

impl Office {
    /// The buildings get their people; the last one of several is still without.
    pub(super) fn share_out(&self, app: &App) -> Result<(), Refusal> {
        let manager = &self.staff.manager;
        let buildings = list_keepers(app, manager, self.id)?.buildings;
        let kept = buildings.len().saturating_sub(1).max(1);
        for one in buildings.iter().take(kept) {
            assign_building(app, manager, self.id, one.id, self.staff.service.staff_id)?;
        }
        Ok(())
    }

    /// What that day brings of it.
    pub(super) fn decide_together(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        let left = (self.last - day).num_days();
        match left {
            60 => self.let_off(app, "电梯停运三日，按服务承诺减免", true)?,
            50 => self.confirm_a_vacancy(app, day)?,
            45 => self.correct_the_price(app, day)?,
            3 => self.let_off(app, "公共照明计量有误，按核实结果减免", false)?,
            11 => self.take_one_over(app)?,
            _ if left < LAW_DAYS && left % 10 == 4 && !self.is_sued => self.go_to_law(app)?,
            _ => {}
        }
        Ok(())
    }

    /// A month is let off in part: the accountant asks, and the manager approves or has not looked yet.
    fn let_off(&self, app: &App, reason: &str, approved: bool) -> Result<(), Refusal> {
        let accountant = &self.staff.accountant;
        let likely = LET_OFF.iter().flat_map(|temper| self.units_of(*temper));
        let others = self.payers(app, app.today())?.into_iter().map(|row| row.unit);
        for unit in likely.chain(others) {
            let page = unit_page(app, accountant, &self.name, &unit)?;
            let Some(charge) = page.charges.iter().find(|one| one.open > Fen::new(6_000)) else { continue };
            let (kind, amount) = (AdjustmentKind::Waiver, Fen::new(5_000));
            let asked = Asked::Adjustment(AdjustRequest { charge: charge.id, part: Part::Principal, kind, amount });
            let request = ask(app, accountant, self.id, &asked, reason)?.id;
            return if approved { self.approve(app, request) } else { Ok(()) };
        }
        Ok(())
    }

    /// An owner applied for the discount of an empty home: the service desk asks, and the manager approves.
    fn confirm_a_vacancy(&self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        let Some(unit) = self.units_of(Temper::EmptyHome).into_iter().next() else { return Ok(()) };
        let month = Period::of(day);
        let request = VacancyRequest {
            unit,
            from: month.first_day(),
            to: month.plus_months(11).last_day(),
            evidence: "书面申请，水表连续三个月无读数变化".to_owned(),
        };
        let asked = Asked::Vacancy(request);
        let waits = ask(app, &self.staff.service, self.id, &asked, "业主长期在外地，已核实空置")?;
        self.approve(app, waits.id)
    }

    /// In one community the vote had been entered two cents too high: what was billed since last month is billed anew.
    fn correct_the_price(&self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        if self.name != "桂语江南" {
            return Ok(());
        }
        let tariff = show_tariff(app, &self.staff.accountant, &self.name)?;
        let Some(standard) = tariff.standards.iter().max_by_key(|one| one.units) else { return Ok(()) };
        let price = standard.prices.last().map(|one| one.price.stored() - 20_000).unwrap_or_default();
        let (price, basis) = (UnitPrice::from_stored(price), "业主大会表决结果公示原件".to_owned());
        let fix = Fix::Price { price, basis };
        let request = RebillRequest { from: Period::of(day).previous(), to: None, standard: Some(standard.id), fix };
        let reason = "新单价录入错误，多收 0.02 元，按公示原件更正";
        let waits = ask(app, &self.staff.accountant, self.id, &Asked::Rebill(request), reason)?;
        self.approve(app, waits.id)
    }

    /// Legal asks for a case that is ripe; the next ripe one waits for the manager.
    fn go_to_law(&mut self, app: &App) -> Result<(), Refusal> {
        for temper in [Temper::Wilful, Temper::Lost, Temper::EmptyHome] {
            for unit in self.units_of(temper) {
                let Some(case) = self.find_case(app, &self.staff.legal, &unit)? else { continue };
                let (kind, evidence_complete) = ("payment_order".to_owned(), true);
                let asked = Asked::LegalMatter(MatterRequest { case, kind, evidence_complete });
                let ground = "多次沟通和书面催告后仍拒不缴纳，影响公共维护支出，为全体业主的共同利益";
                match ask(app, &self.staff.legal, self.id, &asked, ground) {
                    Ok(request) => {
                        self.is_sued = true;
                        return self.approve(app, request.id);
                    }
                    Err(Refusal::Gated { .. } | Refusal::Conflict(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// A case goes by hand to the manager.
    fn take_one_over(&self, app: &App) -> Result<(), Refusal> {
        for unit in self.units_of(Temper::Legacy).into_iter().take(1) {
            if let Some(case) = self.find_case(app, &self.staff.manager, &unit)? {
                assign_case(app, &self.staff.manager, self.id, case, self.staff.manager.staff_id)?;
            }
        }
        Ok(())
    }

    fn find_case(&self, app: &App, actor: &Actor, unit: &hemu_domain::UnitLabel) -> Result<Option<CaseId>, Refusal> {
        match find_case_of_unit(app, actor, self.id, unit) {
            Ok(case) => Ok(Some(case)),
            // Who owes nothing has no case.
            Err(Refusal::Conflict(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn approve(&self, app: &App, request: ApprovalId) -> Result<(), Refusal> {
        approve(app, &self.staff.manager, self.id, request).map(|_| ())
    }
}
