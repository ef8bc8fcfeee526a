//! Registry (房产与业主档案): units, parties, tenures, contact points, flags.

pub mod contact;
pub mod flag;
pub mod id_number;
pub mod member;
pub mod names;
pub mod phone;
pub mod pinyin;
pub mod unit;
pub mod unit_status;
