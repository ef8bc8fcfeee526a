//! The nightly run: once a day, whatever happens to the program.

use chrono::NaiveTime;
use hemu_app::Actor;
use hemu_app::billing::find_community;
use hemu_app::collection::nightly::run_nightly;
use hemu_app::collection::{RunRequest, run_collection};
use hemu_domain::collection::Policy;

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine};

fn ran(office: &Office) -> usize {
    let from = NaiveTime::from_hms_opt(2, 0, 0).expect("a time of day");
    run_nightly(&office.app, from).expect("looks").len()
}

#[test]
fn collection_runs_once_a_day_from_its_hour_on_also_when_that_hour_was_missed() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.app.clock.set(day("2026-11-01"), 1, 59);
        assert_eq!(ran(office), 0, "its hour has not come");
        office.app.clock.set(day("2026-11-01"), 2, 0);
        assert_eq!((ran(office), ran(office)), (1, 0), "once");
        office.app.clock.set(day("2026-11-01"), 23, 0);
        assert_eq!(ran(office), 0, "a program that was started again does not run again");
        office.app.clock.set(day("2026-11-03"), 9, 0);
        assert_eq!((ran(office), ran(office)), (1, 0), "its hour was missed, the day is not");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_run_by_hand_takes_nothing_from_the_nightly_one() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        let community = find_community(&office.app, COMMUNITY).expect("there");
        let request = RunRequest { community, as_of: office.app.today(), dry_run: false };
        run_collection(&office.app, &Actor::local_operator(), &Policy::v1(), &request).expect("runs");
        assert_eq!((ran(office), ran(office)), (1, 0));
    });
}
