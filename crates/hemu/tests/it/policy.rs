//! The policy as a file: shown, changed, checked with everything that is wrong, drafted, tried, asked for, replayed.

use serde_json::{Value, json};

use crate::shell::{PLACE, Shell, ledger};

fn write(shell: &Shell, name: &str, policy: &Value) {
    shell.write(name, policy.to_string());
}

#[test]
fn a_policy_goes_from_a_file_to_a_request_and_a_bad_one_is_refused_with_all_that_is_wrong() {
    let shell = Shell::new();
    shell.json(&[&["import", &ledger(), "--as-of", "2026-10-31"][..], &PLACE].concat());
    shell.call(&["collect", "run", "--as-of", "2026-11-02", "--plan-only"]);
    let shown = shell.json(&["policy", "show"]);
    assert_eq!((&shown["versions"][0]["in_force"], &shown["draft"]), (&json!(true), &Value::Null));
    let mut policy = shown["policy"].clone();
    policy["effective_from"] = json!("2099-01-01");
    policy["steps"][6]["when"] = json!({ "amount": { "at_least": "200.00" } });
    write(&shell, "good.json", &policy);
    assert_eq!(shell.json(&["policy", "check", "good.json"])["findings"], json!([]));
    policy["service_grade"] = json!("E");
    policy["messages_per_7_days"] = json!(0);
    write(&shell, "bad.json", &policy);
    for command in ["check", "draft"] {
        let (status, sentence) = shell.refused(&["policy", command, "bad.json"]);
        assert_eq!(status, Some(2), "{sentence}");
        assert!(sentence.contains("weak_grade service_grade") && sentence.contains("limit_zero"), "{sentence}");
    }
    shell.write("torn.json", "{\"version\": 1,");
    assert_eq!(shell.refused(&["policy", "check", "torn.json"]).0, Some(2));
    assert_eq!(shell.refused(&["policy", "check", "nowhere.json"]).0, Some(2));
    assert!(shell.json(&["policy", "show"])["draft"].is_null(), "nothing of it was saved");
    assert_eq!(shell.json(&["policy", "draft", "good.json"])["version"], json!(2));
    let preview = shell.call(&["policy", "preview", "--as-of", "2026-11-02"]);
    assert!(preview["cases"].as_i64().is_some_and(|cases| cases > 50), "{preview}");
    let asked = shell.call(&["policy", "activate", "--reason", "小额不上门", "--as-of", "2026-11-02"]);
    let id = asked["id"].as_str().expect("an id");
    shell.assert_wrong(&["approval", "approve", "--request", id, "--as-of", "2026-11-02"], &["另一人"]);
    let again = shell.call(&["policy", "replay"]);
    assert!(again["decisions"].as_u64().is_some_and(|count| count > 50), "{again}");
    assert_eq!((&again["decisions"], &again["differing"]), (&again["same"], &json!([])));
}
