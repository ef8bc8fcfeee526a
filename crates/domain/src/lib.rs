//! The rules of property-fee billing and collection (物业费收缴与分级催缴).
//!
//! Types, calculations, state machines and decisions; no I/O and no clock. A function that needs today takes it as an
//! argument. Money is integer fen, areas, prices and rates are exact decimals; nothing here is a floating-point number.
//!
//! The modules follow the way a fee travels:
//! registry -> tariff -> billing -> ledger -> arrears -> collection -> outreach -> service -> legal -> review.
//! What all of them stand on comes first: [`money`], [`quantity`], [`period`], [`calendar`], [`ids`].

pub mod apportion;
pub mod calendar;
pub mod ids;
pub mod money;
pub mod money_in_words;
pub mod period;
pub mod quantity;
pub mod sheet;
pub mod text;
pub mod unit_label;
mod words;

pub mod readiness;
pub mod registry;

pub mod import;

pub mod tariff;

pub mod metering;

pub mod billing;

pub mod ledger;

pub mod bank;
pub mod closing;

pub mod arrears;

pub mod collection;

pub mod outreach;

pub mod service;

pub mod legal;

pub mod review;

pub mod staff;

pub use money::Fen;
pub use period::Period;
pub use quantity::{Area, DailyRate, Factor, MeterValue, UnitPrice};
pub use text::{Locale, Text, hex};
pub use unit_label::UnitLabel;
