//! What a former owner still owes is not the present owner's: it is told apart, and gives the unit no colour.

use hemu_app::Actor;
use hemu_app::registry::overview::{UnitFilter, UnitItem, block_plan, list_units};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::units::NewOwner;
use hemu_domain::Fen;
use hemu_domain::registry::unit_status::UnitStatus;

use crate::office::{COMMUNITY, Office, day, on_every_engine, unit, yuan};

const LIST: &str = "房号,业主,电话,面积,单价,已缴至
1-1-101,王建国,13800138001,100,2.00,2026-07
1-1-102,李小梅,13800138002,100,2.00,2026-10
";

fn shown(office: &Office, label: &str) -> UnitItem {
    let me = Actor::local_operator();
    let list = list_units(&office.app, &me, COMMUNITY, &UnitFilter::default(), (None, 10)).expect("a list");
    let listed = list.rows.into_iter().find(|one| one.unit.as_str() == label).expect("in the list");
    let plan = block_plan(&office.app, &me, COMMUNITY, "1").expect("a plan");
    let floors = plan.entrances.iter().flat_map(|entrance| &entrance.floors);
    let drawn = floors.flat_map(|floor| &floor.units).find(|one| one.unit.as_str() == label).expect("in the plan");
    assert_eq!(drawn, &listed, "the list and the block plan say the same");
    listed
}

#[test]
fn a_debt_from_before_a_sale_stays_with_the_seller_and_gives_the_unit_no_colour() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let before = shown(office, "1-1-101");
        assert_eq!((before.open, before.former_open), (yuan("600.00"), Fen::ZERO));
        assert_eq!(before.status, UnitStatus::Owing);
        office.on("2026-11-05");
        let owners = vec![NewOwner::Named("钱新主".to_owned())];
        let sale =
            ChangeOwner { community: COMMUNITY.to_owned(), unit: unit("1-1-101"), owners, on: day("2026-11-01") };
        change_owner(&office.app, &Actor::local_operator(), &sale).expect("sold");
        let after = shown(office, "1-1-101");
        assert_eq!((after.open, after.former_open), (Fen::ZERO, yuan("600.00")));
        assert_eq!(after.status, UnitStatus::Paid);
        assert_eq!(after.owner.as_deref(), Some("钱新主"));
        let other = shown(office, "1-1-102");
        assert_eq!((other.open, other.former_open), (Fen::ZERO, Fen::ZERO));
    });
}
