//! Acts of two people from the command line, which is one person: what it asks for it cannot approve.

use crate::shell::{PLACE, Shell, ledger};

#[test]
fn a_legal_step_that_is_not_ripe_is_refused_with_what_is_missing_and_nothing_waits() {
    let shell = Shell::new();
    shell.json(&[&["import", &ledger(), "--as-of", "2026-10-31"][..], &PLACE].concat());
    shell.call(&["collect", "run", "--as-of", "2026-11-02", "--plan-only"]);
    let step = ["legal", "request", "--unit", "1-1-802", "--kind", "payment-order", "--ground", "共同利益"];
    let call = [&step[..], &["--evidence-complete", "--as-of", "2026-11-02"]].concat();
    shell.assert_wrong(&call, &["催缴期", "formal demand", "送达"]);
    let list = shell.call(&["approval", "list", "--as-of", "2026-11-02"]);
    assert_eq!((list["open"].as_array().map(Vec::len), list["decided"].as_array().map(Vec::len)), (Some(0), Some(0)));
    shell.assert_wrong(&["approval", "approve", "--request", "019aa6a2-7f04-7b11-8d2c-51d7f4a1c001"], &["申请"]);
}
