//! The `hemu` binary: reads the command line and the configuration, wires the crates together, runs one command.
fn main() {}
