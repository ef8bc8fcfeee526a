//! Weeks in the life of an estate, at random: payments, contacts, holds, complaints, promises and plans come as they like, nights
//! are missed or taken back, gateways refuse, fall silent, die before or after a message left, or wake up when their claim has long
//! run out while a second worker is at it; and whatever happens, the invariants of collection hold.
//!
//! Everything runs through the real use cases on the real store. Two workers are one inside the other: the second begins while the
//! first waits for its gateway, so a seed gives the same history again. One household is one history; the seed of its estate is
//! printed when a rule is broken. `HEMU_HOUSEHOLDS` says how many are run (2,000; 100,000 where the whole project is proven), `HEMU_SEED`
//! runs one estate alone.

mod estate;
mod households;
mod rules;
mod wire;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use hemu_testkit::engines::{TestDatabase, fresh_databases};

use self::estate::{Estate, HOMES};

/// One estate in so many lives on PostgreSQL as well.
const POSTGRES_EVERY: u64 = 100;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs the estate of a seed to its end, on a database of its own.
fn live(url: &str, seed: u64) {
    let estate = Estate::new(url, seed);
    estate.live();
    let broken = estate.broken();
    assert!(broken.is_empty(), "HEMU_SEED={seed}:\n{}", broken.join("\n"));
}

#[test]
fn whatever_happens_the_invariants_of_collection_hold() {
    if let Some(seed) = number("HEMU_SEED") {
        return fresh_databases().iter().for_each(|database| live(database.url(), seed));
    }
    let estates = number("HEMU_HOUSEHOLDS").unwrap_or(2_000).div_ceil(HOMES as u64);
    let next = AtomicU64::new(1);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > estates {
                break;
            }
            live(TestDatabase::sqlite_in_memory().url(), seed);
            // Some on PostgreSQL too: it runs the same statements, and has a server to talk to.
            if seed % POSTGRES_EVERY == 1 {
                fresh_databases().iter().skip(1).for_each(|database| live(database.url(), seed));
            }
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
}
