//! A month is closed once, in its turn, with figures that tie out and do not move; what is found out later lands in the open month.

use hemu_app::approval::{Asked, approve, ask};
use hemu_app::arrears::arrears_report;
use hemu_app::bank::ignore_line;
use hemu_app::billing::checklist::check_list;
use hemu_app::billing::publish::publish_bills;
use hemu_app::closing::export::{Layout, month_vouchers, voucher_csv};
use hemu_app::closing::invoices::{invoice_request, invoice_summary};
use hemu_app::closing::paper::month_pdf;
use hemu_app::closing::tables::month_workbook;
use hemu_app::closing::{CloseRequest, MonthReport, close_month, list_closings, month_report};
use hemu_app::ledger::deposits::list_deposits;
use hemu_app::ledger::statement::{StatementRequest, statement, statement_pdf};
use hemu_app::{Actor, Refusal};
use hemu_documents::sheets_in::read_sheets;
use hemu_domain::billing::invoice::LeftOut;
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::closing::MonthFigures;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::{Fen, Period};

use crate::history::second;
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, yuan};
use crate::shared_costs::cost;

fn month(text: &str) -> Period {
    Period::parse(text).expect("a month")
}

impl Office {
    /// Closes a month.
    pub fn close(&self, text: &str) -> Result<MonthReport, Refusal> {
        let request = CloseRequest { community: COMMUNITY.to_owned(), month: month(text), dry_run: false };
        close_month(&self.app, &Actor::local_operator(), &request)
    }

    /// The figures of a month.
    pub fn figures(&self, text: &str) -> MonthFigures {
        month_report(&self.app, &Actor::local_operator(), COMMUNITY, month(text)).expect("a report").figures
    }
}

/// The words of a PDF, as a person copies them.
fn pdf_text(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("paper.pdf");
    std::fs::write(&file, pdf).expect("written");
    let output = std::process::Command::new("pdftotext").arg(&file).arg("-").output();
    String::from_utf8(output.expect("pdftotext, of poppler-utils, is installed").stdout).expect("UTF-8")
}

fn refusal(result: Result<MonthReport, Refusal>) -> String {
    result.expect_err("refused").text().zh
}

/// October: opening arrears and bills of an estate; November: bills, payments, a waiver.
pub fn two_months(office: &Office) {
    office.import(LIST);
    office.late_fee_clause("principal_first");
    office.on("2026-11-02");
    office.bill("2026-11");
    office.pay("1-1-102", "500.00", "2026-11-02", None).expect("taken");
    office.on("2026-11-05");
    office.pay("1-1-101", "700.00", "2026-11-05", None).expect("taken");
    office.keep_a_deposit();
    office.on("2026-11-20");
    office.adjust("1-1-202", AdjustmentKind::Waiver, "16.90");
    office.on("2026-12-01");
}

#[test]
fn a_month_rolls_forward_and_comes_to_the_arrears_list() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        let october = office.close("2026-10").expect("closed").figures;
        // Seven months of 209.90 and one of 216.90 were brought in; they are the opening of the first month closed.
        assert_eq!(october.receivable.closing, yuan("1686.20"));
        let november = office.close("2026-11").expect("closed").figures;
        let r = &november.receivable;
        assert_eq!(r.opening, october.receivable.closing);
        assert_eq!(r.billed, yuan("726.80"), "200.00 + 209.90 + 100.00 + 216.90");
        assert_eq!(r.reduced, yuan("16.90"));
        assert!(november.late_fee.assessed.is_positive(), "what had run was frozen when it was paid");
        assert_eq!(november.prepaid.received, yuan("1200.00"));
        assert_eq!(november.prepaid.closing, yuan("500.00"), "700.00 less the 200.00 of November");
        let arrears = arrears_report(&office.app, &Actor::local_operator(), COMMUNITY, day("2026-11-30"));
        assert_eq!(november.due.due, arrears.expect("a list").totals.principal);
        assert_eq!(november.due.due + november.due.not_due, r.closing);
        assert!(november.adds_up());
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_is_recorded_late_lands_in_the_open_month_and_the_closed_one_stands() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        let october = office.close("2026-10").expect("closed").figures;
        office.pay("1-1-202", "100.00", "2026-10-28", None).expect("taken");
        assert_eq!(office.figures("2026-10"), october, "frozen");
        let november = office.figures("2026-11");
        assert_eq!(november.prepaid.received, yuan("1300.00"), "a payment of 28 October, entered in December");
        assert_eq!(office.close("2026-11").expect("closed").figures, november);
        assert_eq!(office.close("2026-11").expect("the same").figures, november, "closing twice changes nothing");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM month_closing"), 2);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn money_for_a_month_that_has_not_begun_is_prepaid_until_it_does() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.bill("2026-12");
        office.pay("1-1-101", "200.00", "2026-10-31", None).expect("taken");
        office.on("2027-01-01");
        let october = office.close("2026-10").expect("closed").figures;
        assert_eq!((october.prepaid.closing, october.prepaid.paid_ahead), (yuan("200.00"), yuan("200.00")));
        office.close("2026-11").expect("closed");
        let december = office.close("2026-12").expect("closed").figures;
        assert_eq!((december.prepaid.applied, december.prepaid.closing), (yuan("200.00"), Fen::ZERO));
        assert_eq!(december.receivable.paid, yuan("200.00"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn months_close_in_their_turn_once_they_are_over_and_nothing_is_open() {
    on_every_engine("2026-10-31", |office| {
        assert!(refusal(office.close("2026-09")).contains("没有找到小区"));
        office.import(LIST);
        assert!(refusal(office.close("2026-10")).contains("还没有过完"), "today is its last day");
        office.on("2026-12-02");
        office.bill("2026-11");
        office.arrange("UPDATE bill_run SET status = 'running'");
        assert!(refusal(office.close("2026-10")).contains("出账没有完成"));
        office.arrange("UPDATE bill_run SET status = 'done'");
        office.close("2026-10").expect("closed");
        assert!(refusal(office.close("2026-12")).contains("请先结 2026-11"));
        assert!(refusal(office.close("2026-09")).contains("首次月结的 2026-10 之前"));
        office.tamper("UPDATE charge SET open_fen = open_fen - 1 WHERE open_fen > 0");
        let refused = office.close("2026-11").expect_err("refused");
        assert!(matches!(&refused, Refusal::Gated { missing } if missing.len() >= 2), "{refused:?}");
        let told = refused.text().zh;
        assert!(told.contains("应收勾稽不平") && told.contains("账务核对不通过"), "{told}");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM month_closing"), 1, "nothing was written");
    });
}

#[test]
fn only_the_last_closing_is_reopened_by_two_people_and_closed_again_with_what_is_known_by_then() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        office.close("2026-10").expect("closed");
        let before = office.close("2026-11").expect("closed").figures;
        let (me, community) = (Actor::local_operator(), office.community());
        let ask_for =
            |text: &str| ask(&office.app, &me, community, &Asked::ReopenMonth { month: month(text) }, "漏记一笔");
        let early = ask_for("2026-10").expect_err("refused").text().zh;
        assert!(early.contains("只能反结账最后结账的月份 2026-11"), "{early}");
        office.pay("1-1-202", "50.00", "2026-11-30", None).expect("taken");
        let asked = ask_for("2026-11").expect("asked");
        assert!(approve(&office.app, &me, community, asked.id).is_err(), "not by oneself");
        assert_eq!(office.figures("2026-11"), before);
        approve(&office.app, &second(), community, asked.id).expect("approved");
        let again = office.close("2026-11").expect("closed").figures;
        assert_eq!(again.prepaid.received - before.prepaid.received, yuan("50.00"));
        let list = list_closings(&office.app, &me, COMMUNITY).expect("a list");
        let reopened: Vec<bool> = list.rows.iter().map(|one| one.reopened_at.is_some()).collect();
        assert_eq!(reopened, [false, true, false]);
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE month_closing SET reopened_by = '别人' WHERE reopened_at IS NOT NULL");
        assert_eq!(office.red(), ["closings_are_as_they_were_made", "registers_hold_what_was_written"]);
    });
}

#[test]
fn a_closing_that_was_changed_or_taken_out_turns_a_check_red() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        office.close("2026-10").expect("closed");
        office.close("2026-11").expect("closed");
        office
            .app
            .db
            .write(|tx| -> Result<(), hemu_store::DbError> {
                tx.execute("UPDATE allocation SET effective_on = '2026-10-30' WHERE kind = 'prepaid_in'", &[])?;
                Ok(())
            })
            .expect("tampers");
        assert!(office.red().contains(&"allocations_follow_their_receipts"));
        office.tamper("UPDATE allocation SET effective_on = '2026-11-05' WHERE kind = 'prepaid_in'");
        assert_eq!(office.red(), [""; 0]);
        // The same sums on another day: only sorting the facts shows it.
        let moved = "UPDATE charge SET period = '2026-01' WHERE period = '2026-11'";
        office.tamper(moved);
        assert!(office.red().contains(&"closed_months_come_to_their_facts"));
        office.tamper("UPDATE charge SET period = '2026-11' WHERE period = '2026-01'");
        assert_eq!(office.red(), [""; 0]);
        office.tamper("DELETE FROM month_closing WHERE month = '2026-11'");
        assert_eq!(office.red(), ["registers_hold_what_was_written"], "even the newest");
    });
}

#[test]
fn page_workbook_paper_and_vouchers_say_the_same() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        office.close("2026-10").expect("closed");
        let report = office.close("2026-11").expect("closed");
        let me = Actor::local_operator();
        let november = month("2026-11");
        let workbook = month_workbook(&office.app, &me, COMMUNITY, november).expect("a workbook");
        let sheets = read_sheets(&workbook, "month.xlsx").expect("sheets");
        let cell = |name: &str| {
            let row = sheets[0].rows.iter().find(|row| row[0].text() == name).expect(name);
            Fen::parse(&row[1].text()).expect("an amount")
        };
        let figures = &report.figures;
        assert_eq!(cell("期末应收"), figures.receivable.closing);
        assert_eq!(cell("期末预收"), figures.prepaid.closing);
        assert_eq!(cell("期末违约金"), figures.late_fee.closing);
        assert_eq!(cell("期末押金"), figures.deposits.closing);
        assert_eq!(cell("其中：已到期（欠费）"), figures.due.due);
        let by_item: Fen = report.items.iter().map(|one| one.receivable.closing).sum();
        let by_building: Fen = report.buildings.iter().map(|one| one.receivable.closing).sum();
        assert_eq!((by_item, by_building), (figures.receivable.closing, figures.receivable.closing));
        let pdf = month_pdf(&office.app, &me, COMMUNITY, november).expect("a paper");
        let text = pdf_text(&pdf);
        let (r, d) = (&figures.receivable, &figures.deposits);
        for amount in [r.closing, figures.prepaid.closing, r.paid, figures.due.due, d.closing, d.returned] {
            assert!(text.contains(&amount.grouped()), "{amount} in {text}");
        }
        let vouchers = month_vouchers(&office.app, &me, COMMUNITY, november).expect("vouchers");
        let turnover = |code: &str| {
            let lines = vouchers.vouchers.iter().flat_map(|one| &one.lines).filter(|line| line.account.code == code);
            lines.map(|line| line.debit - line.credit).sum::<Fen>()
        };
        assert!(vouchers.vouchers.iter().all(|one| one.sums().0 == one.sums().1));
        assert_eq!(turnover("1122"), figures.receivable.closing - figures.receivable.opening);
        assert_eq!(turnover("2203"), figures.prepaid.opening - figures.prepaid.closing);
        assert_eq!(turnover("224101"), d.opening - d.closing);
        assert_eq!(turnover("1001"), figures.received.iter().map(|one| one.net()).sum::<Fen>() + d.taken - d.returned);
        for layout in [Layout::Yonyou, Layout::Kingdee] {
            let csv = voucher_csv(&office.app, &me, COMMUNITY, november, layout).expect("a file");
            let sheet = read_sheets(&csv, "vouchers.csv").expect("a table").remove(0);
            let lines: usize = vouchers.vouchers.iter().map(|one| one.lines.len()).sum();
            assert_eq!(sheet.rows.len(), lines + 1);
        }
    });
}

#[test]
fn invoices_are_asked_for_net_and_tax_and_come_to_what_was_billed() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        let request =
            invoice_request(&office.app, &Actor::local_operator(), COMMUNITY, month("2026-11")).expect("a request");
        assert_eq!(request.rows.len(), 4);
        assert_eq!(request.gross, yuan("726.80"));
        assert_eq!(request.net + request.tax, request.gross);
        let first = &request.rows[0];
        assert_eq!((first.tax_code.as_str(), first.rate_percent), ("3040801010000000000", 6));
        assert!(first.item.starts_with("*企业管理服务*") && first.remark.contains("1-1-101"), "{first:?}");
        assert_eq!((request.charged, request.left_out.len()), (yuan("726.80"), 0));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_is_collected_for_others_or_let_off_is_told_and_request_and_left_out_come_to_what_was_charged() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-02");
        for (meter, shows) in office.add_meters("3").into_iter().zip(["110", "107.5"]) {
            office.read(meter, "2026-11", shows).expect("taken");
        }
        office.confirm("2026-11", &[]);
        office.bill("2026-11");
        office.adjust("1-1-101", AdjustmentKind::Waiver, "16.90");
        let (me, november) = (Actor::local_operator(), month("2026-11"));
        let request = invoice_request(&office.app, &me, COMMUNITY, november).expect("a request");
        let left: Vec<_> =
            request.left_out.iter().map(|one| (one.reason, one.item.as_str(), one.charges, one.total)).collect();
        let water = (LeftOut::Collected, "水费", 2, yuan("52.50"));
        let [first, second] = left[..] else { panic!("{left:?}") };
        assert_eq!(first, water, "10 and 7.5 at 3.00");
        assert_eq!((second.0, second.2, second.3), (LeftOut::Reduced, 1, yuan("16.90")));
        let left: Fen = left.iter().map(|one| one.3).sum();
        let billed = office.figures("2026-11").receivable.billed;
        assert_eq!(request.charged, billed);
        assert_eq!(request.gross + left, billed, "no charge is left out silently");
        assert!(request.rows.iter().all(|row| !row.item.contains("水费")));
        let summary = invoice_summary(&office.app, &me, COMMUNITY, november).expect("a summary");
        assert_eq!((summary.to_invoice, summary.asked), (request.gross, request.gross));
        assert_eq!(summary.left_out, request.left_out);
        let vouchers = month_vouchers(&office.app, &me, COMMUNITY, november).expect("vouchers");
        let lines = vouchers.vouchers.iter().flat_map(|one| &one.lines).filter(|line| line.about == "水费");
        let booked: Vec<_> = lines.map(|line| (line.account.code.as_str(), line.debit, line.credit)).collect();
        assert_eq!(
            booked,
            [("1122", yuan("52.50"), Fen::ZERO), ("224102", Fen::ZERO, yuan("52.50"))],
            "neither revenue nor tax"
        );
    });
}

#[test]
fn deposits_roll_forward_as_a_liability_of_their_own_and_tie_out_with_what_is_left_of_each() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        let october = office.close("2026-10").expect("closed").figures;
        assert_eq!(october.deposits.closing, Fen::ZERO);
        let november = office.close("2026-11").expect("closed").figures;
        let d = &november.deposits;
        assert_eq!([d.opening, d.taken, d.returned, d.deducted], ["0", "2000", "1500", "200"].map(yuan));
        assert_eq!(d.closing, yuan("300"));
        let kept = list_deposits(&office.app, &Actor::local_operator(), COMMUNITY).expect("deposits");
        assert_eq!(d.closing, kept.left, "what the page of deposits says");
        assert_eq!(november.prepaid.received, yuan("1200.00"), "a deposit is no receipt");
        office.on("2027-01-01");
        let december = office.close("2026-12").expect("closed").figures;
        assert_eq!((december.deposits.opening, december.deposits.closing), (d.closing, d.closing));
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE deposit SET seq = seq + 100000");
        let red = ["closed_months_come_to_their_facts", "registers_hold_what_was_written"];
        assert_eq!(office.red(), red, "moved to another month");
    });
}

#[test]
fn a_deposit_that_does_not_tie_out_keeps_the_month_open() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        office.close("2026-10").expect("closed");
        // An entry of a deposit that is not there: the sums of all entries know it, what is left of each deposit does not.
        office.tamper("UPDATE deposit SET taken_on = '2026-12-01'");
        office.tamper("UPDATE deposit SET seq = 1");
        let told = refusal(office.close("2026-11"));
        assert!(told.contains("押金勾稽不平"), "{told}");
    });
}

#[test]
fn bills_are_published_once() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let me = Actor::local_operator();
        let publish = || publish_bills(&office.app, &me, COMMUNITY, month("2026-11"));
        assert!(publish().expect_err("refused").text().zh.contains("请先出账"));
        office.bill("2026-11");
        office.on("2026-11-03");
        let first = publish().expect("published");
        assert_eq!((first.runs, first.published_on), (1, day("2026-11-03")));
        office.on("2026-11-04");
        let again = publish().expect("published");
        assert_eq!((again.runs, again.published_on), (0, day("2026-11-03")), "nothing is changed");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_statement_of_account_comes_to_what_the_account_owes() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        let me = Actor::local_operator();
        let of = |label: &str, from: &str, to: &str| {
            let request = StatementRequest {
                community: COMMUNITY.to_owned(),
                unit: crate::office::unit(label),
                from: day(from),
                to: day(to),
            };
            statement(&office.app, &me, &request)
        };
        let one = of("1-1-102", "2026-11-01", "2026-11-30").expect("a statement");
        assert_eq!(one.opening, yuan("1469.30"), "seven months before November");
        assert_eq!(one.opening + one.charged - one.reduced - one.paid, one.closing);
        assert_eq!(one.lines.last().map(|line| line.balance), Some(one.closing));
        let open = "SELECT CAST(SUM(c.open_fen) AS BIGINT) FROM charge c JOIN account a ON a.id = c.account_id
            JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-102'";
        let fees =
            "SELECT CAST(COALESCE(SUM(l.open_fen), 0) AS BIGINT) FROM late_fee l JOIN account a ON a.id = l.account_id
            JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-102'";
        assert_eq!(one.closing, Fen::new(office.count(open) + office.count(fees)));
        let credit = of("1-1-101", "2026-11-01", "2026-11-30").expect("a statement");
        assert_eq!(credit.closing, -yuan("500.00"), "the payer's money");
        assert!(of("1-1-102", "2026-11-30", "2026-11-01").is_err(), "ends before it begins");
        let request =
            StatementRequest { community: COMMUNITY.to_owned(), unit: one.unit.clone(), from: one.from, to: one.to };
        let text = pdf_text(&statement_pdf(&office.app, &me, &request).expect("a paper"));
        assert!(text.contains(&one.closing.grouped()) && text.contains(&one.opening.grouped()), "{text}");
    });
}

#[test]
fn what_a_dry_run_finds_is_a_list_to_work_off_what_blocks_first() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.tamper("UPDATE unit SET area_e4 = NULL WHERE label = '1-1-101'");
        office.on("2026-11-02");
        office.bill("2026-11");
        office.arrange("UPDATE fee_price SET price_e6 = price_e6 * 2");
        let list = check_list(&office.app, &Actor::local_operator(), COMMUNITY, month("2026-12")).expect("a list");
        let first = &list.groups[0];
        assert_eq!((first.kind.as_str(), first.blocks, first.count), ("missing_area", true, 1));
        assert_eq!(first.rows[0].unit, Some(crate::office::unit("1-1-101")));
        assert!(first.rows[0].item.is_some(), "which fee cannot be billed: {first:?}");
        let kinds: Vec<&str> = list.groups.iter().map(|one| one.kind.as_str()).collect();
        assert!(kinds.contains(&"changed_standard") && kinds.contains(&"jump"), "{kinds:?}");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM bill WHERE period = '2026-12'"), 0);
    });
}

#[test]
fn the_list_tells_which_meters_are_not_read_or_not_confirmed_and_which_cost_is_still_to_be_shared() {
    on_every_engine("2026-11-30", |office| {
        office.import(LIST);
        let [first, _] = office.add_meters("3");
        office.read(first, "2026-11", "110").expect("taken");
        office.share(&cost("2026-11", "100.01", ShareMethod::Area)).expect("shared");
        let found = |text: &str| {
            let list = check_list(&office.app, &Actor::local_operator(), COMMUNITY, month(text)).expect("a list");
            let mut found = Vec::new();
            for group in list.groups.into_iter().filter(|one| !one.blocks) {
                found.extend(
                    group
                        .rows
                        .into_iter()
                        .map(|row| (group.kind.clone(), row.unit.map(|unit| unit.to_string()), row.item)),
                );
            }
            found
        };
        let row = |kind: &str, unit: Option<&str>, item: Option<&str>| {
            (kind.to_owned(), unit.map(ToOwned::to_owned), item.map(ToOwned::to_owned))
        };
        let november = found("2026-11");
        assert_eq!(
            november,
            [row("missing_reading", Some("1-1-102"), None), row("unconfirmed_reading", Some("1-1-101"), None)]
        );
        office.confirm("2026-11", &[]);
        assert_eq!(
            found("2026-11"),
            [row("missing_reading", Some("1-1-102"), None)],
            "what is confirmed is no finding"
        );
        let december = found("2026-12");
        assert!(december.contains(&row("open_share", None, Some("公摊电费"))), "{december:?}");
        office.share(&cost("2026-12", "90.00", ShareMethod::Area)).expect("shared");
        assert!(!found("2026-12").iter().any(|one| one.0 == "open_share"));
    });
}

#[test]
fn money_on_the_bank_statement_that_is_not_booked_keeps_the_month_open() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-12-01");
        let statement = "账号：3300000000000000001,,,,,,,
交易日期,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,流水号
2026-10-30,,88.00,88.00,孙某,6222000000000008,货款,S1
2026-11-02,,99.00,187.00,孙某,6222000000000008,货款,S2
";
        office.bank_file(statement).expect("imported");
        let told = refusal(office.close("2026-10"));
        assert!(told.contains("1 笔到账（共 88.00 元）"), "that of November is no matter of October: {told}");
        let (me, community) = (Actor::local_operator(), office.community());
        ignore_line(&office.app, &me, community, office.open_line("88.00").id, "自有账户往来").expect("ignored");
        office.close("2026-10").expect("closed");
        assert!(refusal(office.close("2026-11")).contains("99.00"));
    });
}
