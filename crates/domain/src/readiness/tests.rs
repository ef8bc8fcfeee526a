//! The check of what is on file.

use super::*;
use crate::Period;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn month(text: &str) -> Period {
    Period::parse(text).expect("a month")
}

fn complete() -> Papers {
    Papers {
        contract: Some(ContractPaper {
            provisional: false,
            ends_on: Some(day("2027-12-31")),
            filing: FilingState::Filed,
            has_scan: true,
            clauses: ["fee_standard", "cycle", "due", "demand", "dispute"].map(ToOwned::to_owned).to_vec(),
            has_late_fee: false,
        }),
        shown: Some(Shown { on: day("2026-01-05"), has_photo: true }),
        priced_since: Some(day("2026-01-01")),
        promises: vec![PromisePaper {
            what: "楼道每日清扫".to_owned(),
            every: Every::Month,
            starts_on: day("2026-01-01"),
            ends_on: None,
            evidence: vec![(month("2026-10"), PromiseResult::Done)],
        }],
        region: "杭州".to_owned(),
    }
}

const TODAY: &str = "2026-11-20";

/// The items that are not there, with their state.
fn gaps(papers: &Papers, on: &str) -> Vec<(Item, ItemState)> {
    let lines = check(papers, day(on));
    assert_eq!(lines.iter().map(|line| line.item).collect::<Vec<_>>(), Item::ALL, "each item once");
    lines.into_iter().filter(|line| line.state != ItemState::Ok).map(|line| (line.item, line.state)).collect()
}

#[test]
fn what_is_all_there_lets_formal_steps_go_on() {
    assert_eq!(gaps(&complete(), TODAY), []);
    assert!(!is_incomplete(&check(&complete(), day(TODAY))));
}

#[test]
fn a_community_just_imported_has_nothing_and_waits() {
    let nothing = check(&Papers::default(), day(TODAY));
    assert!(is_incomplete(&nothing));
    let missing = nothing.iter().filter(|line| line.state == ItemState::Missing).count();
    assert_eq!(missing, Item::ALL.len() - 1, "there is no evidence to give where nothing is promised");
}

#[test]
fn each_paper_of_the_contract_is_asked_for_by_itself() {
    type Change = fn(&mut ContractPaper);
    let cases: [(Change, Item, ItemState); 6] = [
        (|one| one.provisional = true, Item::Contract, ItemState::Missing),
        (|one| one.ends_on = Some(day("2026-11-19")), Item::Contract, ItemState::Lapsed),
        (|one| one.has_scan = false, Item::Scan, ItemState::Missing),
        (|one| one.filing = FilingState::Unknown, Item::Filing, ItemState::Missing),
        (|one| one.clauses.retain(|kind| kind != "dispute"), Item::Clauses, ItemState::Missing),
        (|one| one.has_late_fee = true, Item::Clauses, ItemState::Missing),
    ];
    for (change, item, state) in cases {
        let mut papers = complete();
        change(papers.contract.as_mut().expect("a contract"));
        assert_eq!(gaps(&papers, TODAY), [(item, state)]);
        assert!(is_incomplete(&check(&papers, day(TODAY))));
    }
    let mut last_day = complete();
    last_day.contract.as_mut().expect("a contract").ends_on = Some(day(TODAY));
    assert_eq!(gaps(&last_day, TODAY), [], "on the last day of its term");
}

#[test]
fn a_display_older_than_the_price_in_force_has_lapsed() {
    let mut papers = complete();
    papers.priced_since = Some(day("2026-01-06"));
    assert_eq!(gaps(&papers, TODAY), [(Item::Display, ItemState::Lapsed)]);
    papers.shown = Some(Shown { on: day("2026-01-06"), has_photo: false });
    assert_eq!(gaps(&papers, TODAY), [(Item::Display, ItemState::Missing)], "without a photo");
}

#[test]
fn a_promise_nobody_wrote_about_lapses_ten_days_after_its_period() {
    let papers = complete();
    assert_eq!(gaps(&papers, "2026-12-10"), [], "November is over for nine days");
    assert_eq!(gaps(&papers, "2026-12-11"), [(Item::Evidence, ItemState::Lapsed)]);
}

#[test]
fn what_was_not_done_is_told_and_stops_nothing() {
    let mut papers = complete();
    papers.promises[0].evidence.push((month("2026-10"), PromiseResult::Partly));
    let lines = check(&papers, day(TODAY));
    let line = lines.iter().find(|line| line.item == Item::Evidence).expect("a line");
    assert_eq!((line.state, line.remarks.len()), (ItemState::Ok, 1), "the last word counts");
    assert!(!is_incomplete(&lines));
}

#[test]
fn a_new_promise_is_not_looked_at_before_a_whole_period() {
    let every = |every, starts: &str, on: &str| last_period_due(every, day(starts), day(on)).map(|one| one.to_string());
    assert_eq!(every(Every::Month, "2026-10-02", TODAY), None, "October had begun");
    assert_eq!(every(Every::Month, "2026-10-01", TODAY).as_deref(), Some("2026-10"));
    assert_eq!(every(Every::Quarter, "2026-01-01", TODAY).as_deref(), Some("2026-07"));
    assert_eq!(every(Every::HalfYear, "2026-01-01", TODAY).as_deref(), Some("2026-01"));
    assert_eq!(every(Every::Year, "2026-01-01", "2027-01-10"), None);
    assert_eq!(every(Every::Year, "2026-01-01", "2027-01-11").as_deref(), Some("2026-01"));
    assert_eq!(period_of(Every::Quarter, day("2026-12-31")).to_string(), "2026-10");
}

#[test]
fn a_region_that_is_not_known_is_told_and_stops_nothing() {
    let papers = Papers { region: "national".to_owned(), ..complete() };
    assert_eq!(gaps(&papers, TODAY), [(Item::Region, ItemState::Missing)]);
    assert!(!is_incomplete(&check(&papers, day(TODAY))));
}
