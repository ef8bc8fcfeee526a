//! Collection (催缴): policy, case, classification, hold, decision.
//!
//! A decision is a pure function of recorded facts and a policy version ([`decision::decide`]), exactly one per open case (I2).
//! What a person's name, age or standing is cannot enter: [`facts::CaseFacts`] does not have it (公平公正, P3).
//! There is no kind of action for utilities, access or disclosure ([`policy::StepKind`], 民法典 944, I16).
//!
//! The way of a decision: the stage a case has earned ([`gates`]); whether there is anything to ask for, and anything that keeps
//! everybody quiet ([`hold`], [`promise`], [`plan`]); the one step of the stage that is due; the room in the contact budget
//! ([`contact_budget`]). A message is judged again when it is claimed ([`claim`]). What is done before a case exists
//! ([`bill_reminder`]) or for an entrance ([`community_step`]) is no decision about a case.
//!
//! Two laws bind the steps: one contact at a time, the highest that is due (I3); and no silence, for a step in every stage comes
//! back until the case moves on, or a person is told that there is no way left ([`Reason::NeedsPerson`]).

pub mod action;
pub mod bill_reminder;
pub mod claim;
pub mod classification;
pub mod community_step;
pub mod comparison;
pub mod condition;
pub mod contact_block;
pub mod contact_budget;
pub mod decision;
mod due;
pub mod facts;
pub mod gates;
pub mod hold;
pub mod next_step;
pub mod nudge;
pub mod plan;
pub mod policy;
pub mod policy_check;
pub mod promise;
pub mod ranking;
pub mod signals;
pub mod trace;
pub mod visit_record;
pub mod visits;

pub use classification::{Attitude, Capacity, Cause};
pub use decision::{Decision, Outcome, Reason, decide, decide_untraced};
pub use facts::CaseFacts;
pub use policy::{Policy, Stage, StepKind};

#[cfg(test)]
mod sample;
#[cfg(test)]
mod send_once_model;
