//! Collection (催缴): cases, runs, decisions, actions, holds, tasks, promises, plans, classifications.
//!
//! A run reads whole communities set by set, never case by case; what belongs to one case is keyed by its id.

pub mod assignment;
pub mod board;
pub mod case;
pub mod case_page;
pub mod facts;
pub mod handover;
pub mod limitation;
pub mod policy;
pub mod policy_draft;
pub mod replay;
pub mod run;
pub mod signals;
pub mod step;
pub mod terms;
pub mod todo;
pub mod verify;
pub mod visits;
pub mod work;
pub mod worklist;

/// Every statement of this module, for the test that prepares them on both engines.
pub const STATEMENTS: &[&[&str]] = &[
    assignment::STATEMENTS,
    board::STATEMENTS,
    case::STATEMENTS,
    case_page::STATEMENTS,
    facts::STATEMENTS,
    handover::STATEMENTS,
    limitation::STATEMENTS,
    policy::STATEMENTS,
    policy_draft::STATEMENTS,
    replay::STATEMENTS,
    run::STATEMENTS,
    signals::STATEMENTS,
    step::STATEMENTS,
    terms::STATEMENTS,
    todo::STATEMENTS,
    verify::STATEMENTS,
    visits::STATEMENTS,
    work::classification::STATEMENTS,
    work::hold::STATEMENTS,
    work::plan::STATEMENTS,
    work::promise::STATEMENTS,
    work::task::STATEMENTS,
    worklist::STATEMENTS,
];
