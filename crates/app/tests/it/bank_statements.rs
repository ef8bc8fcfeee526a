//! Bank statements: imported once, proposed with reasons, booked once, undone, and whole or not at all.

use std::thread;

use hemu_app::bank::{
    BankLines, FileReport, FileRequest, LineItem, LinePart, book_line, confirm_certain, ignore_line, import_bank_file,
    list_bank_lines, reopen_line,
};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_domain::bank::layout::Layout;
use hemu_domain::bank::matching::Reason;
use hemu_domain::staff::Role;

use crate::office::{COMMUNITY, LIST, Office, on_every_engine, unit, yuan};

/// What 李小梅 owes at the end of October (certain), a part of what 1-1-202 owes by its room, and money of nobody's.
const STATEMENT: &str = "账号：3300000000000000001,,,,,,,
交易日期,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,流水号
2026-11-01,,1469.30,1469.30,李小梅,6222000000000002,物业费,S1
2026-11-01,9.30,,1460.00,,,手续费,S2
2026-11-02,,100.00,1560.00,郝大,6222000000000009,1-1-202物业费13811112222,S3
2026-11-02,,88.00,1648.00,孙某,6222000000000008,货款,S4
合计,9.30,1657.30,,,,,
";

impl Office {
    pub fn bank_file(&self, csv: &str) -> Result<FileReport, Refusal> {
        let request = FileRequest {
            community: COMMUNITY.to_owned(),
            file_name: "账务/流水.csv".to_owned(),
            bytes: csv.as_bytes().to_vec(),
            layout: None,
            map: Vec::new(),
            dry_run: false,
        };
        import_bank_file(&self.app, &Actor::local_operator(), &request)
    }

    pub fn bank_lines(&self) -> BankLines {
        list_bank_lines(&self.app, &Actor::local_operator(), self.community()).expect("lines")
    }

    pub fn open_line(&self, amount: &str) -> LineItem {
        self.bank_lines().open.into_iter().find(|one| one.amount == yuan(amount)).expect("an open line")
    }

    pub fn receipts(&self) -> i64 {
        self.count("SELECT CAST(COUNT(*) AS BIGINT) FROM receipt")
    }
}

fn part(label: &str, amount: &str) -> LinePart {
    LinePart { unit: unit(label), account: None, amount: yuan(amount) }
}

fn ready(test: impl Fn(&Office)) {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.bank_file(STATEMENT).expect("imported");
        test(office);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_statement_imported_twice_brings_its_lines_once() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let first = office.bank_file(STATEMENT).expect("imported");
        assert_eq!((first.lines, first.new, first.outgoing, first.skipped), (3, 3, 1, 1));
        assert_eq!((first.amount, first.layout.as_str()), (yuan("1657.30"), Layout::Other.as_str()));
        let more = STATEMENT.replace("合计,9.30", "2026-11-03,,5.00,1653.00,孙某,6222000000000008,货款,S5\n合计,9.30");
        let again = office.bank_file(&more).expect("imported");
        assert_eq!((again.new, again.known), (1, 3), "the days overlap");
        assert_eq!(office.bank_file(&more).expect("read").file, None);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM bank_line"), 4);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn lines_without_a_number_that_are_alike_are_two_payments_and_stay_two() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let twice = "交易日期,收入,对方户名\n2026-11-01,200.00,孙某\n2026-11-01,200.00,孙某\n";
        assert_eq!(office.bank_file(twice).expect("imported").new, 2);
        assert_eq!(office.bank_file(twice).expect("read").new, 0);
    });
}

#[test]
fn a_statement_that_contradicts_itself_is_told_and_nothing_of_it_is_imported() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        for (from, to) in [("1560.00", "1570.00"), ("88.00", "八十八"), ("2026-11-02,,88", "2026-12-02,,88")] {
            let refused = office.bank_file(&STATEMENT.replacen(from, to, 1)).expect_err("contradicts itself");
            assert!(matches!(&refused, Refusal::InvalidInput { field: "file", .. }), "{refused:?}");
        }
        assert!(office.bank_file("房号,姓名\n1-1-101,王建国\n").is_err(), "no statement");
        let tables = ["bank_file", "bank_line", "bank_layout"];
        for table in tables {
            assert_eq!(office.count(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}")), 0, "{table}");
        }
    });
}

#[test]
fn a_line_is_proposed_with_its_reasons_and_the_certain_ones_are_booked_at_once() {
    ready(|office| {
        let lines = office.bank_lines();
        assert_eq!((lines.open.len(), lines.certain, lines.open_amount), (3, 1, yuan("1657.30")));
        let best = &lines.open[0].proposals[0];
        assert_eq!((best.unit.as_str(), &best.reasons[..]), ("1-1-102", &[Reason::Owner, Reason::Owed][..]));
        let by_room = office.open_line("100.00");
        assert_eq!(by_room.proposals[0].reasons, [Reason::Unit]);
        assert!(!by_room.certain && office.open_line("88.00").proposals.is_empty());
        let confirm = || confirm_certain(&office.app, &Actor::local_operator(), office.community()).expect("confirmed");
        let report = confirm();
        assert_eq!((report.booked, report.amount, report.left), (1, yuan("1469.30"), 2));
        assert_eq!(office.owed("1-1-102", "2026-11-05").0, Fen::ZERO);
        assert_eq!((confirm().booked, office.receipts()), (0, 1));
    });
}

#[test]
fn two_lines_for_one_debt_are_not_both_certain_by_its_amount() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let twice = "交易日期,收入,对方户名\n2026-11-01,1469.30,李小梅\n2026-11-02,1469.30,李小梅\n";
        office.bank_file(twice).expect("imported");
        let report = confirm_certain(&office.app, &Actor::local_operator(), office.community()).expect("confirmed");
        assert_eq!((report.booked, report.left), (1, 1), "the second waits for a person");
    });
}

#[test]
fn one_click_books_the_first_proposal_and_a_split_must_add_up() {
    ready(|office| {
        let (actor, community) = (Actor::local_operator(), office.community());
        let line = office.open_line("100.00").id;
        for parts in [vec![part("1-1-202", "60.00")], vec![part("1-1-202", "60.00"), part("9-9-909", "40.00")]] {
            assert!(book_line(&office.app, &actor, community, line, &parts).is_err(), "{parts:?}");
        }
        assert_eq!(office.receipts(), 0, "all parts or none");
        let parts = [part("1-1-202", "60.00"), part("1-1-102", "40.00")];
        let receipts = book_line(&office.app, &actor, community, line, &parts).expect("booked");
        assert_eq!(receipts.iter().map(|one| one.amount).collect::<Vec<_>>(), [yuan("60.00"), yuan("40.00")]);
        let nobody = office.open_line("88.00").id;
        assert!(matches!(
            book_line(&office.app, &actor, community, nobody, &[]),
            Err(Refusal::InvalidInput { field: "units", .. })
        ));
        let first = office.open_line("1469.30").id;
        book_line(&office.app, &actor, community, first, &[]).expect("booked");
        let again = book_line(&office.app, &actor, community, first, &[]);
        assert!(matches!(again, Err(Refusal::Conflict(_))));
    });
}

#[test]
fn a_line_booked_by_two_people_at_once_is_one_payment() {
    ready(|office| {
        let line = office.open_line("1469.30").id;
        let book = || book_line(&office.app, &Actor::local_operator(), office.community(), line, &[]).is_ok();
        let done: usize = thread::scope(|scope| {
            let people: Vec<_> = (0..4).map(|_| scope.spawn(book)).collect();
            people.into_iter().map(|one| usize::from(one.join().expect("answers"))).sum()
        });
        assert_eq!((done, office.receipts()), (1, 1));
    });
}

#[test]
fn what_was_booked_is_undone_by_a_reversal_and_can_be_booked_again() {
    ready(|office| {
        let (actor, community) = (Actor::local_operator(), office.community());
        let before = office.owed("1-1-102", "2026-11-05");
        let line = office.open_line("1469.30").id;
        book_line(&office.app, &actor, community, line, &[part("1-1-202", "1469.30")]).expect("booked");
        let settled = &office.bank_lines().settled[0];
        assert_eq!((settled.state.as_str(), settled.parts[0].unit.as_str()), ("booked", "1-1-202"));
        assert!(reopen_line(&office.app, &actor, community, line, " ").is_err(), "a reason");
        let cashier = Actor { role: Role::Cashier, ..actor.clone() };
        assert!(matches!(reopen_line(&office.app, &cashier, community, line, "认错户"), Err(Refusal::Forbidden(_))));
        reopen_line(&office.app, &actor, community, line, "认错户").expect("undone");
        assert_eq!((office.owed("1-1-102", "2026-11-05"), office.receipts()), (before, 2));
        book_line(&office.app, &actor, community, line, &[]).expect("booked again");
        assert_eq!(office.owed("1-1-102", "2026-11-05").0, Fen::ZERO);
    });
}

#[test]
fn an_ignored_line_keeps_its_reason_and_can_be_opened_again() {
    ready(|office| {
        let (actor, community) = (Actor::local_operator(), office.community());
        let line = office.open_line("88.00").id;
        assert!(ignore_line(&office.app, &actor, community, line, "").is_err());
        ignore_line(&office.app, &actor, community, line, "货款，非物业费").expect("ignored");
        let settled = &office.bank_lines().settled[0];
        assert_eq!((settled.state.as_str(), settled.reason.as_str()), ("ignored", "货款，非物业费"));
        assert!(book_line(&office.app, &actor, community, line, &[part("1-1-101", "88.00")]).is_err());
        reopen_line(&office.app, &actor, community, line, "是 101 的").expect("opened");
        book_line(&office.app, &actor, community, line, &[part("1-1-101", "88.00")]).expect("booked");
    });
}

#[test]
fn a_receipt_reversed_at_the_desk_shows_on_its_line_and_the_line_can_be_opened() {
    ready(|office| {
        let (actor, community) = (Actor::local_operator(), office.community());
        let line = office.open_line("1469.30").id;
        let receipts = book_line(&office.app, &actor, community, line, &[]).expect("booked");
        office.reverse(receipts[0].id);
        assert!(office.bank_lines().settled[0].parts[0].reversed);
        reopen_line(&office.app, &actor, community, line, "已在收费台冲红").expect("opened");
        assert_eq!(office.receipts(), 2, "reversed once");
    });
}

#[test]
fn an_account_that_paid_before_is_known_again() {
    ready(|office| {
        let (actor, community) = (Actor::local_operator(), office.community());
        let line = office.open_line("100.00").id;
        book_line(&office.app, &actor, community, line, &[]).expect("booked");
        let next = "交易日期,收入,对方户名,对方账号,附言\n2026-11-04,116.90,郝大,6222000000000009,\n";
        office.bank_file(next).expect("imported");
        let line = office.open_line("116.90");
        assert_eq!(line.proposals[0].reasons, [Reason::SeenAccount, Reason::Owed]);
        assert!(line.certain);
    });
}

#[test]
fn accounts_and_remarks_are_sealed_and_masked() {
    ready(|office| {
        for column in ["account_tail", "payer_name", "reason"] {
            let clear = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM bank_line WHERE {column} LIKE '%0000000000%'");
            assert_eq!(office.count(&clear), 0, "{column}");
        }
        let line = office.open_line("100.00");
        assert_eq!((line.account.as_str(), line.remark.as_str()), ("622****0009", "1-1-202物业费138****2222"));
        let auditor = Actor { role: Role::Auditor, ..Actor::local_operator() };
        let seen = list_bank_lines(&office.app, &auditor, office.community()).expect("lines");
        assert!(seen.open.iter().any(|one| one.payer == "李*梅"), "{seen:?}");
        let name = "SELECT CAST(COUNT(*) AS BIGINT) FROM bank_file WHERE file_name = '流水.csv' AND account_tail = '330****0001'";
        assert_eq!(office.count(name), 1);
    });
}

#[test]
fn columns_told_by_hand_are_kept_for_the_next_statement() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let csv = |day: &str| format!("到账时间,进账,来款人\n{day},209.90,李小梅\n");
        assert!(office.bank_file(&csv("2026-11-01")).is_err());
        let request = FileRequest {
            community: COMMUNITY.to_owned(),
            file_name: "a.csv".to_owned(),
            bytes: csv("2026-11-01").into_bytes(),
            layout: None,
            map: ["到账时间=day", "进账=in", "来款人=payer"].map(ToOwned::to_owned).to_vec(),
            dry_run: false,
        };
        let wrong = FileRequest { layout: Some(Layout::Ccb), ..request.clone() };
        assert!(import_bank_file(&office.app, &Actor::local_operator(), &wrong).is_err(), "another bank's");
        let dry = FileRequest { dry_run: true, ..request.clone() };
        assert_eq!(import_bank_file(&office.app, &Actor::local_operator(), &dry).expect("read").new, 1);
        assert!(office.bank_file(&csv("2026-11-01")).is_err(), "a dry run keeps nothing");
        import_bank_file(&office.app, &Actor::local_operator(), &request).expect("imported");
        assert_eq!(office.bank_file(&csv("2026-11-02")).expect("imported").new, 1);
    });
}
