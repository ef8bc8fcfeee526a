//! An accountant closes the month of a thousand homes in Chromium, by the pages alone.

use std::fmt::Write as _;

use fantoccini::Locator;
use hemu_app::Actor;
use hemu_app::import::{ImportRequest, import_spreadsheet};
use hemu_testkit::browser::{Chromedriver, Screen};
use serde_json::Value;

use crate::api::{Program, site};
use crate::browser::Browser;
use crate::office::{COMMUNITY, Office};

/// Homes of the estate: ten buildings of a hundred.
const HOMES: usize = 1_000;

/// Every seventh home owes since July; the others are paid up to September.
fn estate() -> Office {
    let office = Office::empty("2026-10-08");
    let mut list = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注\n".to_owned();
    for home in 0..HOMES {
        let (building, floor, room) = (home / 100 + 1, home % 100 / 4 + 1, home % 4 + 1);
        let paid = if home % 7 == 0 { "2026-06" } else { "2026-09" };
        let area = 60 + home % 90;
        let line = format!("{building}-1-{floor}{room:02},业主{home},138{home:08},{area}.5,2.35,{paid},");
        writeln!(list, "{line}").expect("a line");
    }
    let request = ImportRequest {
        file_name: "list.csv".to_owned(),
        bytes: list.into_bytes(),
        community: COMMUNITY.to_owned(),
        as_of: "2026-09-30".parse().expect("a day"),
        map: Vec::new(),
        dry_run: false,
    };
    import_spreadsheet(&office.app, &Actor::local_operator(), &request).expect("imports");
    office.hire();
    office
}

/// Takes a payment at the desk.
async fn pay(browser: &Browser, office: &Office, unit: &str, amount: &str) {
    browser.go(&office.here("desk")).await;
    browser.type_into("#q", &format!("{unit}\u{e007}")).await;
    browser.wait_for("#amount").await;
    browser.type_into("#amount", &format!("{amount}\u{e007}")).await;
    browser.wait_for("a[href$='pdf?paper=a5']").await;
}

/// The figures of a table of the page: each line's last cell.
async fn figures(browser: &Browser, table: &str) -> Vec<String> {
    let rows = browser.client.find_all(Locator::Css(&format!("#{table} tbody tr td:last-child"))).await.expect(table);
    let mut found = Vec::new();
    for row in rows {
        found.push(row.text().await.expect("text").replace(',', ""));
    }
    found
}

fn rolled(report: &Value, part: &str, fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| report[part][field].as_str().expect(field).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_a_thousand_homes_is_closed_by_the_pages_alone_in_a_browser() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = estate();
    let server = office.serve();
    let browser = Browser::open(&driver, Screen::Desktop, format!("http://{}", server.address())).await;
    browser.sign_in("accountant").await;
    // Check, issue, publish.
    browser.go(&office.here("bills")).await;
    browser.set("#period", "2026-10").await;
    browser.click("form[action$='/bills/check'] button").await;
    assert!(browser.text("#checked").await.contains(&HOMES.to_string()), "{}", browser.text("#checked").await);
    browser.click("form[action$='/bills'] button").await;
    assert!(browser.text("#published").await.contains("未发布"));
    browser.click("#publish").await;
    assert!(browser.text("#published").await.contains("已发布"));
    // Payments: one month, arrears in part, more than is owed.
    pay(&browser, &office, "1-1-102", "144.53").await;
    pay(&browser, &office, "1-1-101", "200.00").await;
    pay(&browser, &office, "2-1-101", "1000.00").await;
    // The month is not over; the page says so and offers no button.
    browser.go(&office.here("closing/2026-10")).await;
    assert!(browser.text("#problems").await.contains("还没有过完"));
    assert!(browser.client.find(Locator::Css("#close")).await.is_err());
    browser.close().await;
    // November: nothing stands in the way (a session does not last that long, so one signs in again).
    office.app.clock.set("2026-11-02".parse().expect("a day"), 10, 0);
    let browser = Browser::open(&driver, Screen::Desktop, format!("http://{}", server.address())).await;
    browser.sign_in("accountant").await;
    browser.go(&office.here("closing")).await;
    browser.click("#next").await;
    browser.assert_fits().await;
    assert!(browser.text("#state").await.contains("勾稽一致"), "{}", browser.page().await);
    let provisional = figures(&browser, "receivable").await;
    browser.click("#close").await;
    assert!(browser.text("#state").await.contains("已结账"), "{}", browser.page().await);
    assert_eq!(figures(&browser, "receivable").await, provisional);
    // The page, the JSON, and the arrears list say the same.
    let accountant = Program::of(&office, "accountant").await;
    let report = accountant.get(&format!("{}/closings/2026-10", site(&office))).await;
    assert_eq!(report["closed"], true);
    let fields = ["opening", "billed", "brought_in", "reversed", "reduced", "paid", "closing"];
    assert_eq!(provisional, rolled(&report, "receivable", &fields));
    let fields = ["opening", "received", "refunded", "applied", "closing", "put_by", "paid_ahead"];
    assert_eq!(figures(&browser, "prepaid").await, rolled(&report, "prepaid", &fields));
    assert_eq!(report["prepaid"]["received"], "1344.53");
    assert_eq!(report["buildings"].as_array().map(Vec::len), Some(HOMES / 100));
    let arrears = accountant.get(&format!("{}/arrears?as_of=2026-10-31", site(&office))).await;
    assert_eq!(report["due"]["due"], arrears["totals"]["principal"]);
    assert_eq!(browser.text("#due").await.replace(',', ""), report["due"]["due"].as_str().expect("an amount"));
    browser.close().await;
}
