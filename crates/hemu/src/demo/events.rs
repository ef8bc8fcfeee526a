//! What happens once: a flag, a second contact, a new price, a home that is sold, weeks without calls, a receipt entered
//! twice, a waiver, a notice for an entrance hall.

use chrono::{Datelike, NaiveDate};
use hemu_app::arrears::arrears_report;
use hemu_app::collection::holds::{HoldRequest, open_hold};
use hemu_app::collection::work::find_case_of_unit;
use hemu_app::ledger::{ReceiptReport, ReceiptRequest, ReverseRequest, reverse_receipt, take_receipt};
use hemu_app::legal::make_board_notice;
use hemu_app::registry::contacts::{AddContact, add_contact};
use hemu_app::registry::flags::{FlagSubject, SetFlag, set_flag};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::unit_page::unit_page;
use hemu_app::registry::units::{NewOwner, set_occupancy};
use hemu_app::tariff::{NewPrice, set_price, show_tariff};
use hemu_app::{App, Refusal};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::CaseId;
use hemu_domain::registry::contact::{Channel, Relation, VerifiedHow};
use hemu_domain::registry::flag::FlagEffect;
use hemu_domain::registry::unit::Occupancy;
use hemu_domain::{UnitLabel, UnitPrice};

use super::cast::Temper;
use super::days::Office;
use super::work::later;

impl Office {
    /// What the office knows of people beyond its list, on the first day.
    pub(super) fn get_to_know(&mut self, app: &App, first: NaiveDate) -> Result<(), Refusal> {
        let mut units: Vec<UnitLabel> = self.tempers.keys().cloned().collect();
        units.sort();
        for (number, unit) in units.iter().enumerate() {
            if number % 9 == 4 {
                self.add_wechat(app, unit, number)?;
            }
            let occupancy = match self.tempers.get(unit) {
                Some(Temper::LetOut) => Occupancy::Tenant,
                Some(Temper::Prompt) if number % 3 != 0 => Occupancy::Owner,
                _ => continue,
            };
            set_occupancy(app, &self.staff.service, (&self.name, unit), occupancy, Some(first))?;
        }
        Ok(())
    }

    fn add_wechat(&self, app: &App, unit: &UnitLabel, number: usize) -> Result<(), Refusal> {
        let page = unit_page(app, &self.staff.service, &self.name, unit)?;
        let Some(holder) = page.holders.first() else { return Ok(()) };
        let request = AddContact {
            community: self.name.clone(),
            party: holder.party_id,
            channel: Channel::Wechat,
            value: format!("example_wx_{number:03}"),
            relation: Relation::Oneself,
            verified: Some(VerifiedHow::InPerson),
            consent: true,
        };
        add_contact(app, &self.staff.service, &request).map(|_| ())
    }

    /// What happens on that day alone.
    pub(super) fn happen(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        let left = (self.last - day).num_days();
        match left {
            400 => self.raise_the_price(app, day)?,
            210 => self.sell(app, day)?,
            95 => self.warn_of_frail_people(app, day)?,
            19 => self.each_case_of(app, Temper::Crowd, |office, app, case| office.agree_a_plan(app, case, day))?,
            13 => self.each_case_of(app, Temper::Legacy, |office, app, case| office.complain(app, case, day))?,
            9 => self.each_case_of(app, Temper::Hardship, |office, app, case| {
                office.hold(app, case, Temper::Hardship, day)
            })?,
            8 => self.each_case_of(app, Temper::Slow, |office, app, case| office.agree_a_plan(app, case, day))?,
            7 => self.each_case_of(app, Temper::Hardship, |office, app, case| office.agree_a_plan(app, case, day))?,
            6 => self.each_case_of(app, Temper::Dissatisfied, |office, app, case| office.complain(app, case, day))?,
            5 => self.each_case_of(app, Temper::Disputes, |office, app, case| {
                office.hold(app, case, Temper::Disputes, day)
            })?,
            // While the lifts are out of order nobody in this community is called.
            280 if self.name == "春晓苑" => {
                let reason = "电梯更换施工期间全小区暂停催缴，竣工公示后恢复";
                let review_on = later(day, 20);
                let id = open_hold(
                    app,
                    &self.staff.manager,
                    &HoldRequest::of(self.id, (None, HoldKind::CommunityStop), reason, review_on),
                )?;
                self.holds.push((id, review_on));
            }
            _ => {}
        }
        self.decide_together(app, day)?;
        self.renovate(app, day)?;
        if day.day() == 11 && left < 100 {
            make_board_notice(app, &self.staff.legal, &self.name, "1-1")?;
        }
        Ok(())
    }

    /// The owners' meeting agreed to a new price for homes.
    fn raise_the_price(&self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        let tariff = show_tariff(app, &self.staff.accountant, &self.name)?;
        let Some(standard) = tariff.standards.iter().max_by_key(|one| one.units) else { return Ok(()) };
        let price = if self.has_late_fee { "1.95" } else { "2.45" };
        let price = UnitPrice::parse(price).map_err(|error| Refusal::Internal(error.to_string()))?;
        let valid_from = later(day.with_day(1).unwrap_or(day), 62).with_day(1).unwrap_or(day);
        let basis = "业主大会表决通过，公示满十五日".to_owned();
        set_price(
            app,
            &self.staff.accountant,
            &self.name,
            &NewPrice { standard: standard.id, valid_from, price, bands: String::new(), basis },
        )
    }

    /// Every home whose owner wanted to sell is sold; what the former owner owes stays his.
    fn sell(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        let mut sold: Vec<UnitLabel> = self.units_of(Temper::Seller);
        sold.truncate(1);
        for unit in sold {
            let page = unit_page(app, &self.staff.service, &self.name, &unit)?;
            self.former.extend(page.holders.iter().map(|one| one.party_id));
            let owners = vec![NewOwner::Named("顾清源".to_owned())];
            let request = ChangeOwner { community: self.name.clone(), unit: unit.clone(), owners, on: day };
            change_owner(app, &self.staff.service, &request)?;
            self.tempers.insert(unit, Temper::Prompt);
        }
        Ok(())
    }

    /// What the last weeks bring to the open cases of one kind of payer, so that pages have something that waits.
    fn each_case_of(
        &mut self,
        app: &App,
        temper: Temper,
        act: impl Fn(&mut Self, &App, CaseId) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        for unit in self.units_of(temper) {
            match find_case_of_unit(app, &self.staff.service, self.id, &unit) {
                Ok(case) => act(self, app, case)?,
                // Who owes nothing has no case.
                Err(Refusal::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn units_of(&self, temper: Temper) -> Vec<UnitLabel> {
        let mut units: Vec<UnitLabel> =
            self.tempers.iter().filter(|(_, one)| **one == temper).map(|(unit, _)| unit.clone()).collect();
        units.sort();
        units
    }

    fn warn_of_frail_people(&self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        let flags = [
            (Temper::Legacy, "前期遗留漏水", "交付时外墙渗水，保修责任在开发商，正在协调", FlagEffect::HoldFormal),
            (Temper::Hardship, "独居老人", "78 岁独居，联系前先电话预约，语气放缓", FlagEffect::Soften),
            (Temper::EmptyHome, "长期空置", "业主常住外地，工作日白天不便接听", FlagEffect::None),
        ];
        for (temper, kind, reason, effect) in flags {
            for unit in self.units_of(temper).into_iter().take(1) {
                let request = SetFlag {
                    community: self.name.clone(),
                    subject: FlagSubject::Unit(unit),
                    kind: kind.to_owned(),
                    reason: reason.to_owned(),
                    effect,
                    expires_on: later(day, 300),
                };
                set_flag(app, &self.staff.manager, &request)?;
            }
        }
        Ok(())
    }

    /// A payment; now and then it was entered with the wrong method, reversed and entered again.
    pub(super) fn take(&mut self, app: &App, request: &ReceiptRequest) -> Result<(), Refusal> {
        let first = take_receipt(app, &self.staff.cashier, request)?;
        self.receipts += 1;
        if self.dice.roll(90) == 0 {
            self.enter_again(app, request, &first)?;
        }
        Ok(())
    }

    fn enter_again(&mut self, app: &App, request: &ReceiptRequest, first: &ReceiptReport) -> Result<(), Refusal> {
        let reason = "收款方式录错，冲红后重开".to_owned();
        let reverse = ReverseRequest { community: self.name.clone(), receipt: first.id, reason };
        reverse_receipt(app, &self.staff.accountant, &reverse)?;
        let method = if request.method == "cash" { "wechat" } else { "cash" }.to_owned();
        let key = request.key.as_ref().map(|key| format!("{key}-again"));
        take_receipt(app, &self.staff.cashier, &ReceiptRequest { method, key, ..request.clone() })?;
        self.receipts += 1;
        Ok(())
    }

    /// Who owes what, without owners who sold: they pay when they are found.
    pub(super) fn payers(&self, app: &App, day: NaiveDate) -> Result<Vec<hemu_app::arrears::ArrearsRow>, Refusal> {
        let rows = arrears_report(app, &self.staff.cashier, &self.name, day)?.rows;
        Ok(rows.into_iter().filter(|row| !self.former.contains(&row.party_id)).collect())
    }
}
