//! The first look of a run spares most cases a second one; it must never decide otherwise than all the facts would.

use chrono::NaiveDate;
use hemu_app::Actor;
use hemu_app::collection::plans::{PlanRequest, decide_plan, propose_plan};
use hemu_app::collection::snapshot::one_case;
use hemu_app::collection::{RunRequest, run_collections};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::units::NewOwner;
use hemu_app::service::take_complaint;
use hemu_domain::collection::classification::ContactOutcome as Talk;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::{Policy, decide};
use hemu_domain::service::Finding;
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::params;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::collector::{answer, case_of, community, complaint, contact, hold, release, run, send};
use crate::history::second;
use crate::office::{COMMUNITY, Office, day, on_every_engine, unit};

/// Payers of every kind: one month, many months, a limitation that runs out, two units, no telephone.
const LIST: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
1-1-101,王建国,13800138001,100,2.00,2026-08,
1-1-102,李小梅,13800138002,89.32,2.35,2026-03,
1-1-201,欧阳龑,13800138000,50,2.00,2023-09,
1-1-202,郝娟,13800138004,120.5,1.80,2026-07,
1-1-301,赵敏,,77,2.00,2026-06,
1-1-302,李小梅,13800138002,60,2.00,2026-07,
1-1-401,孙涛,13800138006,99,2.10,2025-12,
";
const UNITS: [&str; 6] = ["1-1-101", "1-1-102", "1-1-201", "1-1-202", "1-1-301", "1-1-401"];

/// One act of a day; what the rules refuse is refused.
fn act(office: &Office, chance: &mut StdRng, today: &str) {
    let label = UNITS[chance.random_range(0..UNITS.len())];
    let actor = Actor::local_operator();
    let open = "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file c JOIN account a ON a.party_id = c.party_id
        JOIN unit u ON u.id = a.unit_id WHERE c.closed_on IS NULL AND a.ends_on IS NULL AND u.label =";
    if office.count(&format!("{open} '{label}'")) == 0 {
        return;
    }
    let case = case_of(office, label);
    match chance.random_range(0..9) {
        0 => drop(office.pay(label, ["50.00", "400.00", "3000.00"][chance.random_range(0..3)], today, None)),
        1 => contact(office, case, ("phone", Talk::ReachedTalk), None),
        2 => contact(office, case, ("visit", Talk::NoAnswer), None),
        3 => {
            let on = (day(today) + chrono::Days::new(6)).to_string();
            contact(office, case, ("phone", Talk::ReachedPromise), Some(("100.00", &on)));
        }
        4 => {
            let review = (day(today) + chrono::Days::new(4)).to_string();
            let held = hold(office, Some(case), HoldKind::Hardship, &review);
            if chance.random_bool(0.5) {
                release(office, held);
            }
        }
        5 => {
            let promised_on = (day(today) + chrono::Days::new(3)).to_string();
            let new = complaint(office, case, &promised_on, vec![office.oldest_charge(label)]);
            // A charge of a former owner is refused.
            let Ok(taken) = take_complaint(&office.app, &actor, &new) else { return };
            answer(office, taken, if chance.random_bool(0.5) { Finding::Invalid } else { Finding::Valid });
        }
        6 => {
            let request = PlanRequest::monthly(community(office), case, 3, day(today) + chrono::Days::new(10));
            if let Ok(plan) = propose_plan(&office.app, &actor, &request)
                && chance.random_bool(0.5)
            {
                decide_plan(&office.app, &second(), community(office), case, (plan, true)).expect("approved");
            }
        }
        7 => {
            let change = ChangeOwner {
                community: COMMUNITY.to_owned(),
                unit: unit(label),
                on: day(today),
                owners: vec![NewOwner::Named("周新".to_owned())],
            };
            drop(change_owner(&office.app, &actor, &change));
        }
        _ => drop(send(office)),
    }
}

/// Every open case that was not decided anew today, decided from all facts, comes out as it stands.
fn assert_what_stands_is_right(office: &Office, today: &str) -> usize {
    let place = community(office);
    let checked = office.app.db.read(|tx| {
        let cases: Vec<CaseRow> = case::list_open(tx, place)?;
        let mut checked = 0;
        for case in cases {
            let decided = "SELECT as_of FROM decision WHERE id = $1";
            let made_on: NaiveDate =
                tx.query_one("decision", decided, &params![case.last_decision_id], |row| row.take())?;
            if made_on == day(today) {
                continue;
            }
            let all = one_case(tx, place, case.id, day(today))?;
            let decision = decide(&Policy::v1(), &all.facts, day(today));
            assert_eq!(Some(decision.digest()), case.last_digest, "{today}: {} has that of {made_on}", case.number);
            assert_eq!(decision.next_due_on, case.next_due_on, "{today}: {}", case.number);
            checked += 1;
        }
        Ok::<_, hemu_store::DbError>(checked)
    });
    checked.expect("reads")
}

#[test]
fn what_a_run_leaves_as_it_stands_is_what_all_facts_lead_to() {
    on_every_engine("2026-09-01", |office| {
        office.import(LIST);
        let mut chance = StdRng::seed_from_u64(20_260_901);
        let mut stood = 0;
        for days in 0..100 {
            let today = (day("2026-09-01") + chrono::Days::new(days)).to_string();
            office.on(&today);
            if today.ends_with("-01") {
                office.bill(&today[..7]);
            }
            for _ in 0..chance.random_range(0..3) {
                act(office, &mut chance, &today);
            }
            run(office, &today);
            stood += assert_what_stands_is_right(office, &today);
        }
        assert!(stood > 200, "most days most cases stand: {stood}");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn communities_run_side_by_side_as_they_do_one_after_another() {
    on_every_engine("2026-09-01", |office| {
        office.import(LIST);
        let place = community(office);
        let request = |as_of: &str| RunRequest { community: place, as_of: day(as_of), dry_run: false };
        let unknown = RunRequest { community: office.app.new_id(), ..request("2026-09-02") };
        let requests = [request("2026-09-01"), unknown, request("2026-09-01")];
        let answers = run_collections(&office.app, &Actor::system(), &Policy::v1(), &requests);
        assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true], "{answers:?}");
        let acted = |place: usize| answers[place].as_ref().map_or(0, |one| one.actions.values().sum::<i64>());
        assert!(acted(0) + acted(2) > 0 && (acted(0) == 0 || acted(2) == 0), "planned once: {answers:?}");
    });
}
