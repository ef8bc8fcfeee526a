//! New fee standards: for a kind of units, for one unit, and never for a month that was billed.

use hemu_app::tariff::{NewStandard, NewUnitFee, StandardMade, add_standard, set_unit_fee};
use hemu_app::{Actor, Refusal};
use hemu_domain::UnitPrice;
use hemu_domain::registry::unit::UnitKind;

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

fn add(office: &Office, name: &str, (price, from): (&str, &str)) -> Result<StandardMade, Refusal> {
    let new = NewStandard {
        item: "垃圾清运费".to_owned(),
        name: name.to_owned(),
        formula: "fixed".to_owned(),
        unit_kind: UnitKind::Home,
        price: UnitPrice::parse(price).expect("a price"),
        bands: String::new(),
        valid_from: day(from),
        basis: "业主大会表决".to_owned(),
    };
    add_standard(&office.app, &Actor::local_operator(), COMMUNITY, &new)
}

#[test]
fn a_new_fee_is_billed_to_all_units_of_its_kind_from_its_month_on() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-01");
        let made = add(office, "每户", ("10.00", "2026-12-01")).expect("made");
        assert_eq!((made.units, made.others), (4, 0));
        let november = office.bill("2026-11");
        assert_eq!((november.bills, november.charges), (4, 4), "not yet");
        office.on("2026-12-01");
        let december = office.bill("2026-12");
        assert_eq!((december.bills, december.charges), (4, 8), "on the same bill");
        assert_eq!(december.total - november.total, yuan("40.00"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_second_standard_takes_nobody_from_the_first_until_a_unit_is_moved() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-01");
        add(office, "每户", ("10.00", "2026-11-01")).expect("made");
        let reduced = add(office, "减半", ("5.00", "2026-11-01")).expect("made");
        assert_eq!((reduced.units, reduced.others), (0, 4));
        let first = office.bill("2026-11").total;
        let mut fee = NewUnitFee { unit: unit("1-1-101"), standard: reduced.id, starts_on: day("2026-11-01") };
        let set = |fee: &NewUnitFee| set_unit_fee(&office.app, &Actor::local_operator(), COMMUNITY, fee);
        assert!(matches!(set(&fee), Err(Refusal::Conflict(_))), "November was billed");
        fee.starts_on = day("2026-12-01");
        set(&fee).expect("set");
        assert!(matches!(set(&fee), Err(Refusal::Conflict(_))), "twice");
        office.on("2026-12-01");
        assert_eq!(first - office.bill("2026-12").total, yuan("5.00"));
    });
}

#[test]
fn a_standard_that_cannot_be_is_refused_and_changes_nothing() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-01");
        for (name, price, from) in
            [("每户", "10.00", "2026-11-02"), ("每户", "0", "2026-11-01"), (" ", "10.00", "2026-11-01")]
        {
            assert!(
                matches!(add(office, name, (price, from)), Err(Refusal::InvalidInput { .. })),
                "{name} {price} {from}"
            );
        }
        add(office, "每户", ("10.00", "2026-11-01")).expect("made");
        assert!(matches!(add(office, "每户", ("12.00", "2026-11-01")), Err(Refusal::Conflict(_))), "its name is taken");
        office.bill("2026-11");
        assert!(matches!(add(office, "减半", ("5.00", "2026-11-01")), Err(Refusal::Conflict(_))), "it was billed");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM fee_standard WHERE formula = 'fixed'"), 1);
    });
}
