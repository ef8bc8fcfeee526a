//! Registry (房产与业主档案): buildings, units, parties, tenures, contact points, accounts. Written in bulk, read set by set.

pub mod account;
pub mod building;
pub mod contact;
pub mod contact_limit;
pub mod contact_point;
pub mod edit;
pub mod flag;
pub mod import_file;
pub mod member;
pub mod overview;
pub mod party;
pub mod unit;
pub mod unit_page;

pub(crate) use account::{ACCOUNT_TABLE, read_account};
pub use account::{
    AccountRow, add_prepaid, get_account, insert_accounts, list_accounts, list_accounts_of_unit, list_other_units,
    list_running_elsewhere, lock_account, set_paid_through,
};
pub(crate) use building::{BUILDING_TABLE, ENTRANCE_TABLE};
pub use building::{insert_buildings, insert_entrances, list_buildings, list_entrances};
pub(crate) use contact_point::CONTACT_POINT_TABLE;
pub use contact_point::{ContactPointRow, insert_contact_points, list_contact_indexes};
pub use import_file::{ImportFileRow, insert_import_file};
pub(crate) use party::{PARTY_TABLE, TENURE_TABLE};
pub use party::{
    PartyRow, TenureRow, find_form_of_address, find_party, insert_parties, insert_tenures, list_parties, list_tenures,
};
pub(crate) use unit::UNIT_TABLE;
pub use unit::{UnitRow, find_unit, insert_units, list_units};
