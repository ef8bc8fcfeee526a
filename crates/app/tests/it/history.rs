//! A mixed history, made by the use cases day by day: bills, payments, a reversal, a waiver, talks, a promise, a plan, letters.

use hemu_app::approval::{Asked, Decided, approve, ask};
use hemu_app::bank::{LinePart, book_line};
use hemu_app::billing::find_community;
use hemu_app::closing::invoices::{InvoiceRequest, invoice_request};
use hemu_app::collection::plans::{PlanRequest, propose_plan};
use hemu_app::collection::visit_record::{VisitRequest, record_visit};
use hemu_app::collection::work::{ContactRequest, record_contact};
use hemu_app::collection::{RunRequest, dispatch, run_collection};
use hemu_app::desk::{Counted, DeskRules, close_shift, open_shift, set_desk_rules};
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_app::ledger::deposits::{DeductionRequest, DepositReturn, NewDeposit, return_deposit, take_deposit};
use hemu_app::ledger::{AtTheDesk, ReverseRequest, Tender, reverse_receipt};
use hemu_app::legal::service::{ServiceRequest, record_service};
use hemu_app::legal::{DemandReport, DemandRequest, make_demand};
use hemu_app::service::{NewComplaint, add_photo, take_complaint};
use hemu_app::{Actor, Refusal, gateways};
use hemu_domain::collection::Policy;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::visit_record::Signing;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, ReceiptId};
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::{Fen, Period};

use hemu_store::legal::{self, LegalMatterRow};
use hemu_store::{Tx, community};

use hemu_domain::billing::share::ShareMethod;

use crate::collector::complaint;
use crate::office::{COMMUNITY, LIST, Office, day, unit, yuan};
use crate::settlement_files::WECHAT;
use crate::shared_costs::cost;

/// The day the history ends.
pub const TODAY: &str = "2026-12-03";

/// What begins like a photo.
pub const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\n and the rest of it";

/// A second person who may approve.
pub fn second() -> Actor {
    Actor { name: "王经理".to_owned(), ..Actor::local_operator() }
}

impl Office {
    /// The community.
    pub fn community(&self) -> CommunityId {
        find_community(&self.app, COMMUNITY).expect("there")
    }

    /// Runs collection for a day.
    pub fn collect(&self, today: &str) {
        self.on(today);
        let request = RunRequest { community: self.community(), as_of: self.app.today(), dry_run: false };
        run_collection(&self.app, &Actor::local_operator(), &Policy::v1(), &request).expect("runs");
    }

    /// The open case of a unit's payer.
    pub fn case_of(&self, label: &str) -> CaseId {
        let sql = format!(
            "SELECT c.id FROM case_file c JOIN account a ON a.party_id = c.party_id JOIN unit u ON u.id = a.unit_id
            WHERE u.label = '{label}' AND c.closed_on IS NULL"
        );
        self.app.db.read(|tx| tx.query_one("case", &sql, &[], |row| row.take())).expect("a case")
    }

    /// The oldest open charge of a unit.
    pub fn oldest_charge(&self, label: &str) -> ChargeId {
        let sql = format!(
            "SELECT c.id FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
            WHERE u.label = '{label}' AND c.open_fen > 0 ORDER BY c.due_on, c.id LIMIT 1"
        );
        self.app.db.read(|tx| tx.query_one("charge", &sql, &[], |row| row.take())).expect("a charge")
    }

    /// Reverses a payment.
    pub fn reverse(&self, receipt: ReceiptId) {
        let request = ReverseRequest { community: COMMUNITY.to_owned(), receipt, reason: "录错户号".to_owned() };
        reverse_receipt(&self.app, &Actor::local_operator(), &request).expect("reversed");
    }

    /// One person asks, another one approves.
    pub fn two_people(&self, asked: &Asked, reason: &str) -> Result<Decided, Refusal> {
        let request = ask(&self.app, &Actor::local_operator(), self.community(), asked, reason)?;
        approve(&self.app, &second(), self.community(), request.id)
    }

    /// Takes an amount off the oldest open charge of a unit.
    pub fn adjust(&self, label: &str, kind: AdjustmentKind, amount: &str) {
        let request =
            AdjustRequest { charge: self.oldest_charge(label), part: Part::Principal, kind, amount: yuan(amount) };
        self.two_people(&Asked::Adjustment(request), "电梯停用补偿").expect("adjusted");
    }

    /// Talks to the payer of a unit on the telephone.
    pub fn talk(&self, label: &str, promise: Option<(&str, &str)>) {
        let request = ContactRequest {
            cause: Some(Cause::Service),
            attitude: Attitude::Resistant,
            note: "电梯常坏".to_owned(),
            promise: promise.map(|(amount, on)| (yuan(amount), day(on))),
            next_step: "维修后回访".to_owned(),
            ..ContactRequest::of(
                (self.community(), self.case_of(label)),
                (
                    "phone",
                    if promise.is_some() { ContactOutcome::ReachedPromise } else { ContactOutcome::ReachedRefuse },
                ),
            )
        };
        record_contact(&self.app, &Actor::local_operator(), &request).expect("recorded");
    }

    /// A demand for a unit, numbered or a draft.
    pub fn demand(&self, label: &str, issue: bool) -> DemandReport {
        let request = DemandRequest { community: COMMUNITY.to_owned(), unit: unit(label), issue };
        make_demand(&self.app, &Actor::local_operator(), &request).expect("a letter")
    }

    /// Lives through a month, so that every table of money has rows.
    pub fn live(&self) {
        self.import(LIST);
        self.late_fee_clause("principal_first");
        self.bill("2026-11");
        self.collect("2026-11-01");
        let ways = gateways::of(&self.app);
        dispatch(&self.app, &Actor::local_operator(), self.community(), &ways, &Policy::v1()).expect("sends");
        self.collect("2026-11-02");
        self.talk("1-1-102", Some(("300.00", "2026-11-09")));
        self.on("2026-11-05");
        self.keep_a_deposit();
        self.at_the_desk();
        self.pay("1-1-102", "250.00", "2026-11-05", None).expect("taken");
        self.pay("1-1-101", "950.00", "2026-11-05", None).expect("taken");
        self.on("2026-11-06");
        let wrong = self.pay("1-1-202", "400.00", "2026-11-06", None).expect("taken");
        self.reverse(wrong.id);
        self.bill("2026-12");
        self.bank();
        self.ask_for_invoices("2026-11");
        self.on("2026-11-12");
        self.talk("1-1-102", None);
        self.adjust("1-1-102", AdjustmentKind::Waiver, "10.00");
        self.adjust("1-1-102", AdjustmentKind::Correction, "5.00");
        self.ask_for_invoices("2026-11");
        self.collect("2026-11-20");
        let letter = self.demand("1-1-102", true);
        self.serve(&letter, "2026-11-22");
        self.on("2026-11-25");
        self.pay("1-1-102", "100.00", "2026-11-25", None).expect("taken");
        self.talk("1-1-102", Some(("50.00", "2026-12-10")));
        let case = self.case_of("1-1-202");
        let request = PlanRequest::monthly(self.community(), case, 3, day("2026-12-20"));
        propose_plan(&self.app, &Actor::local_operator(), &request).expect("a plan");
        self.collect(TODAY);
        self.demand("1-1-202", false);
        self.sue("1-1-102");
        self.read_some_meters();
        self.share(&cost("2026-12", "100.01", ShareMethod::Area)).expect("shared, on no bill yet");
        self.complain_about_an_amount("1-1-202");
        self.visit_nobody_at_home("1-1-202");
    }

    /// A visit with a photo of the door, written down on a phone.
    fn visit_nobody_at_home(&self, label: &str) {
        let of = (self.community(), self.case_of(label));
        let visit = VisitRequest {
            contact: ContactRequest::of(of, ("visit", ContactOutcome::NoAnswer)),
            visited_at: day(TODAY).and_hms_opt(9, 30, 0).expect("an hour"),
            key: "key-of-the-telephone-1".to_owned(),
            signing: Signing::NotAsked,
            photos: vec![PHOTO.to_vec()],
            signature: None,
        };
        record_visit(&self.app, &Actor::local_operator(), &visit).expect("kept");
    }

    /// A complaint about a part of what is owed, with a photo.
    fn complain_about_an_amount(&self, label: &str) {
        let me = Actor::local_operator();
        let about = complaint(self, self.case_of(label), "2026-12-10", Vec::new());
        let new = NewComplaint { amount: Some(yuan("10.00")), ..about };
        let taken = take_complaint(&self.app, &me, &new).expect("taken down");
        add_photo(&self.app, &me, self.community(), taken, PHOTO).expect("kept");
    }

    /// Asks for the invoices of a month.
    pub fn ask_for_invoices(&self, month: &str) -> InvoiceRequest {
        let month = Period::parse(month).expect("a month");
        invoice_request(&self.app, &Actor::local_operator(), COMMUNITY, month).expect("a request")
    }

    /// Two meters whose usage is confirmed and on no bill yet.
    fn read_some_meters(&self) {
        for (meter, shows) in self.add_meters("3").into_iter().zip(["110", "107.5"]) {
            self.read(meter, "2026-11", shows).expect("taken");
        }
        assert_eq!(self.confirm("2026-11", &[]).rows.len(), 2);
    }

    /// A deposit of which a part is given back and a part kept.
    pub fn keep_a_deposit(&self) {
        let (kind, method, remark) = ("装修押金".to_owned(), "cash".to_owned(), String::new());
        let (unit, amount, taken_on) = (unit("1-1-202"), yuan("2000.00"), self.app.today());
        let new = NewDeposit { unit, kind, amount, taken_on, method, remark };
        let deposit = take_deposit(&self.app, &Actor::local_operator(), COMMUNITY, &new).expect("taken");
        let (method, reason) = ("cash".to_owned(), "验收合格".to_owned());
        let back = DepositReturn { deposit, amount: yuan("1500.00"), method, reason };
        return_deposit(&self.app, &Actor::local_operator(), COMMUNITY, &back).expect("given back");
        let asked = Asked::DepositDeduction(DeductionRequest { deposit, amount: yuan("200.00") });
        let asked = ask(&self.app, &Actor::local_operator(), self.community(), &asked, "墙面破损").expect("asked");
        approve(&self.app, &second(), self.community(), asked.id).expect("kept");
    }

    /// A statement with a line that is split and one that waits, and a provider's file.
    fn bank(&self) {
        let lines = "2026-11-06,88.00,孙某,6222000000000008,货款\n2026-11-06,77.00,吴某,6222000000000009,租金\n";
        self.bank_file(&format!("交易日期,收入,对方户名,对方账号,附言\n{lines}")).expect("imported");
        self.bank_file(WECHAT).expect("imported");
        let part = |label: &str, amount: &str| LinePart { unit: unit(label), account: None, amount: yuan(amount) };
        let parts = [part("1-1-101", "10.00"), part("1-1-201", "78.00")];
        let line = self.open_line("88.00").id;
        book_line(&self.app, &Actor::local_operator(), self.community(), line, &parts).expect("booked");
    }

    /// A shift with a payment in two ways, change and small change let off; closed with a difference.
    fn at_the_desk(&self) {
        let (app, actor, community) = (&self.app, Actor::local_operator(), self.community());
        let rules = DeskRules { rounding_limit: yuan("0.90"), needs_shift: true };
        set_desk_rules(app, &actor, community, rules).expect("set");
        let shift = open_shift(app, &actor, community, yuan("200.00")).expect("open");
        let tenders = [("cash", "16.90"), ("wechat", "200.00")];
        let tenders = tenders.map(|(method, amount)| Tender { method: method.to_owned(), amount: yuan(amount) });
        let desk = AtTheDesk { tenders: tenders.to_vec(), handed: Some(yuan("20.00")), round_off: Fen::ZERO };
        self.pay_at_desk("1-1-101", "216.90", (&desk, &[])).expect("taken");
        let rounded = AtTheDesk { round_off: yuan("0.80"), ..AtTheDesk::default() };
        self.pay_at_desk("1-1-201", "99.20", (&rounded, &[self.oldest_charge("1-1-201")])).expect("taken");
        let counted = [Counted { method: "cash".to_owned(), amount: yuan("315.00") }];
        close_shift(app, &actor, community, shift.id, (&counted, "扫码款次日到账")).expect("closed");
        set_desk_rules(app, &actor, community, DeskRules { needs_shift: false, ..rules }).expect("set");
    }

    /// A matter as it stands once its gate is open (what the gate asks for is tested where letters are).
    pub fn sue(&self, label: &str) {
        self.sue_for(label, self.oldest_charge(label));
    }

    /// The same, over one charge.
    pub fn sue_for(&self, label: &str, charge: ChargeId) {
        let matter = LegalMatterRow {
            id: self.app.new_id(),
            case_id: self.case_of(label),
            kind: "payment_order".to_owned(),
            state: "approved".to_owned(),
            ground: "维护全体业主的共同利益".to_owned(),
            requested_by: "法务".to_owned(),
            approved_by: "王经理".to_owned(),
            opened_on: self.app.today(),
            filed_on: None,
            closed_on: None,
            claim_fen: yuan("200.00"),
            claim_lines: serde_json::json!([{ "charge": charge, "amount": yuan("200.00") }]),
        };
        let community = self.community();
        let insert = |tx: &mut Tx<'_>| {
            let seq = community::next_seq(tx, community, 1)?;
            legal::insert_matter(tx, community, &matter, seq)
        };
        self.app.db.write(insert).expect("a matter");
    }

    fn serve(&self, letter: &DemandReport, on: &str) {
        self.on(on);
        let request = ServiceRequest {
            community: self.community(),
            number: letter.number.clone().expect("issued"),
            method: "ems".to_owned(),
            outcome: "served".to_owned(),
            served_on: day(on),
            receiver_name: "李小梅".to_owned(),
            receiver_relation: "本人".to_owned(),
            tracking_no: Some("1234567890123".to_owned()),
        };
        record_service(&self.app, &Actor::local_operator(), &request).expect("served");
    }
}
