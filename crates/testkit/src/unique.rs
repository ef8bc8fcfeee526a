//! Names that no other test process uses at the same time, without a clock.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Lower-case letters and digits: process, count within it, and 64 random bits (the standard library seeds its hash maps
/// with them), since two containers that share one server can have the same process number.
pub fn suffix() -> String {
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let random = RandomState::new().build_hasher().finish();
    format!("{}_{count}_{random:016x}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::suffix;

    #[test]
    fn two_names_differ_and_fit_a_database_name() {
        let (first, second) = (suffix(), suffix());
        assert_ne!(first, second);
        assert!(first.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
        assert!(first.len() < 48);
    }
}
