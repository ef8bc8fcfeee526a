//! Invariants of late fees and of what comes from outside, by number: I10 and I22 of collections.md 6.4.

use std::sync::Mutex;
use std::time::Instant;

use hemu_app::Actor;
use hemu_app::collection::dispatch;
use hemu_domain::Fen;
use hemu_domain::collection::Policy;
use hemu_gateways::{Answer, Found, Gateway, Outgoing};

use crate::collector::{community, run, text};
use crate::office::{LIST, Office, on_every_engine, yuan};

const OWING: &str = "1-1-102";

fn rows(office: &Office, table_where: &str) -> i64 {
    office.count(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table_where}"))
}

#[test]
fn i10_a_late_fee_is_simple_follows_the_balance_and_is_frozen_once_for_a_charge_and_its_days() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        let fee = |on: &str| office.owed(OWING, on).1;
        let growth = |from: &str, to: &str| fee(to) - fee(from);
        let before = growth("2026-11-10", "2026-11-20");
        office.on("2026-11-20");
        office.pay(OWING, "209.90", "2026-11-20", Some("k1")).expect("taken");
        office.pay(OWING, "209.90", "2026-11-20", Some("k1")).expect("the same request again");
        let frozen = rows(office, "late_fee");
        assert_eq!(rows(office, "receipt"), 1, "idempotent by its key");
        let after = growth("2026-11-20", "2026-11-30");
        assert!(after < before, "on a lower balance: {after} after {before}");
        // November falls due on its last day; from then on the balance stands still.
        // A fen of rounding for each of seven charges; ten days of fee on some hundred yuan of fees would be fifty.
        let (first, later) = (growth("2026-12-01", "2026-12-11"), growth("2028-12-20", "2028-12-30"));
        assert!((later - first).get().abs() <= 7, "fees bear no fees: {first} and {later}");
        office.pay(OWING, "0.01", "2026-11-20", None).expect("taken");
        let repeated = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS x FROM late_fee WHERE live GROUP BY charge_id, from_on HAVING COUNT(*) > 1) t";
        assert_eq!(office.count(repeated), 0, "the same days are charged once");
        assert!(rows(office, "late_fee") >= frozen, "what was frozen stays");
        assert_eq!(office.red(), [""; 0]);
    });
}

/// A provider whose call never comes back and that knows later that the message left.
struct Silent(&'static Mutex<Vec<Outgoing>>);

impl Gateway for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }

    fn carries(&self, _: &str) -> bool {
        true
    }

    fn send(&self, message: &Outgoing, _: Instant) -> Answer {
        self.0.lock().expect("one thread").push(message.clone());
        panic!("as when the process is killed in the middle of a call")
    }

    fn find(&self, key: uuid::Uuid) -> Found {
        Found::Sent { provider_id: key.to_string() }
    }
}

#[test]
fn i22_what_is_learnt_late_is_evidence_also_of_a_closed_case_and_once_only() {
    static GIVEN: Mutex<Vec<Outgoing>> = Mutex::new(Vec::new());
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        let carry = || {
            let ways: Vec<Box<dyn Gateway>> = vec![Box::new(Silent(&GIVEN))];
            dispatch(&office.app, &Actor::local_operator(), community(office), &ways, &Policy::v1())
        };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(carry)).is_err());
        let owed = office.owed(OWING, "2026-11-01").0;
        office.pay(OWING, &owed.to_string(), "2026-11-01", Some("wechat:4200001")).expect("taken");
        office.pay(OWING, &owed.to_string(), "2026-11-01", Some("wechat:4200001")).expect("told again by the provider");
        assert_eq!(rows(office, "receipt"), 1, "one payment, however often it is told");
        assert!(
            office.pay(OWING, &(owed + yuan("1.00")).to_string(), "2026-11-01", Some("wechat:4200001")).is_err(),
            "another sum under the same number is refused"
        );
        run(office, "2026-11-02");
        let closed = rows(office, "case_file WHERE closed_on IS NOT NULL");
        assert_eq!(closed, 1, "everything is paid");
        let told = GIVEN.lock().expect("one thread").len();
        for _ in 0..2 {
            carry().expect("only asked");
        }
        assert_eq!(text(office, "SELECT state FROM attempt"), "sent", "the provider had it");
        assert_eq!(text(office, "SELECT state FROM action WHERE kind = 'message'"), "sent");
        assert_eq!(GIVEN.lock().expect("one thread").len(), told, "and nothing is sent again");
        assert_eq!(rows(office, "case_file WHERE closed_on IS NOT NULL"), closed, "closed it stays");
        assert_eq!((Fen::ZERO, office.red()), (office.owed(OWING, "2026-11-02").0, vec![]));
    });
}
