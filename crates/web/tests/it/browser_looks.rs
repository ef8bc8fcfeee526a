//! How pages look, in Chromium: nothing scrolls sideways on a phone, everything can be read, and nothing needs scripts.

use fantoccini::Locator;
use hemu_app::Actor;
use hemu_app::import::{ImportRequest, import_spreadsheet};
use hemu_app::registry::communities::list_communities;
use hemu_testkit::browser::{Chromedriver, Screen};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::office::Office;

/// Names, rooms and sums as long as they come.
const LONG: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
12-3-3002,某某某某某某某某实业发展集团有限责任公司第三分公司委托代持部,13800138011,12345.67,123.45,2023-03,
12-3-3001,Maximilian-Alexander Konstantinopolitanisches von und zu Hohenstauffenberg,13800138012,88.8,2.3,2026-03,
";

/// Pages of a community, each with what may stand there at its widest.
const PAGES: [&str; 13] = [
    "",
    "units",
    "buildings/12",
    "tariff",
    "bills",
    "bills/2026-11",
    "desk",
    "arrears",
    "arrears?view=ages",
    "cases",
    "messages",
    "letters",
    "review",
];

/// Pages of the company.
const COMPANY_PAGES: [&str; 7] =
    ["/communities", "/tools", "/settings", "/settings/policy", "/settings/audit", "/settings/password", "/import"];

/// Tables that are wider than their place, where somebody would have to push them to and fro.
const PUSHED: &str = "return [...document.querySelectorAll('main .table-wrap')]
    .filter((wrap) => wrap.scrollWidth > wrap.clientWidth + 1)
    .map((wrap) => wrap.textContent.trim().slice(0, 40))";

/// Texts with less than 4.5:1 against what is behind them (3:1 when large), and controls whose edge and face both have less than 3:1
/// (WCAG 2.2, 1.4.3 and 1.4.11).
const PALE: &str = r"
    const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => {
        paint.clearRect(0, 0, 1, 1);
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
    const behind = (element) => {
        const layers = [];
        for (let one = element; one; one = one.parentElement) layers.push(rgba(getComputedStyle(one).backgroundColor));
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
    };
    const light = (colour) => {
        const [r, g, b] = colour.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, other) => {
        const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
    const seen = (element) => {
        const box = element.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    };
    const pale = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const [text, element] = [texts.currentNode.data.trim(), texts.currentNode.parentElement];
        if (!text || ['SCRIPT', 'STYLE', 'OPTION'].includes(element.tagName) || !seen(element)) continue;
        const [style, back] = [getComputedStyle(element), behind(element)];
        const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
        const found = ratio(over(rgba(style.color), back), back);
        if (found < (large ? 3 : 4.5)) pale.push(`${text.slice(0, 20)} ${found.toFixed(2)}`);
    }
    for (const control of document.querySelectorAll('input:not([type=hidden]), select, textarea, .btn')) {
        if (!seen(control)) continue;
        const back = behind(control.parentElement);
        const edge = over(rgba(getComputedStyle(control).borderTopColor), back);
        const found = Math.max(ratio(edge, back), ratio(behind(control), back));
        if (found < 3) pale.push(`${control.tagName} ${control.name || control.textContent} ${found.toFixed(2)}`);
    }
    return pale";

/// An office with a second community of long names, everything billed and collected; and the address of its pages.
fn office() -> (Office, Vec<String>) {
    let office = Office::open("2026-12-05");
    let request = ImportRequest {
        file_name: "list.csv".to_owned(),
        bytes: LONG.as_bytes().to_vec(),
        community: "某某某某某某国际生态花园小区二期东区及配套商业综合体".to_owned(),
        as_of: "2026-11-30".parse().expect("a day"),
        map: Vec::new(),
        dry_run: false,
    };
    import_spreadsheet(&office.app, &Actor::local_operator(), &request).expect("imports");
    office.bill("2026-11");
    office.collect();
    let all = list_communities(&office.app, &Actor::local_operator()).expect("communities");
    let of_each = all.iter().flat_map(|one| PAGES.map(|path| hemu_web::ui::place(one.id, path)));
    // The test community's buildings are other ones.
    let own = of_each.filter(|path| !path.contains("buildings/12") || !path.starts_with(&office.here("")));
    let pages = own.chain(COMPANY_PAGES.map(ToOwned::to_owned)).collect();
    (office, pages)
}

/// Pages that a list leads to.
async fn one_of_each(browser: &Browser, pages: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for list in pages.iter().filter(|path| path.ends_with("/units") || path.ends_with("/cases")) {
        browser.go(list).await;
        let script = "return [...document.querySelectorAll('tbody a')].map((link) => link.pathname)";
        let links = browser.client.execute(script, Vec::new()).await.expect("links");
        let links: Vec<String> = serde_json::from_value(links).expect("addresses");
        found.extend(links.into_iter().take(2));
    }
    found
}

async fn ask(browser: &Browser, script: &str) -> Value {
    browser.client.execute(script, Vec::new()).await.expect("answers")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_scrolls_sideways_on_a_phone_whatever_the_names() {
    let Some(driver) = Chromedriver::start() else { return };
    let (office, pages) = office();
    let server = office.serve();
    let browser = Browser::open(&driver, Screen::Phone, format!("http://{}", server.address())).await;
    browser.sign_in("manager").await;
    let details = one_of_each(&browser, &pages).await;
    assert!(details.len() >= 5, "{details:?}");
    for path in pages.iter().chain(&details) {
        browser.go(path).await;
        assert_eq!(ask(&browser, "return innerWidth").await, json!(390), "{path}");
        browser.assert_fits().await;
        assert_eq!(ask(&browser, PUSHED).await, json!([]), "{path}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_text_can_be_read_and_every_control_seen() {
    let Some(driver) = Chromedriver::start() else { return };
    let (office, pages) = office();
    let server = office.serve();
    for screen in [Screen::Phone, Screen::Desktop] {
        let browser = Browser::open(&driver, screen, format!("http://{}", server.address())).await;
        browser.go("/login").await;
        assert_eq!(ask(&browser, PALE).await, json!([]), "/login");
        browser.sign_in("manager").await;
        let details = one_of_each(&browser, &pages).await;
        for path in pages.iter().chain(&details) {
            browser.go(path).await;
            ask(&browser, "document.querySelectorAll('details').forEach((one) => { one.open = true })").await;
            assert_eq!(ask(&browser, PALE).await, json!([]), "{path}");
        }
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts_blocked_a_cashier_signs_in_finds_a_unit_and_takes_a_payment() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-12-05");
    let server = office.serve();
    let base = format!("http://{}", server.address());
    let off = ["--blink-settings=scriptEnabled=false"];
    let browser = Browser::open_with(&driver, Screen::Phone, base, &off).await;
    browser.go("/login").await;
    browser.type_into("#login", "cashier").await;
    browser.type_into("#password", &format!("{}\u{e007}", crate::office::PASSWORD)).await;
    // The menu opens by itself: no script shows it. By keys, since the driver taps with scripts of its own.
    browser.wait_for(".hemu-small summary").await;
    let menu = browser.client.find(Locator::Css(".hemu-small summary")).await.expect("a menu");
    menu.send_keys("\u{e007}").await.expect("opens");
    let desk = browser.client.find(Locator::Css(".hemu-drop-menu a[href$='/desk']")).await.expect("the desk");
    desk.send_keys("\u{e007}").await.expect("goes there");
    browser.wait_for("main #q").await;
    browser.type_into("#q", "1-1-102\u{e007}").await;
    browser.wait_for("#amount").await;
    browser.type_into("#amount", "209.90\u{e007}").await;
    browser.wait_for("a[href$='pdf?paper=a5']").await;
    let receipt = browser.page().await;
    assert!(receipt.contains("209.90") && receipt.contains("2026-04"), "{receipt}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn escape_closes_an_open_menu_and_the_first_tab_skips_to_the_content() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-12-05");
    let server = office.serve();
    let browser = Browser::open(&driver, Screen::Desktop, format!("http://{}", server.address())).await;
    browser.sign_in("manager").await;
    browser.go(&office.here("cases")).await;
    let body = browser.client.find(Locator::Css("body")).await.expect("a page");
    body.send_keys("\u{e004}").await.expect("tab");
    assert_eq!(ask(&browser, "return document.activeElement.getAttribute('href')").await, json!("#content"));
    let menu = browser.client.find(Locator::Css(".hemu-drop-end summary")).await.expect("a menu");
    menu.click().await.expect("opens");
    let open = "return document.querySelectorAll('details.hemu-drop[open]').length";
    assert_eq!(ask(&browser, open).await, json!(1));
    menu.send_keys("\u{e00c}").await.expect("escape");
    assert_eq!(ask(&browser, open).await, json!(0));
    browser.close().await;
}
