//! Owners' ways through collection in Chromium, people's part by the pages alone: who forgot pays after the first reminder; who is
//! dissatisfied complains, is repaired and then pays; who cannot pay at once agrees a plan, misses an instalment and resumes; who will
//! not pay comes to the gate of the law with everything proven.

use chrono::NaiveDate;
use fantoccini::Locator;
use hemu_testkit::browser::{Chromedriver, Screen};
use hemu_web::Server;

use crate::browser::Browser;
use crate::office::Office;

/// Owes October, due at its end.
const FORGETFUL: &str = "1-1-202";
/// Owes since April.
const DISSATISFIED: &str = "1-1-102";
/// The same home, where its owner is out of work.
const HARD_PRESSED: &str = "1-1-102";

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
    pay(browser, office, unit, None).await;
}

/// Takes an amount at the desk; what is owed where none is named.
async fn pay(browser: &Browser, office: &Office, unit: &str, amount: Option<&str>) {
    browser.go(&office.here("desk")).await;
    browser.type_into("#q", &format!("{unit}\u{e007}")).await;
    browser.wait_for("#amount").await;
    let due = browser.text("#due").await.replace(',', "");
    browser.type_into("#amount", &format!("{}\u{e007}", amount.unwrap_or(&due))).await;
    browser.wait_for("a[href$='pdf?paper=a5']").await;
}

/// Opens what is folded on a page.
async fn unfold(browser: &Browser) {
    let open = "document.querySelectorAll('details').forEach((one) => { one.open = true })";
    browser.client.execute(open, vec![]).await.expect("opens");
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
    unfold(&browser).await;
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

/// The nights of some days, one after the other, each by the form of the page: a decision for every case, then what is due goes out.
async fn nights(office: &Office, (first, last): (&str, &str)) {
    let (mut today, last): (NaiveDate, NaiveDate) = (first.parse().expect("a day"), last.parse().expect("a day"));
    while today <= last {
        office.app.clock.set(today, 10, 0);
        let ran = office.session_without_form("manager").await.post(&office.here("cases/run"), "").await;
        assert!(ran.location.ends_with("done=ran"), "{today}: {} {}", ran.status, ran.body);
        today = today.succ_opt().expect("a day");
    }
}

/// Records on the case page that the owner refuses; an open task for it is finished.
async fn record_a_refusal(browser: &Browser, note: &str) {
    let choose = "document.getElementById('outcome-REACHED_REFUSE').checked = true";
    browser.client.execute(choose, vec![]).await.expect("chooses");
    browser.type_into("#note", note).await;
    browser.click("#save-contact").await;
    assert!(browser.page().await.contains(note), "{}", browser.page().await);
}

/// Another person approves the only request there is.
async fn approve(browser: &Browser, office: &Office) {
    browser.go(&office.here("approvals")).await;
    browser.click("form[action$='/approve'] button").await;
}

/// Looks at a case through the eyes of somebody on a day.
async fn look_at(
    driver: &Chromedriver,
    server: &Server,
    office: &Office,
    (today, login): (&str, &str),
    case: &str,
) -> Browser {
    let browser = morning(driver, server, office, (today, login)).await;
    browser.go(case).await;
    browser
}

/// The owner says on the telephone why nothing is paid; a plan of three months is worked out and offered.
async fn offer_a_plan(browser: &Browser) {
    let choose = "document.getElementById('outcome-REACHED_TALK').checked = true";
    browser.client.execute(choose, vec![]).await.expect("chooses");
    browser.set("#cause", "HARD").await;
    browser.set("#attitude", "cooperative").await;
    browser.type_into("#note", "本月失业，愿意分期").await;
    browser.click("#save-contact").await;
    assert!(browser.page().await.contains("经济困难"), "{}", browser.page().await);
    unfold(browser).await;
    browser.set("#first_due_on", "2026-11-20").await;
    browser.tap("input[name=late_fee_rests]").await;
    browser.click("form[action$='/plan/quote'] button").await;
    let quote = browser.page().await;
    assert!(quote.contains("还没有登记") && quote.contains("2027-01-20") && quote.contains("须另一人审批"), "{quote}");
    assert_eq!(browser.text("#plan-total").await, "1,469.30");
    browser.click("form[action$='/plan'] button").await;
    assert!(browser.text("#plan").await.contains("已提出"), "{}", browser.text("#plan").await);
}

/// The owner comes to the counter, agrees and signs; the signed page is kept as a photo.
async fn agree_and_sign(browser: &Browser) {
    let folder = tempfile::tempdir().expect("a folder");
    let photo = folder.path().join("签署页.jpg");
    std::fs::write(&photo, b"\xFF\xD8\xFF\xE0 a signed page").expect("writes");
    browser.set("form[action$='/plan/accept'] [name=channel]", "counter").await;
    browser.click("form[action$='/plan/accept'] button").await;
    assert!(browser.text("#plan").await.contains("待审批"), "{}", browser.text("#plan").await);
    let field = browser.client.find(Locator::Css("#signed-page")).await.expect("a field");
    field.send_keys(&photo.display().to_string()).await.expect("chooses the photo");
    browser.click("form[action$='/signed'] button").await;
    assert!(browser.text("#plan").await.contains("签署件 1"), "{}", browser.text("#plan").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hardship_owner_agrees_a_plan_misses_an_instalment_and_resumes() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-11-05");
    let server = office.serve();
    nights(&office, ("2026-11-05", "2026-11-06")).await;
    let browser = morning(&driver, &server, &office, ("2026-11-06", "service")).await;
    open_case(&browser, &office, HARD_PRESSED).await;
    let case = browser.path().await;
    offer_a_plan(&browser).await;
    browser.close().await;
    // An offer counts for nothing until the owner agrees; above an amount a second person approves.
    nights(&office, ("2026-11-07", "2026-11-09")).await;
    let browser = look_at(&driver, &server, &office, ("2026-11-09", "service"), &case).await;
    agree_and_sign(&browser).await;
    browser.close().await;
    let browser = look_at(&driver, &server, &office, ("2026-11-09", "manager"), &case).await;
    browser.click("form[action$='/approve'] button[value=approve]").await;
    assert!(browser.text("#plan").await.contains("履行中"), "{}", browser.text("#plan").await);
    browser.close().await;
    // The first instalment is paid a day early, the second is missed: somebody is asked to tell the owner, and nobody else moves.
    nights(&office, ("2026-11-10", "2026-11-19")).await;
    let browser = morning(&driver, &server, &office, ("2026-11-19", "cashier")).await;
    pay(&browser, &office, HARD_PRESSED, Some("489.76")).await;
    browser.close().await;
    nights(&office, ("2026-11-20", "2026-12-21")).await;
    let browser = look_at(&driver, &server, &office, ("2026-12-21", "service"), &case).await;
    let missed = browser.page().await;
    assert!(missed.contains("自 2026-12-20 起逾期 1 期，差 489.76 元，尚未通知"), "{missed}");
    assert!(missed.contains("沟通期") && missed.contains("分期履行中"), "a miss is no step further: {missed}");
    browser.click("form[action$='/plan/warn'] button").await;
    assert!(browser.text("#plan").await.contains("已通知逾期 2026-12-21"), "{}", browser.text("#plan").await);
    browser.close().await;
    // Within the days of grace it is paid: the plan goes on where it was.
    nights(&office, ("2026-12-22", "2026-12-24")).await;
    let browser = morning(&driver, &server, &office, ("2026-12-24", "cashier")).await;
    pay(&browser, &office, HARD_PRESSED, Some("489.76")).await;
    browser.close().await;
    nights(&office, ("2026-12-25", "2027-01-19")).await;
    let browser = look_at(&driver, &server, &office, ("2027-01-19", "cashier"), &case).await;
    let resumed = browser.text("#plan").await;
    assert!(resumed.contains("按期履行，下一期 2027-01-20 前还需 489.78 元"), "{resumed}");
    pay_all(&browser, &office, HARD_PRESSED).await;
    browser.close().await;
    nights(&office, ("2027-01-20", "2027-01-20")).await;
    let browser = morning(&driver, &server, &office, ("2027-01-20", "manager")).await;
    assert_closed(&browser, &office, HARD_PRESSED).await;
    browser.go(&case).await;
    let over = browser.page().await;
    assert!(over.contains("已履行完毕") && over.contains("已全部缴清"), "{over}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wilful_owner_reaches_the_legal_gate_with_everything_proven() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-11-05");
    let server = office.serve();
    office.put_on_file();
    nights(&office, ("2026-11-05", "2026-11-06")).await;
    let browser = morning(&driver, &server, &office, ("2026-11-06", "service")).await;
    open_case(&browser, &office, DISSATISFIED).await;
    let case = browser.path().await;
    record_a_refusal(&browser, "第一次沟通，明确不缴").await;
    browser.close().await;
    nights(&office, ("2026-11-07", "2026-11-16")).await;
    let browser = morning(&driver, &server, &office, ("2026-11-16", "service")).await;
    browser.go(&case).await;
    record_a_refusal(&browser, "第二次沟通，仍拒绝").await;
    browser.close().await;
    nights(&office, ("2026-11-17", "2026-11-18")).await;
    // Formal demand: a letter with a number, served by hand.
    let browser = morning(&driver, &server, &office, ("2026-11-18", "legal")).await;
    browser.go(&format!("{case}/legal")).await;
    let missing = browser.page().await;
    assert!(missing.contains("催缴通知书") && missing.contains("最后沟通"), "the gate is shut: {missing}");
    browser.go(&office.here("letters")).await;
    browser.type_into("#unit", DISSATISFIED).await;
    browser.click("button[value=issue]").await;
    browser.type_into("#receiver", "李小梅").await;
    browser.type_into("#relation", "本人").await;
    browser.click("form[action$='/service'] button").await;
    assert!(browser.page().await.contains("已送达"), "{}", browser.page().await);
    browser.close().await;
    // The last talk is the manager's.
    nights(&office, ("2026-11-19", "2026-11-30")).await;
    let browser = morning(&driver, &server, &office, ("2026-11-30", "manager")).await;
    browser.go(&case).await;
    record_a_refusal(&browser, "负责人最后沟通，业主拒绝").await;
    browser.close().await;
    // The period of the demand has run out: nothing is missing, legal asks, the manager approves.
    nights(&office, ("2026-12-01", "2026-12-10")).await;
    let browser = morning(&driver, &server, &office, ("2026-12-10", "legal")).await;
    browser.go(&format!("{case}/legal")).await;
    assert!(browser.page().await.contains("条件齐备"), "{}", browser.page().await);
    browser.type_into("#reason", "拒不缴费损害其他业主利益，申请支付令").await;
    browser.tap("input[name=evidence_complete]").await;
    browser.click("form[action$='/legal'] button").await;
    browser.close().await;
    let browser = morning(&driver, &server, &office, ("2026-12-10", "manager")).await;
    approve(&browser, &office).await;
    browser.go(&case).await;
    let page = browser.page().await;
    assert!(page.contains("法律途径"), "{page}");
    browser.close().await;
}
