//! Household members: kept sealed with their unit, shown masked, and nobody's payer.

use hemu_app::registry::members::MemberItem;
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::reveal::{SealedField, reveal};
use hemu_app::registry::unit_page::unit_page;
use hemu_app::registry::units::NewOwner;
use hemu_app::{Actor, Refusal};
use hemu_domain::staff::Role;

use crate::office::{COMMUNITY, Office, day, on_every_engine, unit};

/// An owner with a child and a tenant.
const ROOMS: &str = "楼号,单元,房间,建筑面积,房屋状态,业主名称,手机号,身份证号,业主类型
1,1,101,89,2001,王芳,13813467193,,1001
1,1,101,89,2001,王小明,13813467194,,1002
1,1,101,89,2001,陈租客,13813467195,,1003
";

fn members(office: &Office) -> Vec<MemberItem> {
    unit_page(&office.app, &Actor::local_operator(), COMMUNITY, &unit("1-1-101")).expect("a page").members
}

fn count(office: &Office, table: &str) -> i64 {
    office.count(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"))
}

#[test]
fn members_are_shown_masked_and_nothing_of_them_can_be_read_in_the_database() {
    on_every_engine("2026-10-31", |office| {
        assert_eq!(office.import(ROOMS).new_members, 2);
        let shown: Vec<_> =
            members(office).into_iter().map(|one| (one.role.zh, one.name, one.phones, one.pays)).collect();
        let of = |role: &str, name: &str, phone: &str| (role.to_owned(), name.to_owned(), phone.to_owned(), false);
        assert_eq!(shown, [of("家庭成员", "王*明", "138****7194"), of("租客", "陈*客", "138****7195")]);
        let readable = "household_member WHERE name_tail LIKE '%小%' OR phones_tail LIKE '%13813467194%'";
        assert_eq!(count(office, readable), 0);
        let child = SealedField::Member(members(office)[0].id);
        let auditor = Actor { role: Role::Auditor, ..Actor::local_operator() };
        let refused = reveal(&office.app, &auditor, COMMUNITY, child);
        assert!(matches!(refused, Err(Refusal::Forbidden(_))), "{refused:?}");
        let told = reveal(&office.app, &Actor::local_operator(), COMMUNITY, child).expect("told");
        assert_eq!(told, "王小明 13813467194");
        assert_eq!(count(office, "audit_entry WHERE act = 'member.reveal'"), 1, "who looked stands on the trail");
        assert_eq!(office.red(), [""; 0]);
        assert_eq!(office.tamper("UPDATE household_member SET name_sealed = phones_sealed"), 2);
        assert_eq!(office.red(), ["sealed_values_belong_to_their_rows"]);
    });
}

#[test]
fn a_member_is_no_party_has_no_account_and_comes_in_once() {
    on_every_engine("2026-10-31", |office| {
        office.import(ROOMS);
        assert_eq!((count(office, "party"), count(office, "account"), count(office, "contact_point")), (1, 1, 1));
        let again = office.import(ROOMS);
        assert_eq!((again.new_members, again.new_units, count(office, "household_member")), (0, 0, 2));
        let more = format!("{ROOMS}1,1,101,89,2001,王小红,13813467196,,1002\n");
        assert_eq!(office.import(&more).new_members, 1, "a later list brings who moved in");
    });
}

#[test]
fn members_end_with_the_owner_they_lived_with() {
    on_every_engine("2026-10-31", |office| {
        office.import(ROOMS);
        let owners = vec![NewOwner::Named("钱新来".to_owned())];
        let request =
            ChangeOwner { community: COMMUNITY.to_owned(), unit: unit("1-1-101"), owners, on: day("2026-10-20") };
        change_owner(&office.app, &Actor::local_operator(), &request).expect("sold");
        assert_eq!(members(office), []);
        assert_eq!(office.import(ROOMS).new_members, 0, "the old list does not bring them back");
        assert_eq!(office.red(), [""; 0]);
    });
}
