//! What comes after a mixed history: money moved and given back, a vacancy, a price put right, a meter replaced, a difference looked
//! into.

use hemu_app::Actor;
use hemu_app::approval::Asked;
use hemu_app::bank::{list_settlements, settle_difference, settlement_report};
use hemu_app::desk::open_shift;
use hemu_app::ledger::deposits::{NewDeposit, take_deposit};
use hemu_app::ledger::refund::RefundRequest;
use hemu_app::ledger::{TransferRequest, list_put_by, transfer};
use hemu_app::metering::{Replacement, replace_meter};
use hemu_app::reductions::vacancy::VacancyRequest;
use hemu_domain::{Factor, MeterValue};

use crate::office::{COMMUNITY, Office, day, unit, yuan};

impl Office {
    /// Lives through a month and then puts things right, so that every register of money has rows.
    pub fn live_and_correct(&self) {
        self.live();
        self.give_back_and_move();
        self.put_right();
        self.look_into_a_difference();
        let (app, actor) = (&self.app, Actor::local_operator());
        open_shift(app, &actor, self.community(), yuan("100.00")).expect("open");
        let (kind, method, remark) = ("出入证押金".to_owned(), "card".to_owned(), String::new());
        let (unit, amount, taken_on) = (unit("1-1-101"), yuan("50.00"), app.today());
        take_deposit(app, &actor, COMMUNITY, &NewDeposit { unit, kind, amount, taken_on, method, remark })
            .expect("taken");
    }

    /// 1-1-101 and 1-1-201 belong to one payer by now; what the one has put by is given back and moved to the other.
    fn give_back_and_move(&self) {
        let party = "(SELECT party_id FROM account a JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-101')";
        let other = "(SELECT id FROM unit WHERE label = '1-1-201')";
        self.arrange(&format!("UPDATE account SET party_id = {party} WHERE unit_id = {other}"));
        let (app, actor) = (&self.app, Actor::local_operator());
        let put_by = list_put_by(app, &actor, COMMUNITY, &unit("1-1-101")).expect("put by");
        let receipt = put_by.iter().max_by_key(|one| one.left).expect("something").receipt;
        let refund = RefundRequest { receipt, amount: yuan("30.00"), method: None };
        self.two_people(&Asked::Refund(refund), "业主要求退回").expect("given back");
        let community = COMMUNITY.to_owned();
        let request = TransferRequest { community, receipt, to: unit("1-1-201"), amount: yuan("120.00") };
        transfer(app, &actor, &request).expect("moved");
    }

    /// A vacancy is confirmed, a price of the month before was wrong, a meter is replaced.
    fn put_right(&self) {
        let (unit, evidence) = (unit("1-1-201"), "书面申请，水表读数".to_owned());
        let vacancy = VacancyRequest { unit, from: day("2026-12-01"), to: day("2027-05-31"), evidence };
        self.two_people(&Asked::Vacancy(vacancy), "长期空置").expect("confirmed");
        self.rebill(&self.price_fix("1-1-202", "2026-12", "1.70"));
        let meter = "SELECT id FROM meter ORDER BY id LIMIT 1";
        let meter = self.app.db.read(|tx| tx.query_one("meter", meter, &[], |row| row.take())).expect("a meter");
        let value = |text| MeterValue::parse(text).expect("a reading");
        let swap = Replacement {
            meter,
            on: self.app.today(),
            final_value: value("111"),
            rolled_over: false,
            number: "W9".to_owned(),
            start: value("0"),
            digits: 5,
            multiplier: Factor::parse("1").expect("a factor"),
        };
        replace_meter(&self.app, &Actor::local_operator(), COMMUNITY, &swap).expect("replaced");
    }

    /// Somebody finds out what a difference is, and then finds out better.
    fn look_into_a_difference(&self) {
        let (app, actor, community) = (&self.app, Actor::local_operator(), self.community());
        let files = list_settlements(app, &actor, community).expect("files");
        let file = files.iter().find(|one| one.kind == "wechat").expect("a settlement file").id;
        let report = settlement_report(app, &actor, community, file).expect("compared");
        let one = &report.differences[0];
        for reason in ["商铺收款", "停车系统的收款，不在本系统"] {
            settle_difference(app, &actor, community, file, (one.kind, one.subject), reason).expect("settled");
        }
    }
}
