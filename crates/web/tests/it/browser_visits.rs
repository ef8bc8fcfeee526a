//! A visit in a basement, in Chromium: the list and its forms open without signal, what is filled in stays on the phone, and comes in
//! once when the signal is back; what the office does not take stays with its sentence; without scripts the form is a plain one.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, PointerAction, TouchActions};
use hemu_app::Actor;
use hemu_app::collection::case_page::{case_page, list_cases};
use hemu_app::collection::timeline::TimelineItem;
use hemu_domain::ids::CaseId;
use hemu_testkit::browser::{Chromedriver, Screen};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::office::{COMMUNITY, Office};

/// Owes since April.
const UNIT: &str = "1-1-102";
/// What begins like a photo.
const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\n the door";

/// An office where every open case has a visit to make.
fn with_visits() -> Office {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    office.collect();
    let visits = "INSERT INTO task (community_id, id, case_id, kind, title, due_on, fitting_time, state, created_on)
        SELECT community_id, id, id, 'visit', '上门', '2026-12-05', '', 'open', '2026-12-05' FROM case_file";
    assert!(office.app.db.write(|tx| tx.execute(visits, &[])).expect("visits to make") > 0);
    office
}

fn case_of(office: &Office, unit: &str) -> CaseId {
    let filter = hemu_app::collection::case_page::CaseFilter::default();
    let list = list_cases(&office.app, &Actor::local_operator(), COMMUNITY, &filter, ("", 100)).expect("cases");
    list.rows.iter().find(|one| one.unit.as_ref().is_some_and(|label| label.as_str() == unit)).expect("a case").id
}

/// The visits recorded about a case.
fn visits(office: &Office, case: CaseId) -> Vec<TimelineItem> {
    let page = case_page(&office.app, &Actor::local_operator(), COMMUNITY, case).expect("a case");
    page.timeline.into_iter().filter(|one| one.kind == "contact" && one.what.zh.starts_with("上门")).collect()
}

impl Browser {
    /// What a script answers by its last argument.
    async fn ask(&self, script: &str) -> Value {
        let whole = format!(
            "const done = arguments[arguments.length - 1]; (async () => {{ {script} }})().then(done, (error) => done(String(error)))"
        );
        self.client.execute_async(&whole, Vec::new()).await.expect("answers")
    }

    async fn wait_until(&self, condition: &str) {
        for _ in 0..300 {
            let answer = self.client.execute(&format!("return Boolean({condition})"), Vec::new()).await;
            if answer.is_ok_and(|answer| answer == Value::Bool(true)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never: {condition}; {}", self.page().await);
    }

    /// Draws a stroke with a pointer across the box for signatures.
    async fn sign(&self) {
        let path = "const pad = document.querySelector('#signature-pad');
            pad.scrollIntoView({ block: 'center', behavior: 'instant' });
            const box = pad.getBoundingClientRect();
            const strokes = [[30, 40], [90, 70], [150, 30], [210, 60]];
            return strokes.map(([x, y]) => [Math.round(box.left + x), Math.round(box.top + y)])";
        let path = self.client.execute(path, Vec::new()).await.expect("a box");
        let at = |place: usize| PointerAction::MoveTo {
            duration: Some(Duration::from_millis(20)),
            x: path[place][0].as_f64().expect("a place"),
            y: path[place][1].as_f64().expect("a place"),
        };
        let stroke = TouchActions::new("finger".to_owned())
            .then(at(0))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(at(1))
            .then(at(2))
            .then(at(3))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(stroke).await.expect("draws");
        self.wait_until("document.querySelector('#signature-pad').dataset.drawn === 'yes'").await;
    }

    /// Fills in a talk at the door.
    async fn fill_in(&self, note: &str) {
        self.tap("label[for=outcome-REACHED_TALK]").await;
        self.type_into("#note", note).await;
        self.set("#visited_on", "2026-12-05").await;
        self.set("#at", "09:30").await;
    }

    /// Opens the list and waits until the phone has it, with its forms.
    async fn get_ready(&self, office: &Office) {
        self.go(&office.here("visits")).await;
        self.wait_until("document.querySelector('#visit-words').dataset.ready === 'yes'").await;
        self.ask("await navigator.serviceWorker.ready").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_made_without_signal_is_kept_on_the_phone_and_comes_in_once() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = with_visits();
    let case = case_of(&office, UNIT);
    let server = office.serve();
    let address = server.address();
    let browser = Browser::open(&driver, Screen::Phone, format!("http://{address}")).await;
    browser.sign_in("service").await;
    browser.get_ready(&office).await;
    let other = "const cache = await caches.open((await caches.keys())[0]);
        const paths = (await cache.keys()).map((one) => new URL(one.url).pathname);
        return paths.filter((path) => !path.startsWith('/assets/') && !/^\\/c\\/[^/]+\\/visits/.test(path))";
    assert_eq!(browser.ask(other).await, json!([]), "no other page is kept");
    // Down in the basement.
    server.stop();
    browser.go(&office.here("visits")).await;
    browser.wait_for_text("#visit-offline", "没有信号").await;
    assert!(browser.page().await.contains(UNIT), "the list is there");
    browser.assert_fits().await;
    browser.click(&format!("a[data-visit][href$='{case}']")).await;
    browser.wait_for_text("#visit-offline", "没有信号").await;
    browser.assert_fits().await;
    browser.fill_in("地下室，当面说明了账单").await;
    browser.tap("label[for=signing-signed]").await;
    browser.tap("#save-visit").await;
    browser.wait_for_text("#visit-problem", "请业主在框内签字").await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("door.png");
    std::fs::write(&file, PHOTO).expect("writes");
    let chosen = browser.client.find(Locator::Css("#photo")).await.expect("a file field");
    chosen.send_keys(&file.display().to_string()).await.expect("chooses");
    browser.wait_until("document.querySelectorAll('#photo-list li').length === 1").await;
    browser.sign().await;
    // By a key: right after a stroke the browser may take a tap for a part of it.
    let save = browser.client.find(Locator::Css("#save-visit")).await.expect("a button");
    save.send_keys("\u{e007}").await.expect("saves");
    browser.wait_for_text("#visit-told", "已存在手机上，有信号后自动发送").await;
    browser.wait_for_text("#kept-count", "待发 1").await;
    assert_eq!(visits(&office, case).len(), 0, "nothing came in yet");
    browser.click("#visit-back a").await;
    browser.wait_for_text("#kept-list", UNIT).await;
    browser.wait_for_text("#kept-list", "待发送").await;
    browser.assert_fits().await;
    // Upstairs again: the page is loaded, and what waits goes by itself.
    let server = office.serve_at(address);
    browser.ask("window.hemuEntry = (await hemuVisits.outbox.list(hemuVisits.account))[0]").await;
    browser.client.execute("dispatchEvent(new Event('online'))", Vec::new()).await.expect("tells");
    browser.wait_for_text("#visit-told", "已发送").await;
    browser.wait_until("document.querySelector('#kept').hidden && document.querySelector('#kept-count').hidden").await;
    let kept = visits(&office, case);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(kept[0].what.zh.contains("09:30 上门，业主已签字"), "{}", kept[0].what.zh);
    assert_eq!(kept[0].pictures.iter().map(|one| one.kind).collect::<Vec<_>>(), ["photo", "signature"]);
    // The answer was lost once, so the phone sends it again: it is the same contact.
    let again =
        browser.ask("await hemuVisits.outbox.keep(hemuEntry); return hemuVisits.outbox.deliver(hemuEntry.key)").await;
    assert_eq!(again["state"], "sent", "{again}");
    assert_eq!(visits(&office, case).len(), 1, "no second one");
    browser.close().await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_stays_with_its_sentence_for_its_own_account_until_it_is_mended() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = with_visits();
    let case = case_of(&office, UNIT);
    let server = office.serve();
    let browser = Browser::open(&driver, Screen::Phone, format!("http://{}", server.address())).await;
    browser.sign_in("service").await;
    browser.get_ready(&office).await;
    browser.go(&office.here(&format!("visits/{case}"))).await;
    browser.fill_in("答应月初缴").await;
    browser.tap("label[for=outcome-REACHED_PROMISE]").await;
    browser.tap("label[for=day-other]").await;
    browser.set("[name=promise_on_other]", "2026-12-01").await;
    browser.tap("#save-visit").await;
    browser.wait_for_text("#visit-problem", "承诺日期不能早于今天").await;
    assert_eq!(visits(&office, case).len(), 0);
    // Somebody else takes the telephone: the list that was kept is gone, the record is not theirs to see.
    let sign_out = "document.querySelector(\"form[action='/logout']\").requestSubmit()";
    browser.client.execute(sign_out, Vec::new()).await.expect("signs out");
    browser.wait_for("#login").await;
    let kept = "return (await caches.keys()).filter((name) => name.startsWith('hemu-visits-')).length";
    assert_eq!(browser.ask(kept).await, json!(0), "names and amounts are gone with the session");
    browser.sign_in("manager").await;
    browser.get_ready(&office).await;
    browser.wait_until("document.querySelector('#kept').hidden").await;
    browser.client.execute(sign_out, Vec::new()).await.expect("signs out");
    browser.wait_for("#login").await;
    browser.sign_in("service").await;
    browser.go(&office.here("visits")).await;
    browser.wait_for_text("#kept-list", "承诺日期不能早于今天").await;
    browser.click("#kept-list a[data-part=unit]").await;
    browser.wait_for_text("#visit-problem", "承诺日期不能早于今天").await;
    assert_eq!(browser.value("#note").await, "答应月初缴", "it is as it was");
    browser.tap("label[for=outcome-REACHED_TALK]").await;
    browser.click("#save-visit").await;
    assert_eq!(browser.path().await, office.here("visits"));
    browser.wait_until("document.querySelector('#kept').hidden").await;
    let kept = visits(&office, case);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(kept[0].detail, "答应月初缴");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_a_visit_is_recorded_by_a_plain_form() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = with_visits();
    let case = case_of(&office, UNIT);
    let server = office.serve();
    let off = ["--blink-settings=scriptEnabled=false"];
    let browser = Browser::open_with(&driver, Screen::Phone, format!("http://{}", server.address()), &off).await;
    browser.go("/login").await;
    browser.type_into("#login", "service").await;
    browser.type_into("#password", &format!("{}\u{e007}", crate::office::PASSWORD)).await;
    browser.wait_for(".hemu-small summary").await;
    browser.go(&office.here(&format!("visits/{case}"))).await;
    let send_keys = async |css: &str, keys: &str| {
        browser.client.find(Locator::Css(css)).await.expect(css).send_keys(keys).await.expect("keys");
    };
    send_keys("#outcome-REACHED_TALK", " ").await;
    send_keys("#note", "没有脚本也能登记").await;
    send_keys("#signing-declined", " ").await;
    send_keys("#save-visit", "\u{e007}").await;
    browser.wait_for("#notice").await;
    let kept = visits(&office, case);
    assert_eq!(kept.len(), 1, "{}", browser.page().await);
    assert!(kept[0].what.zh.contains("业主不签字"), "{}", kept[0].what.zh);
    browser.close().await;
}
