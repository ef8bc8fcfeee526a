//! A look at a community rests on what is recorded now: nothing of a session, a role or a scope outlives its end.

use hemu_app::billing::find_community;
use hemu_app::look::look_at;
use hemu_app::staff::session::{sign_in, sign_out};
use hemu_app::staff::{EditStaff, NewStaff, add_staff, edit_staff};
use hemu_app::{Actor, Refusal};
use hemu_domain::ids::{CommunityId, StaffId};
use hemu_domain::staff::Role;

use crate::office::{COMMUNITY, LIST, Office, on_every_engine};

const PASSWORD: &str = "sample-password-26";

fn hire(office: &Office, communities: Option<Vec<CommunityId>>) -> (StaffId, String) {
    let of = |login: &str, role, communities| NewStaff {
        login: login.to_owned(),
        name: "样本".to_owned(),
        role,
        password: PASSWORD.to_owned(),
        communities,
    };
    // One manager has to remain whatever becomes of the clerk.
    add_staff(&office.app, &Actor::local_operator(), &of("manager", Role::Manager, None)).expect("hired");
    let new = of("clerk", Role::Cashier, communities);
    let id = add_staff(&office.app, &Actor::local_operator(), &new).expect("hired");
    (id, sign_in(&office.app, "clerk", PASSWORD).expect("signs in").token)
}

fn change(office: &Office, id: StaffId, change: EditStaff) {
    edit_staff(&office.app, &Actor::local_operator(), id, &change).expect("changed");
}

fn role_seen(office: &Office, token: &str, community: CommunityId) -> Result<Option<Role>, Refusal> {
    look_at(&office.app, token, Some(community), |look| Ok(look.actor().role))
}

#[test]
fn an_ended_session_a_closed_account_and_another_role_count_at_the_next_look() {
    on_every_engine("2026-12-05", |office| {
        office.import(LIST);
        let community = find_community(&office.app, COMMUNITY).expect("a community");
        let (id, token) = hire(office, None);
        assert_eq!(role_seen(office, &token, community).expect("looks"), Some(Role::Cashier));
        let another = EditStaff { role: Some(Role::Auditor), active: None, password: None, communities: None };
        change(office, id, another);
        assert_eq!(role_seen(office, &token, community).expect("looks"), Some(Role::Auditor));
        change(office, id, EditStaff { role: None, active: Some(false), password: None, communities: None });
        assert_eq!(role_seen(office, &token, community).expect("nobody"), None);
        change(office, id, EditStaff { role: None, active: Some(true), password: None, communities: None });
        let again = sign_in(&office.app, "clerk", PASSWORD).expect("signs in").token;
        assert_eq!(role_seen(office, &again, community).expect("looks"), Some(Role::Auditor));
        sign_out(&office.app, &again).expect("signs out");
        assert_eq!(role_seen(office, &again, community).expect("nobody"), None);
        assert_eq!(role_seen(office, "", community).expect("nobody"), None);
    });
}

#[test]
fn a_community_that_is_somebody_elses_is_not_there() {
    on_every_engine("2026-12-05", |office| {
        office.import(LIST);
        let community = find_community(&office.app, COMMUNITY).expect("a community");
        let (id, token) = hire(office, Some(vec![community]));
        assert!(role_seen(office, &token, community).is_ok_and(|role| role.is_some()));
        let nowhere = Some(Some(Vec::new()));
        change(office, id, EditStaff { role: None, active: None, password: None, communities: nowhere });
        assert!(matches!(role_seen(office, &token, community), Err(Refusal::NotFound { .. })));
        let unknown = look_at(&office.app, &token, None, |_| Ok::<_, Refusal>(()));
        assert!(matches!(unknown, Err(Refusal::NotFound { .. })));
    });
}
