//! Owners' ways through collection in Chromium, each by the pages alone: who forgot pays after the first reminder; who is
//! dissatisfied complains, is repaired and then pays.

use fantoccini::Locator;
use hemu_testkit::browser::{Chromedriver, Screen};
use hemu_web::Server;

use crate::browser::Browser;
use crate::office::Office;

/// Owes October, due at its end.
const FORGETFUL: &str = "1-1-202";
/// Owes since April.
const DISSATISFIED: &str = "1-1-102";

/// A morning at the office: the clock moves on, and somebody signs in.
async fn morning(driver: &Chromedriver, server: &Server, office: &Office, (today, login): (&str, &str)) -> Browser {
    office.app.clock.set(today.parse().expect("a day"), 10, 0);
    let browser = Browser::open(driver, Screen::Desktop, format!("http://{}", server.address())).await;
    browser.sign_in(login).await;
    browser
}

/// Runs collection by its button.
async fn run(driver: &Chromedriver, server: &Server, office: &Office, today: &str) {
    let browser = morning(driver, server, office, (today, "manager")).await;
    browser.go(&office.here("cases")).await;
    browser.click("form[action$='/cases/run'] button").await;
    browser.close().await;
}

/// Opens the case of a unit from the list.
async fn open_case(browser: &Browser, office: &Office, unit: &str) {
    browser.go(&office.here("cases")).await;
    let rows = browser.client.find_all(Locator::Css("tbody tr")).await.expect("rows");
    for row in rows {
        if row.text().await.expect("text").contains(unit) {
            let link = row.find(Locator::Css("a")).await.expect("a link").attr("href").await.expect("an address");
            return browser.go(&link.expect("an address")).await;
        }
    }
    panic!("no case of {unit}: {}", browser.page().await);
}

/// Takes what is owed at the desk.
async fn pay_all(browser: &Browser, office: &Office, unit: &str) {
    browser.go(&office.here("desk")).await;
    browser.type_into("#q", &format!("{unit}\u{e007}")).await;
    browser.wait_for("#amount").await;
    let due = browser.text("#due").await.replace(',', "");
    browser.type_into("#amount", &format!("{due}\u{e007}")).await;
    browser.wait_for("a[href$='pdf?paper=a5']").await;
}

/// The case of a unit is closed and says so.
async fn assert_closed(browser: &Browser, office: &Office, unit: &str) {
    browser.go(&office.here("cases")).await;
    assert!(!browser.page().await.contains(unit), "{unit} has no open case any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgetful_owner_pays_after_the_first_reminder() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-11-05");
    let server = office.serve();
    office.bill("2026-10");
    // The first night after the due date opens a case, the third day's reminder goes out.
    for today in ["2026-11-05", "2026-11-06"] {
        run(&driver, &server, &office, today).await;
    }
    let browser = morning(&driver, &server, &office, ("2026-11-06", "cashier")).await;
    open_case(&browser, &office, FORGETFUL).await;
    let case = browser.page().await;
    assert!(case.contains("提醒"), "one gentle message: {case}");
    assert!(!case.contains("催缴通知书"), "and nothing harder");
    pay_all(&browser, &office, FORGETFUL).await;
    browser.close().await;
    run(&driver, &server, &office, "2026-11-07").await;
    let browser = morning(&driver, &server, &office, ("2026-11-07", "manager")).await;
    assert_closed(&browser, &office, FORGETFUL).await;
    browser.close().await;
}

/// Clicks the button of an act on an order, with a note where one is given.
async fn act(browser: &Browser, word: &str, note: Option<&str>) {
    let form = format!("form:has(input[value='{word}'])");
    if let Some(note) = note {
        browser.type_into(&format!("{form} [name=note]"), note).await;
    }
    browser.click(&format!("{form} button")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dissatisfied_owner_complains_is_repaired_and_then_pays() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-11-05");
    let server = office.serve();
    run(&driver, &server, &office, "2026-11-05").await;
    // The complaint is taken down on the case page; the whole case rests.
    let browser = morning(&driver, &server, &office, ("2026-11-06", "service")).await;
    open_case(&browser, &office, DISSATISFIED).await;
    let case = browser.path().await;
    browser
        .client
        .execute("document.querySelectorAll('details').forEach((one) => { one.open = true })", vec![])
        .await
        .expect("opens");
    browser.type_into("#subject", "四月起单元门禁失灵，报修两次无人处理").await;
    browser.click("form[action$='/complaint'] > button").await;
    browser.close().await;
    run(&driver, &server, &office, "2026-11-10").await;
    let browser = morning(&driver, &server, &office, ("2026-11-10", "engineer")).await;
    browser.go(&case).await;
    assert!(browser.page().await.contains("暂缓"), "nobody is chased: {}", browser.page().await);
    // Engineering repairs it, another person looks, the owner is answered and content.
    browser.go(&office.here("service")).await;
    browser.click("a.hemu-order").await;
    let order = browser.path().await;
    act(&browser, "accept", None).await;
    act(&browser, "start", Some("门禁主板烧毁")).await;
    act(&browser, "finish", Some("已更换主板并试用正常")).await;
    browser.close().await;
    let browser = morning(&driver, &server, &office, ("2026-11-11", "manager")).await;
    browser.go(&order).await;
    act(&browser, "verify", Some("现场试用正常")).await;
    browser.set("select[name=finding]", "valid").await;
    browser.set("select[name=remedy]", "repair").await;
    act(&browser, "answer", Some("门禁已修复，给您添麻烦了")).await;
    act(&browser, "rate", None).await;
    assert!(browser.page().await.contains("已办结"), "{}", browser.page().await);
    pay_all(&browser, &office, DISSATISFIED).await;
    browser.close().await;
    run(&driver, &server, &office, "2026-11-12").await;
    let browser = morning(&driver, &server, &office, ("2026-11-12", "manager")).await;
    assert_closed(&browser, &office, DISSATISFIED).await;
    browser.go(&office.here("review")).await;
    browser.close().await;
}
