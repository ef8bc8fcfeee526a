//! What tests stand on, and nothing else does: fresh databases on both engines, an SMTP server that can misbehave, a browser.
//!
//! - [`for_each_engine`]: one test body, run on a fresh SQLite file and on a fresh PostgreSQL database.
//! - [`SmtpServer`]: takes mail on the loopback, keeps it, and refuses, drops or dawdles when told to.
//! - [`Chromedriver`]: a headless browser to drive, with the three screens pages are judged on.
//!
//! A part that this machine cannot run is skipped with a printed note; with `CI=true` in the environment it fails instead,
//! so that a green run there means everything ran. `cargo xtask test` provides PostgreSQL and Chromium.

pub mod browser;
pub mod engines;
mod parts;
pub mod smtp;
mod unique;

pub use browser::{Chromedriver, Screen};
pub use engines::{Engine, Template, TestDatabase, for_each_engine, fresh_databases, sqlite_path};
pub use smtp::{Behaviour, Mail, SmtpServer};
