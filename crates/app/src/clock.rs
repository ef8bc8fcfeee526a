//! The one clock and the one source of ids. Everything else is told the time.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

/// What the time is: the system's clock, or one that stands still until it is set (tests, demo, `--as-of`).
#[derive(Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// Microseconds since 1970 UTC, set by hand.
    Manual(AtomicI64),
}

impl Clock {
    /// A clock that stands at that time of that day in China.
    #[must_use]
    pub fn standing_at(day: NaiveDate, hour: u32, minute: u32) -> Self {
        Self::Manual(AtomicI64::new(china_time(day, hour, minute).timestamp_micros()))
    }

    /// Under `--as-of` the time of day is 10:00.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self::standing_at(day, 10, 0)
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
            Self::System => Utc::now(),
            Self::Manual(micros) => DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst))
                .expect("a manual clock is set to a valid time"),
        }
    }

    /// The day in China (UTC+8, no summer time).
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        in_china(self.now()).date_naive()
    }

    /// Sets a manual clock.
    ///
    /// # Panics
    /// On the system's clock: only tests and simulations set the time.
    pub fn set(&self, day: NaiveDate, hour: u32, minute: u32) {
        match self {
            Self::Manual(micros) => micros.store(china_time(day, hour, minute).timestamp_micros(), Ordering::SeqCst),
            Self::System => unreachable!("only a manual clock is set"),
        }
    }
}

/// That moment in China's time zone.
#[must_use]
pub fn in_china(time: DateTime<Utc>) -> DateTime<FixedOffset> {
    time.with_timezone(&china())
}

/// That time of that day in China.
#[must_use]
pub fn china_time(day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("hours and minutes of a day");
    china().from_local_datetime(&day.and_time(time)).single().expect("China has no summer time").with_timezone(&Utc)
}

fn china() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).expect("UTC+8 is an offset")
}

/// Makes UUIDv7: the clock's milliseconds, then a counter that starts at random and only grows, so ids made one after the
/// other sort one after the other, also while the clock stands still. With a seed the same ids come again.
#[derive(Debug)]
pub struct IdSource {
    state: Mutex<IdState>,
}

#[derive(Debug)]
struct IdState {
    random: StdRng,
    millis: u64,
    counter: u128,
}

/// Bits of a UUIDv7 that are not time, version or variant.
const COUNTER_BITS: u32 = 74;

impl IdSource {
    /// From the system's randomness, or from a seed for a simulation that repeats.
    #[must_use]
    pub fn new(seed: Option<u64>) -> Self {
        let random = seed.map_or_else(StdRng::from_os_rng, StdRng::seed_from_u64);
        Self { state: Mutex::new(IdState { random, millis: 0, counter: 0 }) }
    }

    /// The next id.
    pub fn next(&self, now: DateTime<Utc>) -> Uuid {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        if millis > state.millis {
            state.millis = millis;
            state.counter = state.random.random::<u128>() >> (128 - COUNTER_BITS + 1);
        } else {
            state.counter += u128::from(state.random.random::<u32>()) + 1;
        }
        let bits = (u128::from(state.millis) << 80)
            | (0x7 << 76)
            | ((state.counter >> 62) & 0xfff) << 64
            | (0b10 << 62)
            | (state.counter & ((1 << 62) - 1));
        Uuid::from_u128(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_while_the_clock_stands_still_and_repeat_with_their_seed() {
        let now = china_time(NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day"), 10, 0);
        let (one, two) = (IdSource::new(Some(7)), IdSource::new(Some(7)));
        let ids: Vec<Uuid> = (0..5_000).map(|_| one.next(now)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
        assert!((0..5_000).map(|_| two.next(now)).eq(ids));
    }

    #[test]
    fn the_day_turns_at_midnight_in_china() {
        let clock = Clock::standing_at(NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day"), 0, 5);
        assert_eq!(clock.today().to_string(), "2026-01-01");
        assert_eq!(clock.now().date_naive().to_string(), "2025-12-31");
    }
}
