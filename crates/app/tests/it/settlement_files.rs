//! Settlement files of payment providers against the books, both ways.

use hemu_app::bank::{SettlementReport, differences_workbook, list_settlements, settle_difference, settlement_report};
use hemu_app::ledger::{ReceiptReport, ReceiptRequest, take_receipt};
use hemu_app::{Actor, Refusal};
use hemu_domain::bank::reconcile::DifferenceKind;
use hemu_domain::ids::BankFileId;

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

/// Three payments and a refund of the first, as WeChat writes them.
pub const WECHAT: &str = "交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,应结订单金额,微信退款单号,退款金额,手续费,订单金额,申请退款金额
`2026-11-03 09:10:11,`wx01,`1600,`4200001,`HM-0001,`SUCCESS,`209.90,`0,`0.00,`1.26000,`209.90,`0.00
`2026-11-03 10:00:00,`wx01,`1600,`4200002,`HM-0002,`SUCCESS,`100.00,`0,`0.00,`0.60000,`100.00,`0.00
`2026-11-03 11:00:00,`wx01,`1600,`4200003,`HM-0003,`SUCCESS,`50.00,`0,`0.00,`0.30000,`50.00,`0.00
`2026-11-04 11:00:00,`wx01,`1600,`4200001,`HM-0001,`REFUND,`0.00,`5001,`9.90,`-0.06000,`0.00,`9.90
总交易单数,应结订单总金额,退款总金额,手续费总金额
`4,`359.90,`9.90,`2.10000
";

impl Office {
    fn paid_by(&self, method: &str, amount: &str, on: &str, key: Option<&str>) -> ReceiptReport {
        let request = ReceiptRequest {
            community: COMMUNITY.to_owned(),
            unit: unit("1-1-102"),
            amount: yuan(amount),
            received_on: day(on),
            method: method.to_owned(),
            designated: Vec::new(),
            key: key.map(ToOwned::to_owned),
            remark: String::new(),
        };
        take_receipt(&self.app, &Actor::local_operator(), &request).expect("taken")
    }

    fn compared(&self, file: BankFileId) -> SettlementReport {
        settlement_report(&self.app, &Actor::local_operator(), self.community(), file).expect("compared")
    }
}

fn told(report: &SettlementReport) -> Vec<(DifferenceKind, Option<String>, Option<String>)> {
    let text = |amount: Option<hemu_domain::Fen>| amount.map(|amount| amount.to_string());
    report.differences.iter().map(|one| (one.kind, text(one.in_file), text(one.in_books))).collect()
}

#[test]
fn file_and_books_are_compared_both_ways_and_what_is_put_right_is_gone() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.paid_by("wechat", "209.90", "2026-11-03", Some("HM-0001"));
        office.paid_by("qr", "90.00", "2026-11-03", Some("HM-0002"));
        let lone = office.paid_by("wechat", "30.00", "2026-11-04", None);
        office.paid_by("alipay", "31.00", "2026-11-04", None);
        office.paid_by("cash", "50.00", "2026-11-03", None);
        let file = office.bank_file(WECHAT).expect("imported");
        assert_eq!((file.kind.as_str(), file.new, file.amount), ("wechat", 4, yuan("350.00")));
        let report = office.compared(file.file.expect("a file"));
        assert_eq!((report.payments, report.paid, report.refunds), (3, yuan("359.90"), 1));
        assert_eq!((report.refunded, report.fees), (yuan("9.90"), yuan("2.22")));
        let yuan = |text: &str| Some(text.to_owned());
        assert_eq!(
            told(&report),
            [
                (DifferenceKind::Amount, yuan("100.00"), yuan("90.00")),
                (DifferenceKind::NotInBooks, yuan("50.00"), None),
                (DifferenceKind::Refund, yuan("-9.90"), None),
                (DifferenceKind::NotInFile, None, yuan("30.00")),
            ]
        );
        office.paid_by("wechat", "50.00", "2026-11-03", Some("HM-0003"));
        office.reverse(lone.id);
        let left: Vec<DifferenceKind> = told(&office.compared(report.file)).into_iter().map(|one| one.0).collect();
        assert_eq!(left, [DifferenceKind::Amount, DifferenceKind::Refund], "taken, and a slip reversed");
        assert_eq!(office.bank_file(WECHAT).expect("read").new, 0, "a second time it changes nothing");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_difference_is_settled_with_a_reason_and_exported() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let file = office.bank_file(WECHAT).expect("imported").file.expect("a file");
        let report = office.compared(file);
        assert_eq!((report.differences.len(), report.open), (4, 4));
        let (actor, community) = (Actor::local_operator(), office.community());
        let one = &report.differences[0];
        let settle =
            |kind, reason: &str| settle_difference(&office.app, &actor, community, file, (kind, one.subject), reason);
        assert!(settle(one.kind, " ").is_err());
        assert!(matches!(settle(DifferenceKind::Amount, "错"), Err(Refusal::NotFound(_))), "no such difference");
        settle(one.kind, "停车系统的收款，不在本系统").expect("settled");
        let report = office.compared(file);
        assert_eq!((report.open, report.differences[0].settled_by.as_deref()), (3, Some("本机操作员")));
        let bytes = differences_workbook(&office.app, &actor, community, file).expect("a workbook");
        let sheets = hemu_documents::sheets_in::read_sheets(&bytes, "d.xlsx").expect("a workbook");
        assert_eq!(sheets[0].rows.len(), 5);
        assert_eq!(sheets[0].rows[1][8].text(), "停车系统的收款，不在本系统");
        let files = list_settlements(&office.app, &actor, community).expect("files");
        assert_eq!((files.len(), files[0].first_on, files[0].last_on), (1, day("2026-11-03"), day("2026-11-04")));
    });
}

#[test]
fn a_payment_by_code_belongs_to_whichever_provider_knows_it() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.paid_by("qr", "300.00", "2026-11-03", None);
        office.paid_by("qr", "301.00", "2026-11-03", None);
        let wechat = office.bank_file(WECHAT).expect("imported").file.expect("a file");
        let lone = |file| told(&office.compared(file)).iter().filter(|one| one.0 == DifferenceKind::NotInFile).count();
        assert_eq!(lone(wechat), 2);
        let alipay =
            "支付宝交易号,商户订单号,业务类型,完成时间,订单金额（元）,商家实收（元）,退款批次号/请求号,服务费（元）
20261103,X-1,交易,2026-11-03 09:00:00,300.00,300.00,,-1.80
";
        let alipay = office.bank_file(alipay).expect("imported").file.expect("a file");
        assert_eq!((lone(wechat), lone(alipay)), (1, 1), "the one nobody knows");
    });
}

#[test]
fn a_file_cut_short_is_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let cut: String =
            WECHAT.lines().filter(|line| !line.contains("HM-0003")).map(|line| format!("{line}\n")).collect();
        assert!(office.bank_file(&cut).is_err());
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM settlement_entry"), 0);
    });
}
