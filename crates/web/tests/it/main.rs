//! Pages from outside: the router as a client sees it, and Chromium as a person does.

mod api;
mod approvals;
mod bank;
mod browser;
mod browser_journeys;
mod browser_looks;
mod browser_month;
mod browser_visits;
mod desk;
mod document;
mod meters;
mod offers;
mod office;
mod pages;
mod policy;
mod shape;
mod tariff;
mod visits;
