//! Scripts as data: changed by the office under the wording check, filled in for a case, named in the record of a contact, compared.

use hemu_app::collection::case_page::case_page;
use hemu_app::collection::work::{ContactHow, ContactRequest, classify, record_contact};
use hemu_app::outreach::scripts::{change_line, show_book};
use hemu_app::review::review_report;
use hemu_app::{Actor, Refusal};
use hemu_domain::Text;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::ids::CaseId;
use hemu_domain::outreach::scripts::{ScriptChannel, ScriptLine, ScriptPart};
use hemu_domain::staff::Role;

use crate::collector::{case_of, run};
use crate::office::{COMMUNITY, LIST, Office, on_every_engine};
use crate::worklist::hire;

fn offer(zh: &str, en: &str) -> ScriptLine {
    ScriptLine {
        part: ScriptPart::Options,
        name: String::new(),
        cause: Some(Cause::Forget),
        stage: None,
        channel: None,
        says: None,
        text: Text::new(zh, en),
    }
}

fn boss() -> Actor {
    Actor::local_operator()
}

fn page(office: &Office, case: CaseId) -> hemu_app::collection::case_page::CasePage {
    case_page(&office.app, &boss(), COMMUNITY, case).expect("a page")
}

fn call_with(office: &Office, case: CaseId, script: &str, outcome: ContactOutcome) -> Result<(), Refusal> {
    let request = ContactRequest {
        how: ContactHow { script: script.to_owned(), ..ContactHow::default() },
        ..ContactRequest::of((office.community(), case), ("phone", outcome))
    };
    record_contact(&office.app, &boss(), &request).map(|_| ())
}

#[test]
fn the_office_changes_a_line_and_the_case_page_says_it_with_the_facts_of_the_case() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-02");
        let case = case_of(office, "1-1-102");
        let found = (Cause::Forget, Attitude::Neutral);
        classify(&office.app, &boss(), office.community(), case, found, "一直按时缴费").expect("classified");
        let before = page(office, case);
        let line = offer(
            "{{ unit }} 的 {{ amount }} 元，您看周五行吗？",
            "{{ amount }} yuan for {{ unit }}: would Friday do?",
        );
        assert_eq!(change_line(&office.app, &boss(), &line).expect("saved"), 2);
        assert_eq!(change_line(&office.app, &boss(), &line).expect("once"), 2, "the same again is no edition");
        let after = page(office, case);
        let script = after.script(ScriptChannel::Phone);
        assert_eq!(script.lines[3].zh, format!("1-1-102 的 {} 元，您看周五行吗？", after.principal.grouped()));
        assert_ne!(script.reference, before.script(ScriptChannel::Phone).reference);
        assert!(script.reference.starts_with("FORGET/") && script.reference.contains("/phone@2#"));
        let book = |edition| show_book(&office.app, &boss(), edition).expect("a book");
        let text = |edition: Option<i64>| {
            let book = book(edition);
            book.lines.into_iter().find(|one| one.line.key() == line.key()).expect("there").line.text.zh
        };
        assert_ne!(text(Some(1)), text(None), "the edition before is kept");
        assert_eq!((book(None).edition, book(Some(1)).newest), (2, 2));
        assert!(matches!(show_book(&office.app, &boss(), Some(3)), Err(Refusal::NotFound { .. })));
    });
}

#[test]
fn a_line_that_threatens_is_refused_with_its_words_and_changes_nothing() {
    on_every_engine("2026-10-31", |office| {
        let threat = offer("不缴就停水停电，您看着办。", "Which day suits you?");
        let refused = change_line(&office.app, &boss(), &threat).expect_err("prohibited");
        assert!(matches!(refused, Refusal::InvalidInput { .. }) && refused.text().zh.contains("停"), "{refused:?}");
        let unknown = offer("您的收入是 {{ income }}。", "Your income is {{ income }}.");
        let refused = change_line(&office.app, &boss(), &unknown).expect_err("unknown");
        assert!(refused.text().zh.contains("income"), "{refused:?}");
        assert_eq!(show_book(&office.app, &boss(), None).expect("a book").newest, 1);
        let keeper = hire(office, "aa", Role::Service);
        let nice = offer("您看周五行吗？", "Would Friday do?");
        assert!(matches!(change_line(&office.app, &keeper, &nice), Err(Refusal::Forbidden { .. })));
    });
}

#[test]
fn a_contact_names_the_script_that_was_shown_and_the_review_compares_only_what_is_enough() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-02");
        let case = case_of(office, "1-1-102");
        let shown = page(office, case).script(ScriptChannel::Phone).reference.clone();
        assert!(call_with(office, case, "FORGET/conversation/phone@9#00000000", ContactOutcome::NoAnswer).is_err());
        for talk in 0..20 {
            let outcome = if talk % 4 == 0 { ContactOutcome::ReachedRefuse } else { ContactOutcome::ReachedTalk };
            call_with(office, case, &shown, outcome).expect("recorded");
            if talk == 18 {
                let lines = review_report(&office.app, &boss(), COMMUNITY, office.app.today(), None).expect("a review");
                assert_eq!((lines.scripts[0].reached, lines.scripts[0].promised_rate.clone()), (19, None), "too few");
            }
        }
        let report = review_report(&office.app, &boss(), COMMUNITY, office.app.today(), None).expect("a review");
        let line = &report.scripts[0];
        assert_eq!((report.scripts.len(), line.tried, line.reached, line.promised), (1, 20, 20, 0));
        assert_eq!(
            (line.channel, line.edition, line.promised_rate.as_deref()),
            (ScriptChannel::Phone, 1, Some("0.00"))
        );
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE contact_log SET script = NULL WHERE seq = (SELECT MAX(seq) FROM contact_log)");
        assert!(office.red().contains(&"contact_log_is_as_it_was_written"), "the script is in the chain");
    });
}
