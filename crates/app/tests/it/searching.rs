//! The search box finds a unit by whatever people type, and nothing that merely looks like it.

use hemu_app::Actor;
use hemu_app::registry::search::search_units;

use crate::office::{COMMUNITY, Office, on_every_engine};

/// Rooms whose numbers end alike, a short phone number, and one that has the digits of another's end in its middle.
const LIST: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
1-1-502,王建国,13800138001,100,2.00,2026-10,
1-1-1502,李小梅,13880010002,89.32,2.35,2026-10,
1-1-A502,欧阳龑,8001,50,2.00,2026-10,
2-1-502,郝娟,13800138005,120.5,1.80,2026-10,
";

fn found(office: &Office, typed: &str) -> Vec<String> {
    let list = search_units(&office.app, &Actor::local_operator(), COMMUNITY, typed, (None, 50)).expect("searches");
    list.rows.iter().map(|row| row.unit.as_str().to_owned()).collect()
}

#[test]
fn a_room_number_alone_finds_that_room_in_every_building_and_no_longer_one() {
    on_every_engine("2026-12-05", |office| {
        office.import(LIST);
        assert_eq!(found(office, "502"), ["1-1-502", "2-1-502"]);
        assert_eq!(found(office, "1502"), ["1-1-1502"]);
        assert_eq!(found(office, "02"), [""; 0], "the end of a number is no room");
        assert_eq!(found(office, "1-1-A502"), ["1-1-A502"]);
        assert_eq!(found(office, "2-1"), ["2-1-502"]);
    });
}

#[test]
fn four_digits_find_the_end_of_a_phone_number_and_not_its_middle() {
    on_every_engine("2026-12-05", |office| {
        office.import(LIST);
        assert_eq!(found(office, "8001"), ["1-1-502"], "of a short number the last two digits are known");
        assert_eq!(found(office, "0002"), ["1-1-1502"]);
        assert_eq!(found(office, "3800"), [""; 0]);
        assert_eq!(found(office, "13800138005"), ["2-1-502"]);
    });
}

#[test]
fn names_and_initials_find_from_their_beginning() {
    on_every_engine("2026-12-05", |office| {
        office.import(LIST);
        assert_eq!(found(office, "王"), ["1-1-502"]);
        assert_eq!(found(office, "lx"), ["1-1-1502"]);
        assert_eq!(found(office, "建国"), [""; 0]);
    });
}
