//! Collection (催缴): policy, case, classification, hold, decision.
//!
//! A decision is a pure function of recorded facts and a policy version ([`decision::decide`]), exactly one per open case (I2).
//! What a person's name, age or standing is cannot enter: [`facts::CaseFacts`] does not have it (公平公正, P3).
//! There is no kind of action for utilities, access or disclosure ([`policy::StepKind`], 民法典 944, I16).

pub mod claim;
pub mod classification;
pub mod decision;
pub mod facts;
pub mod gates;
pub mod hold;
pub mod policy;

pub use classification::{Attitude, Capacity, Cause};
pub use decision::{Decision, Outcome, Reason, decide};
pub use facts::CaseFacts;
pub use policy::{Policy, Stage, StepKind};
