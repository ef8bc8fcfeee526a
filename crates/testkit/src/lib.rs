//! hemu-testkit
