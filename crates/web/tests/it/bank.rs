//! 对账 through the API and through the pages: a statement comes in, one click books it, a provider's file is compared.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::api::{Program, read, site};
use crate::office::{Office, Session};
use crate::shape;

const STATEMENT: &str = "交易日期,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,流水号
2026-11-01,,1469.30,1469.30,李小梅,6222000000000002,物业费,S1
2026-11-02,,88.00,1557.30,孙某,6222000000000008,货款,S2
";
const WECHAT: &str = "交易时间,微信订单号,商户订单号,交易状态,订单金额,手续费
`2026-11-03 09:10:11,`4200001,`HM-0001,`SUCCESS,`209.90,`1.26000
总交易单数,订单总金额
`1,`209.90
";

fn fits(path: &str, (method, status): (&str, &str), answer: &Value) {
    let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
    let path = format!("/communities/{{community}}/bank{path}");
    shape::check(&document, (&path, method, status), answer).expect("fits");
}

#[tokio::test]
async fn a_program_brings_in_a_statement_and_books_its_lines() {
    let office = Office::open("2026-11-05");
    let (cashier, bank) = (Program::of(&office, "cashier").await, format!("{}/bank", site(&office)));
    let looked = cashier.send_file(&format!("{bank}/files"), &[("dry_run", "true")], STATEMENT).await;
    assert_eq!((looked.status, &read(&looked)["new"]), (StatusCode::OK, &json!(2)), "{}", looked.body);
    let sent = cashier.send_file(&format!("{bank}/files"), &[("layout", "ccb")], STATEMENT).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "another bank's: {}", sent.body);
    let sent = read(&cashier.send_file(&format!("{bank}/files"), &[], STATEMENT).await);
    fits("/files", ("post", "200"), &sent);
    let lines = cashier.get(&format!("{bank}/lines")).await;
    fits("/lines", ("get", "200"), &lines);
    assert_eq!((&lines["certain"], &lines["open"][0]["proposals"][0]["unit"]), (&json!(1), &json!("1-1-102")));
    assert!(!lines.to_string().contains("6222000000000002"), "masked: {lines}");
    let (status, confirmed) = cashier.post(&format!("{bank}/lines/confirmation"), json!({})).await;
    fits("/lines/confirmation", ("post", "200"), &confirmed);
    assert_eq!((status, &confirmed["amount"], &confirmed["left"]), (StatusCode::OK, &json!("1469.30"), &json!(1)));
    let line = lines["open"][1]["id"].as_str().expect("a line");
    let parts = json!({ "units": ["1-1-101", "1-1-202"], "amounts": ["8.00", "80.00"] });
    let (status, receipts) = cashier.post(&format!("{bank}/lines/{line}/booking"), parts).await;
    assert_eq!(status, StatusCode::CREATED, "{receipts}");
    fits("/lines/{line}/booking", ("post", "201"), &receipts);
    let (status, _) = cashier.post(&format!("{bank}/lines/{line}/ignoring"), json!({ "reason": "x" })).await;
    assert_eq!(status, StatusCode::CONFLICT, "booked already");
    let (status, _) = cashier.post(&format!("{bank}/lines/{line}/reopening"), json!({ "reason": "x" })).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "a cashier reverses nothing");
    let accountant = Program::of(&office, "accountant").await;
    let (status, _) = accountant.post(&format!("{bank}/lines/{line}/reopening"), json!({ "reason": "认错户" })).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let service = Program::of(&office, "service").await;
    let refused = service.send_file(&format!("{bank}/files"), &[], STATEMENT).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_program_compares_a_providers_file_with_the_books() {
    let office = Office::open("2026-11-05");
    let (cashier, bank) = (Program::of(&office, "cashier").await, format!("{}/bank", site(&office)));
    let sent = read(&cashier.send_file(&format!("{bank}/files"), &[], WECHAT).await);
    let file = sent["file"].as_str().expect("a file");
    let files = cashier.get(&format!("{bank}/settlements")).await;
    fits("/settlements", ("get", "200"), &files);
    let report = cashier.get(&format!("{bank}/settlements/{file}")).await;
    fits("/settlements/{file}", ("get", "200"), &report);
    let difference = &report["differences"][0];
    assert_eq!((&difference["kind"], &report["fees"]), (&json!("not_in_books"), &json!("1.26")));
    let settled = json!({ "kind": "not_in_books", "subject": difference["subject"], "reason": "停车费" });
    let (status, _) = cashier.post(&format!("{bank}/settlements/{file}/differences"), settled).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(cashier.get(&format!("{bank}/settlements/{file}")).await["open"], 0);
    let workbook = cashier.call("GET", &format!("{bank}/settlements/{file}/export"), None).await;
    assert!(workbook.status == StatusCode::OK && workbook.kind.contains("spreadsheetml"));
}

async fn upload(page: &Session<'_>, office: &Office, fields: &[(&str, &str)], file: &str) -> String {
    let answer = page.post_file(&office.here("bank/upload"), fields, file).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn the_page_takes_a_statement_books_with_one_click_and_undoes() {
    let office = Office::open("2026-11-05");
    let accountant = office.session("accountant").await;
    let wrong = upload(&accountant, &office, &[], &STATEMENT.replace("1557.30", "1558.30")).await;
    assert!(wrong.contains("没有导入任何数据") && wrong.contains("余额与相邻一行对不上"), "{wrong}");
    assert!(accountant.get(&office.here("bank")).await.body.contains("没有待认领的到账"));
    let looked = upload(&accountant, &office, &[("look", "1")], STATEMENT).await;
    assert!(looked.contains("预览，没有写入") && looked.contains("没有待认领的到账"), "{looked}");
    let page = upload(&accountant, &office, &[], STATEMENT).await;
    for words in ["已导入", "入账到 1-1-102", "付款人与业主同名", "确认全部确定的", "622****0002"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(upload(&accountant, &office, &[], STATEMENT).await.contains("此前已导入"));
    let line = page.split("id=\"l-").nth(1).and_then(|rest| rest.split('"').next()).expect("a line");
    let book = office.here(&format!("bank/lines/{line}/book"));
    assert_eq!(accountant.post_without_token(&book, "").await.status, StatusCode::FORBIDDEN);
    let booked = accountant.post(&book, "").await;
    assert_eq!((booked.status, booked.location), (StatusCode::SEE_OTHER, office.here("bank?done=booked")));
    assert!(accountant.post(&book, "").await.body.contains("已经处理过"));
    let reopen = office.here(&format!("bank/lines/{line}/reopen"));
    assert_eq!(accountant.post(&reopen, "reason=%E9%94%99").await.status, StatusCode::SEE_OTHER);
    assert!(accountant.get(&office.here("bank")).await.body.contains("曾撤销："));
    let confirm = accountant.post(&office.here("bank/confirm"), "").await;
    assert_eq!(confirm.status, StatusCode::SEE_OTHER, "{}", confirm.body);
    let auditor = office.session("auditor").await.get(&office.here("bank")).await.body;
    assert!(
        auditor.contains("李*梅") && !auditor.contains("李小梅") && !auditor.contains("name=\"file\""),
        "{auditor}"
    );
}

#[tokio::test]
async fn the_page_offers_to_map_columns_it_does_not_know() {
    let office = Office::open("2026-11-05");
    let accountant = office.session("accountant").await;
    let csv = "到账时间,进账,来款人\n2026-11-01,209.90,李小梅\n";
    let page = upload(&accountant, &office, &[], csv).await;
    assert!(page.contains("没有找到银行流水的表头") && page.contains("name=\"heading\" value=\"进账\""), "{page}");
    let map = [
        ("heading", "到账时间"),
        ("field", "day"),
        ("heading", "进账"),
        ("field", "in"),
        ("heading", "来款人"),
        ("field", "payer"),
    ];
    assert!(upload(&accountant, &office, &map, csv).await.contains("已导入"));
    assert!(upload(&accountant, &office, &[], &csv.replace("11-01", "11-02")).await.contains("已导入"), "kept");
}

#[tokio::test]
async fn the_page_of_a_providers_file_lists_and_settles_differences() {
    let office = Office::open("2026-11-05");
    let accountant = office.session("accountant").await;
    let page = upload(&accountant, &office, &[], WECHAT).await;
    let link = format!("{}/", office.here("bank/files"));
    let file = page.split(&link).nth(1).and_then(|rest| rest.split('"').next()).expect("a file").to_owned();
    let path = office.here(&format!("bank/files/{file}"));
    let page = accountant.get(&path).await.body;
    assert!(page.contains("渠道有、账上没有") && page.contains("HM-0001"), "{page}");
    let subject = page.split("name=\"subject\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("one");
    let fields = format!("kind=not_in_books&subject={subject}&reason=%E5%81%9C%E8%BD%A6");
    assert_eq!(accountant.post(&format!("{path}/settle"), &fields).await.status, StatusCode::SEE_OTHER);
    let page = accountant.get(&path).await.body;
    assert!(page.contains("停车") && page.contains("<b id=\"open\">0</b>"), "{page}");
    assert_eq!(accountant.get(&format!("{path}/export")).await.status, StatusCode::OK);
}
