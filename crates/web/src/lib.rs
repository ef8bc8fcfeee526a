//! Pages for staff, the JSON API, and the server of both.
//!
//! A page is one file in [`pages`]: its address, what it asks the use cases for, and the typed struct its template is filled
//! from. Every address of a community begins with `/c/ID`; every form carries the token of its session; use cases run on
//! blocking threads. Texts stand in both languages where they are used ([`ui::Ui::say`]), so none can be missing in one.

pub mod api;
pub mod assets;
pub mod bench;
pub mod detail;
pub mod fields;
mod forms;
pub mod pages;
pub mod reply;
pub mod server;
pub mod ui;
pub mod visit;
pub mod words;

pub use server::{Calculation, Options, ServeError, Server};
