//! Classification proposed from signals: with its evidence, confirmed by a person, expiring; nothing decides on what nobody confirmed.

use hemu_app::Refusal;
use hemu_app::collection::signals::confirm_proposal;
use hemu_app::collection::snapshot::one_case;
use hemu_app::collection::work::classify;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::facts::ClassifiedFact;
use hemu_domain::ids::CaseId;

use crate::collector::{community, complain, complaint, contact, me, owing_case, page_of};
use crate::office::{Office, on_every_engine};

/// What decisions read of it.
fn classified(office: &Office, case: CaseId) -> Option<ClassifiedFact> {
    office.app.db.read(|tx| one_case(tx, community(office), case, office.app.today())).expect("a case").facts.classified
}

#[test]
fn an_open_complaint_is_proposed_as_dissatisfied_with_its_day_and_decides_nothing_until_confirmed() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        office.on("2026-11-02");
        complain(office, &complaint(office, case, "2026-11-12", Vec::new()));
        let found = page_of(office, case).proposal.expect("a proposal");
        assert_eq!(found.cause.en, "dissatisfied with the service");
        assert_eq!(found.evidence[0].on.map(|day| day.to_string()), Some("2026-11-02".to_owned()));
        assert_eq!(classified(office, case), None, "nobody confirmed it");
        confirm_proposal(&office.app, &me(), community(office), case).expect("confirmed");
        assert_eq!(classified(office, case).map(|one| one.cause), Some(Cause::Service));
        let shown = page_of(office, case);
        assert!(shown.proposal.is_none(), "it holds");
        assert!(shown.classification.expect("found").evidence.contains("2026-11-02"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_a_person_found_instead_stands_and_expires_into_a_new_proposal() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        contact(office, case, ("phone", ContactOutcome::ReachedRefuse), None);
        contact(office, case, ("phone", ContactOutcome::ReachedRefuse), None);
        contact(office, case, ("phone", ContactOutcome::ReachedRefuse), None);
        assert_eq!(page_of(office, case).proposal.expect("a proposal").cause.en, "wilful");
        let found = (Cause::Hard, Attitude::Neutral);
        classify(&office.app, &me(), community(office), case, found, "上门了解到失业").expect("set");
        assert_eq!(classified(office, case).map(|one| one.cause), Some(Cause::Hard));
        assert!(page_of(office, case).proposal.is_none());
        office.on("2027-02-01");
        assert_eq!(classified(office, case), None, "90 days are over");
        assert_eq!(page_of(office, case).proposal.expect("anew").cause.en, "wilful");
    });
}

#[test]
fn nothing_to_propose_is_nothing_to_confirm() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        assert!(page_of(office, case).proposal.is_none());
        let none = confirm_proposal(&office.app, &me(), community(office), case);
        assert!(matches!(none, Err(Refusal::Conflict(_))), "{none:?}");
    });
}
