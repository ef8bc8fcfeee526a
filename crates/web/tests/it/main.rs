//! Pages from outside: the router as a client sees it, and Chromium as a person does.

mod browser;
mod office;
mod pages;
