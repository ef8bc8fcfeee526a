//! What people do, in Chromium: sign in, import to the first bill, take a payment, record a call, print a letter.

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hemu_testkit::browser::{Chromedriver, Screen};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::office::{LIST, Office, PASSWORD};

/// A browser on one screen, looking at the pages of an office.
pub struct Browser {
    /// The session.
    pub client: Client,
    base: String,
}

impl Browser {
    pub async fn open(driver: &Chromedriver, screen: Screen, base: String) -> Self {
        Self::open_with(driver, screen, base, &[]).await
    }

    /// A browser that is started with more arguments.
    pub async fn open_with(driver: &Chromedriver, screen: Screen, base: String, more: &[&str]) -> Self {
        let mut capabilities: Capabilities = serde_json::from_str(&driver.capabilities(screen)).expect("capabilities");
        let arguments = capabilities["goog:chromeOptions"]["args"].as_array_mut().expect("arguments");
        arguments.extend(more.iter().map(|argument| json!(argument)));
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver.url()).await;
        Self { client: client.expect("a session"), base }
    }

    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.expect("a page");
    }

    pub async fn type_into(&self, css: &str, text: &str) {
        let field = self.client.find(Locator::Css(css)).await.expect(css);
        field.clear().await.expect("clears");
        field.send_keys(text).await.expect("types");
    }

    /// Date fields take keys in the order of the browser's own language; the value is set as a person's picker would.
    pub async fn set(&self, css: &str, value: &str) {
        let script = "document.querySelector(arguments[0]).value = arguments[1]";
        self.client.execute(script, vec![json!(css), json!(value)]).await.expect(css);
    }

    /// Scrolls there as a person would, clicks, and waits for the page that follows.
    pub async fn click(&self, css: &str) {
        let scroll = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center', behavior: 'instant' })";
        self.client.execute(scroll, vec![json!(css)]).await.expect(css);
        self.client.execute("window.hemuOld = true", Vec::new()).await.expect("marks the page");
        self.client.find(Locator::Css(css)).await.expect(css).click().await.expect("clicks");
        for _ in 0..200 {
            let gone = "return window.hemuOld !== true && document.readyState === 'complete'";
            // While pages change there may be nothing to ask.
            if self.client.execute(gone, Vec::new()).await.is_ok_and(|answer| answer == Value::Bool(true)) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("no page followed the click on {css}");
    }

    /// Scrolls there and clicks, on the same page.
    pub async fn tap(&self, css: &str) {
        let scroll = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center', behavior: 'instant' })";
        self.client.execute(scroll, vec![json!(css)]).await.expect(css);
        self.client.find(Locator::Css(css)).await.expect(css).click().await.expect("clicks");
    }

    /// Waits until an element says something.
    pub async fn wait_for_text(&self, css: &str, text: &str) {
        let says = "return document.querySelector(arguments[0])?.innerText.includes(arguments[1]) === true";
        for _ in 0..200 {
            let asked = self.client.execute(says, vec![json!(css), json!(text)]).await;
            if asked.is_ok_and(|answer| answer == Value::Bool(true)) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{css} does not say {text}");
    }

    /// Waits for an element of the page that follows.
    pub async fn wait_for(&self, css: &str) {
        self.client.wait().for_element(Locator::Css(css)).await.expect(css);
    }

    /// Presses keys wherever the focus is, as a person without a mouse does.
    pub async fn press(&self, keys: &str) {
        self.client.active_element().await.expect("a focus").send_keys(keys).await.expect("keys");
    }

    /// The id of what has the focus.
    pub async fn focus(&self) -> String {
        let script = "return document.activeElement.id";
        let id = self.client.execute(script, Vec::new()).await.expect("a focus");
        id.as_str().unwrap_or_default().to_owned()
    }

    /// Goes on with the tab key until the focus is there.
    pub async fn tab_to(&self, id: &str) {
        for _ in 0..40 {
            if self.focus().await == id {
                return;
            }
            self.press(TAB).await;
        }
        panic!("the tab key does not lead to #{id}");
    }

    /// What stands in a field.
    pub async fn value(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0]).value";
        let value = self.client.execute(script, vec![json!(css)]).await.expect(css);
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until there are so many windows.
    pub async fn wait_for_windows(&self, count: usize) {
        for _ in 0..200 {
            if self.client.windows().await.expect("windows").len() >= count {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("there are no {count} windows");
    }

    /// Closes the window that came last and goes back to the first: a page behind another one may wait for its turn forever.
    pub async fn close_the_newest_window(&self) {
        let windows = self.client.windows().await.expect("windows");
        let (first, last) = (windows[0].clone(), windows[windows.len() - 1].clone());
        self.client.switch_to_window(last).await.expect("the new window");
        self.client.close_window().await.expect("closes");
        self.client.switch_to_window(first).await.expect("the first window");
    }

    pub async fn text(&self, css: &str) -> String {
        self.client.find(Locator::Css(css)).await.expect(css).text().await.expect("text")
    }

    pub async fn page(&self) -> String {
        self.text("main").await
    }

    pub async fn path(&self) -> String {
        self.client.current_url().await.expect("an address").path().to_owned()
    }

    /// Nothing sticks out at the side, on whatever screen.
    pub async fn assert_fits(&self) {
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let wide = self.client.execute(wide, Vec::new()).await.expect("measures");
        assert_eq!(wide, json!(0), "{} sticks out", self.path().await);
    }

    pub async fn sign_in(&self, login: &str) {
        self.go("/login").await;
        self.type_into("#login", login).await;
        self.type_into("#password", PASSWORD).await;
        self.click("button[type=submit]").await;
    }

    pub async fn close(self) {
        self.client.close().await.expect("closes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_on_every_screen_and_nothing_sticks_out() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    office.collect();
    let server = office.serve();
    for screen in Screen::ALL {
        let browser = Browser::open(&driver, screen, format!("http://{}", server.address())).await;
        browser.go(&office.here("arrears")).await;
        assert_eq!(browser.path().await, "/login", "nobody is signed in yet");
        browser.sign_in("manager").await;
        for path in ["", "units", "tariff", "bills", "desk", "arrears", "cases", "messages", "letters", "review"] {
            browser.go(&office.here(path)).await;
            browser.assert_fits().await;
        }
        for path in ["/tools", "/settings", "/settings/policy"] {
            browser.go(path).await;
            browser.assert_fits().await;
        }
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_imports_its_list_and_issues_its_first_bills() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::empty("2026-11-05");
    office.hire();
    let server = office.serve();
    let browser = Browser::open(&driver, Screen::Desktop, format!("http://{}", server.address())).await;
    browser.sign_in("manager").await;
    assert_eq!(browser.path().await, "/settings", "there is no community yet");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("业主台账.csv");
    std::fs::write(&file, LIST).expect("writes");
    browser.go("/import").await;
    browser.type_into("#community", "新城花园").await;
    browser.set("#as_of", "2026-10-31").await;
    let chosen = browser.client.find(Locator::Css("#file")).await.expect("a file field");
    chosen.send_keys(&file.display().to_string()).await.expect("chooses");
    browser.click("main form .btn-primary").await;
    let counts = browser.text("#counts").await;
    assert!(counts.contains("1,"), "opening arrears are shown before anything is written: {counts}");
    browser.click(".hemu-actions .btn-primary").await;
    assert!(browser.page().await.contains("1-1-102"), "the units are there");
    browser.go(&office.here("bills")).await;
    browser.set("#period", "2026-11").await;
    browser.click("form[action$='/bills/check'] button").await;
    assert!(browser.text("#checked").await.contains('4'));
    browser.click("form[action$='/bills'] button").await;
    let bills = browser.page().await;
    assert!(bills.contains("1-1-101") && bills.contains("200.00"), "{bills}");
    browser.close().await;
}

/// Keys as WebDriver names them.
const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";
const UP: &str = "\u{e013}";
const DOWN: &str = "\u{e015}";

#[tokio::test(flavor = "multi_thread")]
async fn a_cashier_takes_a_payment_with_the_keyboard_alone() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-12-05");
    let server = office.serve();
    let browser = Browser::open(&driver, Screen::Desktop, format!("http://{}", server.address())).await;
    browser.sign_in("cashier").await;
    browser.go(&office.here("desk")).await;
    // Search: the field has the focus already.
    browser.press(&format!("13800138002{ENTER}")).await;
    browser.wait_for("#amount").await;
    assert_eq!(browser.text("#due").await, "1,469.30", "seven months of 89.32 x 2.35");
    assert_eq!(browser.focus().await, "amount");
    // Pick the two oldest lines: the amount follows.
    for keys in [UP, " ", DOWN, " ", ENTER] {
        browser.press(keys).await;
    }
    assert_eq!((browser.focus().await.as_str(), browser.value("#amount").await.as_str()), ("amount", "419.80"));
    // Cash, small change off, a part by WeChat.
    browser.press("419.30").await;
    browser.tab_to("handed").await;
    browser.press("250").await;
    browser.tab_to("round_off").await;
    browser.press("0.50").await;
    browser.tab_to("several").await;
    browser.press(" ").await;
    browser.tab_to("method_2").await;
    browser.press(&DOWN.repeat(3)).await;
    browser.tab_to("amount_2").await;
    browser.press("200").await;
    assert_eq!(browser.text("#change").await, "30.70", "250.00 less 219.30");
    browser.press(ENTER).await;
    // The receipt; its print button has the focus.
    browser.wait_for("#print").await;
    let receipt = browser.page().await;
    for part in ["419.30", "2026-04", "2026-05", "现金 219.30", "找零 30.70", "微信 200.00", "0.50"] {
        assert!(receipt.contains(part), "{part} is missing in {receipt}");
    }
    assert!(!receipt.contains("2026-06"), "two months and no more");
    assert_eq!(browser.focus().await, "print");
    browser.press(ENTER).await;
    browser.wait_for_windows(2).await;
    browser.close_the_newest_window().await;
    browser.client.refresh().await.expect("looks again");
    assert!(browser.page().await.contains("补打收据"), "the next print is a reprint");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn service_staff_record_a_call_on_a_phone() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-12-05");
    office.collect();
    let server = office.serve();
    let browser = Browser::open(&driver, Screen::Phone, format!("http://{}", server.address())).await;
    browser.sign_in("service").await;
    browser.go(&office.here("cases")).await;
    browser.click("tbody a").await;
    browser.assert_fits().await;
    browser.type_into("#note", "答应月底前缴清").await;
    browser.set("#cause", "FORGET").await;
    browser.tap("label[for=outcome-REACHED_PROMISE]").await;
    browser.tap("label[for=amount-other]").await;
    browser.type_into("#promise_amount_other", "100.00").await;
    browser.tap("label[for=day-other]").await;
    browser.set("#promise_on_other", "2026-12-20").await;
    browser.click("#save-contact").await;
    let case = browser.page().await;
    for part in ["已登记", "答应月底前缴清", "遗忘", "2026-12-20", "100.00"] {
        assert!(case.contains(part), "{part} is missing in {case}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn promised_500_on_friday_is_recorded_with_five_clicks_and_no_key() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-12-05");
    office.collect();
    let server = office.serve();
    for (screen, keys_instead) in [(Screen::Phone, false), (Screen::Desktop, true)] {
        let browser = Browser::open(&driver, screen, format!("http://{}", server.address())).await;
        browser.sign_in("service").await;
        browser.go(&office.here("cases")).await;
        browser.click("tbody a").await;
        let mut acts = 0;
        let friday = "//label[contains(., '周五')]";
        let friday =
            browser.client.find(Locator::XPath(friday)).await.expect("Friday").attr("for").await.expect("reads");
        let friday = format!("label[for={}]", friday.expect("a field"));
        for css in ["label[for=outcome-REACHED_PROMISE]", "label[for=amount-2]", &friday] {
            browser.tap(css).await;
            acts += 1;
        }
        let shown = browser.text(".hemu-next").await;
        assert!(shown.contains("到期回访") && shown.contains("承诺日次日"), "shown before saving: {shown}");
        acts += 1;
        if keys_instead {
            // From the chosen day the enter key saves as well.
            browser.client.execute("window.hemuOld = true", Vec::new()).await.expect("marks the page");
            browser.press(ENTER).await;
            browser.wait_for_text("main", "已登记").await;
        } else {
            browser.click("#save-contact").await;
        }
        assert!(acts <= 6, "{acts}");
        let case = browser.page().await;
        for part in ["已登记", "2026-12-11", "500.00", "到期回访，确认到账 2026-12-12"] {
            assert!(case.contains(part), "{part} is missing in {case}");
        }
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn legal_drafts_a_letter_prints_it_and_learns_what_its_number_needs() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-12-05");
    office.collect();
    let server = office.serve();
    let browser = Browser::open(&driver, Screen::Desktop, format!("http://{}", server.address())).await;
    browser.sign_in("legal").await;
    browser.go(&office.here("letters")).await;
    browser.type_into("#unit", "1-1-102").await;
    browser.click("button[value=issue]").await;
    let missing = browser.text("#problem").await;
    assert!(missing.contains("催缴期") || missing.contains("沟通"), "{missing}");
    browser.go(&office.here("letters")).await;
    browser.type_into("#unit", "1-1-102").await;
    browser.click("button[value=draft]").await;
    assert_eq!(browser.text("#principal").await, "1,469.30");
    let fetch = "const done = arguments[arguments.length - 1];
        fetch(document.querySelector(\"a[href$='/pdf']\").href)
            .then((answer) => answer.arrayBuffer())
            .then((bytes) => done(String.fromCharCode(...new Uint8Array(bytes.slice(0, 4)))))";
    let head = browser.client.execute_async(fetch, Vec::new()).await.expect("fetches");
    assert_eq!(head, json!("%PDF"));
    browser.close().await;
}
