//! Before anybody is asked formally, contract, display and promises are on file (A1-A3): the gate closes without them, opens with
//! them, and for as long as two people have agreed on an exception.

use chrono::Days;
use hemu_app::approval::{Asked, approve, ask};
use hemu_app::collection::replay::{ReplayScope, replay};
use hemu_app::readiness::{
    ContractPapers, ExceptionRequest, NewClause, NewEvidence, NewPromise, PaperOf, ReadinessReport, add_paper,
    add_promise, end_promise, file_contract, read_paper, record_clause, record_evidence, show_readiness,
};
use hemu_app::tariff::{NewDisplay, NewPrice, record_display, set_price};
use hemu_app::{Actor, Refusal};
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::ids::{FeeStandardId, PublicDisplayId, ServicePromiseId};
use hemu_domain::readiness::{Every, FilingState, Item, ItemState, PaperType, PromiseKind, PromiseResult};
use hemu_domain::staff::Role;
use hemu_domain::{Period, UnitPrice};

use crate::collector::{contact, run, send, text};
use crate::history::{PHOTO, second};
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit};

/// What begins like a scan.
const SCAN: &[u8] = b"%PDF-1.7\n and the rest of it";

impl Office {
    /// What is on file.
    pub fn readiness(&self) -> ReadinessReport {
        show_readiness(&self.app, &Actor::local_operator(), self.community()).expect("a report")
    }

    /// The items that formal steps wait for.
    fn gaps(&self) -> Vec<(Item, ItemState)> {
        let lines = self.readiness().lines.into_iter();
        lines.filter(|line| line.needed && line.state != ItemState::Ok).map(|line| (line.item, line.state)).collect()
    }

    /// Puts on file what formal steps need; a promise that is looked at once a year, so that no test has to write about it.
    pub fn make_ready(&self) {
        self.file_contract(None);
        self.record_clauses();
        let (app, me, community) = (&self.app, Actor::local_operator(), self.community());
        add_paper(app, &me, community, PaperOf::Contract, SCAN).expect("kept");
        self.display_with_a_photo();
        self.promise(Every::Year);
    }

    fn file_contract(&self, ends_on: Option<&str>) {
        let papers = ContractPapers {
            name: "物业服务合同".to_owned(),
            number: "WY-2026-01".to_owned(),
            kind: "committee".to_owned(),
            ends_on: ends_on.map(day),
            filing: FilingState::Filed,
        };
        file_contract(&self.app, &Actor::local_operator(), self.community(), &papers).expect("filed");
    }

    fn record_clauses(&self) {
        for (kind, number) in [
            ("fee_standard", "第六条"),
            ("cycle", "第七条"),
            ("due", "第八条"),
            ("demand", "第九条"),
            ("dispute", "第十条"),
            ("late_fee", "第十一条"),
        ] {
            let new = NewClause { kind: kind.to_owned(), number: number.to_owned(), text: String::new() };
            record_clause(&self.app, &Actor::local_operator(), self.community(), &new).expect("recorded");
        }
    }

    fn display(&self) -> PublicDisplayId {
        let (what, place) = ("收费标准".to_owned(), "大堂公示栏".to_owned());
        let new = NewDisplay { what, place, displayed_on: self.app.today() };
        record_display(&self.app, &Actor::local_operator(), COMMUNITY, &new).expect("recorded")
    }

    fn display_with_a_photo(&self) {
        let of = PaperOf::Display(self.display());
        add_paper(&self.app, &Actor::local_operator(), self.community(), of, PHOTO).expect("kept");
    }

    fn promise(&self, every: Every) -> ServicePromiseId {
        let new = NewPromise {
            kind: PromiseKind::Cleaning,
            what: "楼道每日清扫".to_owned(),
            measure: "巡查表每日签字".to_owned(),
            every,
            clause: "第三条".to_owned(),
            starts_on: Period::of(self.app.today()).first_day(),
        };
        add_promise(&self.app, &Actor::local_operator(), self.community(), &new).expect("recorded")
    }

    fn wrote(&self, promise: ServicePromiseId, period: &str, result: PromiseResult) -> Result<(), Refusal> {
        let period = Period::parse(period).expect("a month");
        let new = NewEvidence { promise, period, result, remark: "巡查表".to_owned() };
        record_evidence(&self.app, &Actor::local_operator(), self.community(), &new).map(|_| ())
    }

    fn except_until(&self, until: &str) -> Result<(), Refusal> {
        let asked = Asked::FormalException(ExceptionRequest { until: day(until) });
        self.two_people(&asked, "合同正在换签，业委会已同意继续催缴").map(|_| ())
    }

    /// A promise that was kept in part, and an exception for what is missing.
    pub fn write_about_promises(&self) {
        let promise = self.promise(Every::Month);
        self.wrote(promise, "2026-12", PromiseResult::Partly).expect("recorded");
        self.arrange("DELETE FROM contract_clause WHERE kind = 'dispute'");
        self.except_until("2027-01-31").expect("granted");
    }

    /// The case of 1-1-102 as old and as often talked about as a formal demand asks for.
    fn talked(&self) {
        run(self, "2026-11-01");
        send(self);
        run(self, "2026-11-02");
        for today in ["2026-11-02", "2026-11-12"] {
            self.on(today);
            contact(self, self.case_of("1-1-102"), ("phone", ContactOutcome::ReachedRefuse), None);
        }
        self.app.db.write(|tx| tx.execute("UPDATE task SET state = 'done' WHERE state = 'open'", &[])).expect("done");
    }

    fn stage(&self) -> String {
        text(
            self,
            "SELECT f.stage FROM case_file f JOIN account a ON a.party_id = f.party_id
            JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-102'",
        )
    }

    fn letter(&self) -> Result<(), Vec<String>> {
        let request =
            hemu_app::legal::DemandRequest { community: COMMUNITY.to_owned(), unit: unit("1-1-102"), issue: true };
        match hemu_app::legal::make_demand(&self.app, &Actor::local_operator(), &request) {
            Ok(_) => Ok(()),
            Err(Refusal::Gated { missing }) => Err(missing.into_iter().map(|one| one.zh).collect()),
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_community_just_imported_is_told_what_is_missing_and_each_paper_closes_its_gap() {
    on_every_engine("2026-11-05", |office| {
        office.import_only(LIST);
        let all = [Item::Contract, Item::Clauses, Item::Scan, Item::Filing, Item::Display, Item::Promises];
        assert_eq!(office.gaps(), all.map(|item| (item, ItemState::Missing)));
        office.file_contract(Some("2026-12-31"));
        office.record_clauses();
        let me = Actor::local_operator();
        let scan = add_paper(&office.app, &me, office.community(), PaperOf::Contract, SCAN).expect("kept");
        let again = add_paper(&office.app, &me, office.community(), PaperOf::Contract, SCAN).expect("kept");
        assert_eq!(scan, again, "the same scan is kept once");
        let paper = read_paper(&office.app, &me, office.community(), scan).expect("read");
        assert_eq!((paper.media_type, &paper.bytes[..]), (PaperType::Pdf, SCAN));
        assert_eq!(office.gaps(), [Item::Display, Item::Promises].map(|item| (item, ItemState::Missing)));
        office.display_with_a_photo();
        office.promise(Every::Year);
        assert_eq!((office.gaps(), office.readiness().formal_waits), (vec![], false));
        office.on("2027-01-01");
        assert_eq!(office.gaps(), [(Item::Contract, ItemState::Lapsed)], "its term is over");
        office.file_contract(None);
        assert_eq!(office.gaps(), []);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_new_price_asks_for_a_new_display_and_a_period_for_what_was_done_in_it() {
    on_every_engine("2026-11-05", |office| {
        office.import_only(LIST);
        office.make_ready();
        let promise = office.promise(Every::Month);
        let standard = "SELECT id FROM fee_standard ORDER BY id LIMIT 1";
        let standard: FeeStandardId =
            office.app.db.read(|tx| tx.query_one("standard", standard, &[], |row| row.take())).expect("one");
        let price = NewPrice {
            standard,
            valid_from: day("2026-12-01"),
            price: UnitPrice::parse("2.60").expect("a price"),
            bands: String::new(),
            basis: "业主大会表决".to_owned(),
        };
        set_price(&office.app, &Actor::local_operator(), COMMUNITY, &price).expect("set");
        assert_eq!(office.gaps(), [], "before it holds");
        office.on("2026-12-11");
        assert_eq!(office.gaps(), [Item::Display, Item::Evidence].map(|item| (item, ItemState::Lapsed)));
        office.display();
        assert_eq!(office.gaps()[0], (Item::Display, ItemState::Missing), "without a photo");
        office.display_with_a_photo();
        assert!(office.wrote(promise, "2027-01", PromiseResult::Done).is_err(), "it has not begun");
        assert!(office.wrote(promise, "2026-10", PromiseResult::Done).is_err(), "before the promise");
        office.wrote(promise, "2026-11", PromiseResult::Partly).expect("recorded");
        assert_eq!(office.gaps(), []);
        let lines = office.readiness().lines;
        let line = lines.iter().find(|line| line.item == Item::Evidence).expect("a line");
        assert_eq!(line.remarks.len(), 1, "the gap is told: {line:?}");
        office.on("2027-01-11");
        assert_eq!(office.gaps(), [(Item::Evidence, ItemState::Lapsed)]);
        end_promise(&office.app, &Actor::local_operator(), office.community(), (promise, day("2026-12-31")))
            .expect("ended");
        assert_eq!(office.gaps(), []);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn formal_steps_wait_for_papers_while_reminders_and_talks_go_on() {
    on_every_engine("2026-10-31", |office| {
        office.import_only(LIST);
        office.talked();
        assert_eq!(office.stage(), "conversation", "reminded and talked to as ever");
        run(office, "2026-11-20");
        assert_eq!(office.stage(), "conversation");
        let missing = office.letter().expect_err("no number");
        assert!(missing.iter().any(|one| one.contains("催缴准备")), "{missing:?}");
        office.make_ready();
        run(office, "2026-11-21");
        assert_eq!(office.stage(), "demand", "the next night");
        office.letter().expect("issued");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_exception_of_two_people_opens_the_gate_until_its_last_day_and_every_decision_can_be_made_again() {
    on_every_engine("2026-10-31", |office| {
        office.import_only(LIST);
        office.talked();
        office.on("2026-11-20");
        office.except_until("2026-11-25").expect("granted");
        assert!(
            matches!(office.except_until("2026-11-24"), Err(Refusal::Conflict(_))),
            "one that lasts longer is there"
        );
        let report = office.readiness();
        let exception = report.exception.expect("in force");
        assert!(!report.complete && !report.formal_waits && exception.asked_by != exception.approved_by);
        run(office, "2026-11-20");
        assert_eq!(office.stage(), "demand");
        office.letter().expect("issued");
        run(office, "2026-11-25");
        assert!(!office.readiness().formal_waits, "on its last day");
        run(office, "2026-11-26");
        assert!(office.readiness().formal_waits);
        office.letter().expect_err("it has ended");
        run(office, "2027-02-20");
        let me = Actor::local_operator();
        let again = replay(&office.app, &me, office.community(), ReplayScope::All).expect("replayed");
        assert_eq!((again.same, again.differing), (again.decisions, vec![]));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_exception_takes_a_manager_a_reason_a_second_person_and_an_end() {
    on_every_engine("2026-11-05", |office| {
        office.import_only(LIST);
        let (app, me, community) = (&office.app, Actor::local_operator(), office.community());
        let until = |days: u64| app.today().checked_add_days(Days::new(days)).expect("a day");
        let asked = |days| Asked::FormalException(ExceptionRequest { until: until(days) });
        assert!(matches!(
            ask(app, &me, community, &asked(93), "理由"),
            Err(Refusal::InvalidInput { field: "until", .. })
        ));
        assert!(matches!(
            ask(app, &me, community, &asked(30), " "),
            Err(Refusal::InvalidInput { field: "reason", .. })
        ));
        let collector = Actor { role: Role::Service, name: "客服".to_owned(), ..Actor::local_operator() };
        assert!(matches!(ask(app, &collector, community, &asked(30), "理由"), Err(Refusal::Forbidden { .. })));
        let request = ask(app, &me, community, &asked(30), "理由").expect("asked");
        assert!(approve(app, &me, community, request.id).is_err(), "whoever asked does not approve");
        assert!(office.readiness().formal_waits);
        approve(app, &second(), community, request.id).expect("approved");
        assert!(!office.readiness().formal_waits);
        office.make_ready();
        assert!(
            matches!(ask(app, &me, community, &asked(60), "理由"), Err(Refusal::Conflict(_))),
            "nothing is missing"
        );
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_is_no_paper_or_too_large_is_refused_and_kept_nowhere() {
    on_every_engine("2026-11-05", |office| {
        office.import_only(LIST);
        let (app, me, community) = (&office.app, Actor::local_operator(), office.community());
        let large = [SCAN, &vec![0; 10 * 1024 * 1024]].concat();
        for bytes in [&b"hello"[..], &large] {
            let refused = add_paper(app, &me, community, PaperOf::Contract, bytes);
            assert!(matches!(refused, Err(Refusal::InvalidInput { field: "file", .. })), "{refused:?}");
        }
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM paper"), 0);
        let sealed = add_paper(app, &me, community, PaperOf::Contract, SCAN).map(|_| ());
        sealed.expect("kept");
        let stored: Vec<u8> = app
            .db
            .read(|tx| tx.query_one("paper", "SELECT content_sealed FROM paper", &[], |row| row.take()))
            .expect("one");
        assert!(!stored.windows(5).any(|part| part == b"%PDF-"), "sealed at rest");
    });
}
