//! The audit trail shows every change made behind its back.

use hemu_domain::ids::AuditId;
use hemu_store::audit::{self, AuditEntry};
use hemu_store::{Db, migrate};
use hemu_testkit::engines::for_each_engine;
use serde_json::json;
use uuid::Uuid;

fn entry(number: u128) -> AuditEntry {
    AuditEntry {
        id: AuditId::from(Uuid::from_u128(number)),
        at: "2026-11-24T02:00:00Z".parse().expect("a time"),
        actor_id: None,
        actor_name: "本机操作员".to_owned(),
        act: "receipt.take".to_owned(),
        subject_kind: "receipt".to_owned(),
        subject_id: Some(Uuid::from_u128(number)),
        detail: json!({ "z": 1, "a": "810.00" }),
    }
}

fn with_three_entries(url: &str) -> Db {
    let db = Db::open(url).expect("opens");
    migrate::migrate(&db).expect("migrates");
    for number in 1..=3 {
        db.write(|tx| audit::append(tx, None, &entry(number))).expect("appends");
    }
    db
}

#[test]
fn an_untouched_trail_is_green() {
    for_each_engine(|url| {
        let db = with_three_entries(url);
        let check = db.read(|tx| audit::verify(tx, &[])).expect("verifies");
        assert!(check.ok, "{check:?}");
        let newest = db.read(|tx| audit::list_before(tx, None, i64::MAX, 2)).expect("lists");
        assert_eq!(newest.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [3, 2]);
    });
}

#[test]
fn a_changed_or_missing_entry_turns_the_trail_red() {
    for sql in [
        "UPDATE audit_entry SET actor_name = 'x' WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 3",
        "DELETE FROM audit_entry",
    ] {
        for_each_engine(|url| {
            let db = with_three_entries(url);
            db.write(|tx| tx.execute(sql, &[])).expect("tampers");
            assert!(!db.read(|tx| audit::verify(tx, &[])).expect("verifies").ok, "{sql}");
        });
    }
}
