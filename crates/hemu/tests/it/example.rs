//! `hemu demo`: what is played through the real use cases holds, and says what it made.

use crate::shell::Shell;

#[test]
fn the_example_says_what_it_holds_and_stands_every_check() {
    let shell = Shell::new();
    let made = shell.json(&["demo", "--homes", "24", "--no-serve", "--db", "sqlite:demo.db"]);
    assert_eq!((made["communities"].as_u64(), made["homes"].as_u64()), (Some(3), Some(24)));
    for key in ["bills", "receipts", "messages", "tasks"] {
        assert!(made[key].as_u64().is_some_and(|number| number > 0), "{key} of {made}");
    }
    let checks = shell.json(&["verify", "--db", "sqlite:demo.db"]);
    for check in checks["checks"].as_array().expect("checks") {
        assert_eq!(check["ok"], true, "{check}");
    }
    let (mut open, mut decided) = (0, Vec::new());
    for community in ["翠湖花园", "桂语江南", "春晓苑"] {
        let place = ["--community", community, "--db", "sqlite:demo.db"];
        let list = shell.json(&[&["approval", "list"][..], &place].concat());
        open += list["open"].as_array().map_or(0, Vec::len);
        decided.extend(list["decided"].as_array().expect("a list").clone());
    }
    let has = |kind: &str| decided.iter().any(|one| one["state"] == "approved" && one["kind"] == kind);
    for kind in ["adjustment", "legal_matter", "rebill", "deposit_deduction"] {
        assert!(has(kind), "no {kind} among {decided:?}");
    }
    assert!(open > 0, "nothing waits");
    let collects = ["--community", "翠湖花园", "--db", "sqlite:demo.db"];
    let meters = shell.json(&[&["meter", "list"][..], &collects].concat());
    assert_eq!(meters["meters"].as_array().map(Vec::len), Some(8), "a water meter in each home");
    let shared = shell.json(&[&["share", "list"][..], &collects].concat());
    assert!(shared["rows"].as_array().is_some_and(|rows| !rows.is_empty()), "{shared}");
    let (status, sentence) = shell.refused(&["demo", "--no-serve", "--db", "sqlite:demo.db"]);
    assert_eq!(status, Some(2), "an example is never made over what is there");
    assert!(sentence.contains("demo.db"), "{sentence}");
}
