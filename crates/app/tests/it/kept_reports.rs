//! Lists kept between two looks are never older than what was recorded, and pages of them lose no row.

use std::collections::HashSet;
use std::sync::Arc;

use hemu_app::Actor;
use hemu_app::arrears::details::{ArrearsOrder, row_details};
use hemu_app::arrears::kept::{KeptReports, shown_owner};
use hemu_app::arrears::{ArrearsFilter, ArrearsReport};
use hemu_app::billing::find_community;
use hemu_app::collection::todo::list_todo;
use hemu_app::collection::{RunRequest, run_collection};
use hemu_app::tariff::{ContractTerms, set_contract};
use hemu_domain::arrears::late_fee_rule::{DayBasis, LateFeeStart};
use hemu_domain::collection::Policy;
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::staff::Role;
use hemu_domain::tariff::due::DueRule;
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_domain::{DailyRate, Fen};

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine};

fn look(office: &Office, kept: &KeptReports) -> Arc<ArrearsReport> {
    kept.arrears(&office.app, &Actor::local_operator(), COMMUNITY, office.app.today()).expect("a list")
}

fn assert_fresh(office: &Office, kept: &KeptReports) {
    let today = office.app.today().to_string();
    let list = serde_json::to_value(&*look(office, kept)).expect("JSON");
    assert_eq!(list, office.list(&today), "as if it had never been kept");
}

fn collect(office: &Office) {
    let community = find_community(&office.app, COMMUNITY).expect("a community");
    let request = RunRequest { community, as_of: office.app.today(), dry_run: false };
    run_collection(&office.app, &Actor::local_operator(), &Policy::v1(), &request).expect("runs");
}

#[test]
fn a_kept_list_is_made_again_when_anything_was_recorded() {
    on_every_engine("2026-12-05", |office| {
        let kept = KeptReports::default();
        office.import(LIST);
        let first = look(office, &kept);
        assert!(Arc::ptr_eq(&first, &look(office, &kept)), "nothing happened: the same list");
        office.pay("1-1-102", "209.90", "2026-12-05", None).expect("taken");
        assert_fresh(office, &kept);
        collect(office);
        assert_fresh(office, &kept);
        assert!(look(office, &kept).rows.iter().all(|row| row.stage.is_some()), "the stages are there at once");
        let clause = ContractTerms {
            name: "合同".to_owned(),
            number: String::new(),
            due_rule: DueRule::LastDayOfMonth,
            due_day: 31,
            late_fee_rate: Some(DailyRate::from_stored(50_000)),
            late_fee_lpr: None,
            late_fee_day_basis: DayBasis::Days365,
            late_fee_grace_days: 0,
            late_fee_starts: LateFeeStart::AfterDue,
            late_fee_cap_percent: Some(100),
            late_fee_clause: "第十二条".to_owned(),
            demand_days: 15,
            allocation_policy: AllocationPolicy::PrincipalFirst,
            rounding: RoundingChoice::MonthFirst,
        };
        set_contract(&office.app, &Actor::local_operator(), COMMUNITY, &clause).expect("agreed");
        assert_fresh(office, &kept);
        assert!(look(office, &kept).totals.late_fee.is_positive());
        office.bill("2026-11");
        assert_fresh(office, &kept);
    });
}

#[test]
fn a_first_page_that_was_written_is_shown_only_to_who_may_see_the_same() {
    on_every_engine("2026-12-05", |office| {
        office.import(LIST);
        let kept = KeptReports::default();
        let place = find_community(&office.app, COMMUNITY).expect("a community");
        let page = |actor: &Actor, rows, text: &str| {
            let written = office.app.db.read(|tx| {
                let at = (place, hemu_store::community::mark(tx, place)?);
                kept.first_page(tx, actor, at, (office.app.today(), rows), |_, _| Ok(text.as_bytes().into()))
            });
            String::from_utf8(written.expect("a page").to_vec()).expect("text")
        };
        let manager = Actor::local_operator();
        let auditor = Actor { role: Role::Auditor, ..Actor::local_operator() };
        assert_eq!(page(&manager, 100, "names"), "names");
        assert_eq!(page(&auditor, 100, "masked"), "masked");
        assert_eq!((page(&manager, 100, "-"), page(&auditor, 100, "-")), ("names".to_owned(), "masked".to_owned()));
        assert_eq!(page(&manager, 50, "half"), "half", "another number of rows is another page");
        office.pay("1-1-102", "209.90", "2026-12-05", None).expect("taken");
        assert_eq!(page(&manager, 100, "newer"), "newer", "something was recorded");
    });
}

#[test]
fn pages_of_the_list_lose_no_row_and_sum_over_all() {
    on_every_engine("2026-12-05", |office| {
        office.import(LIST);
        office.bill("2026-11");
        let list = look(office, &KeptReports::default());
        assert!(list.rows.len() >= 3);
        for order in [ArrearsOrder::Unit, ArrearsOrder::Amount, ArrearsOrder::Days] {
            let (mut after, mut seen, mut sum) = (String::new(), HashSet::new(), Fen::ZERO);
            loop {
                let page = list.slice(&ArrearsFilter::default(), order, (&after, 1));
                assert_eq!(page.totals, list.totals, "the total is over the full set");
                sum += page.shown.principal;
                seen.extend(page.rows.iter().map(|row| row.unit.clone()));
                let Some(next) = page.next else { break };
                after = next;
            }
            assert_eq!((seen.len(), sum), (list.rows.len(), list.totals.principal), "{order:?}");
        }
        let largest = list.slice(&ArrearsFilter::default(), ArrearsOrder::Amount, ("", 1));
        assert_eq!(largest.rows[0].unit.as_str(), "1-1-102");
    });
}

#[test]
fn a_page_shows_area_and_masked_phone_and_names_only_to_who_works_with_owners() {
    on_every_engine("2026-12-05", |office| {
        office.import(LIST);
        let list = look(office, &KeptReports::default());
        let community = find_community(&office.app, COMMUNITY).expect("a community");
        let details = row_details(&office.app, &Actor::local_operator(), community, &list.rows).expect("details");
        for (row, detail) in list.rows.iter().zip(details) {
            assert!(detail.area.is_some(), "{}", row.unit);
            assert!(detail.phone.is_none_or(|(_, tail)| tail.contains('*')), "{}", row.unit);
        }
        let auditor = Actor { role: Role::Auditor, ..Actor::local_operator() };
        assert_ne!(shown_owner(&auditor, "李小梅"), "李小梅");
        assert_eq!(shown_owner(&Actor::local_operator(), "李小梅"), "李小梅");
    });
}

#[test]
fn tasks_come_by_day_and_page_with_counts_over_all() {
    on_every_engine("2026-12-05", |office| {
        office.import(LIST);
        for today in ["2026-12-05", "2026-12-09", "2026-12-15", "2026-12-21", "2027-01-02", "2027-01-06"] {
            office.on(today);
            collect(office);
        }
        let community = find_community(&office.app, COMMUNITY).expect("a community");
        let read =
            |after, rows| list_todo(&office.app, &Actor::local_operator(), community, (after, rows)).expect("tasks");
        let all = read(None, 50);
        assert_eq!(usize::try_from(all.open), Ok(all.rows.len()));
        assert!(all.rows.is_sorted_by_key(|task| task.due_on));
        let (mut after, mut seen) = (None, 0);
        loop {
            let page = read(after, 1);
            assert_eq!((page.open, page.due, page.late), (all.open, all.due, all.late));
            seen += page.rows.len();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, all.rows.len());
        assert!(all.rows.iter().all(|task| task.case_id.is_some() && task.unit.is_some()));
        let late = all.rows.iter().filter(|task| task.due_on < day("2027-01-06")).count();
        assert_eq!(i64::try_from(late), Ok(all.late));
    });
}
