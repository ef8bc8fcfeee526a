//! An estate whose households live at random, and the office that looks after it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{Days, NaiveDate};
use hemu_app::Actor;
use hemu_app::collection::{RunRequest, dispatch, run_collection};
use hemu_domain::collection::Policy;
use hemu_domain::ids::{CommunityId, ComplaintId, HoldId};
use hemu_gateways::{Gateway, Outgoing};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use super::rules;
use super::wire::{Delivered, Killed, Wire};
use crate::collector::community;
use crate::office::{Office, open};

/// Households of an estate.
pub const HOMES: usize = 50;
/// Days it is looked at.
const DAYS: u64 = 30;
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day");
/// An estate, its office and what is known of both.
pub struct Estate {
    /// The office.
    pub office: Office,
    /// Whether the provider can be asked about a key.
    pub provider_answers: bool,
    community: CommunityId,
    state: Mutex<State>,
}

struct State {
    random: StdRng,
    today: NaiveDate,
    minute: u32,
    delivered: Delivered,
    nested: bool,
    holds: Vec<HoldId>,
    complaints: Vec<ComplaintId>,
    broken: Vec<String>,
}

impl Estate {
    /// The estate of a seed.
    pub fn new(url: &str, seed: u64) -> Arc<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let office = Office::at(open(url, folder.path(), &FIRST_DAY.to_string()), folder);
        let mut random = StdRng::seed_from_u64(seed);
        let rows: Vec<String> = (0..HOMES).map(|home| row(home, &mut random)).collect();
        office.import(&format!("房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至\n{}", rows.join("\n")));
        let provider_answers = random.random();
        let state = State {
            random,
            today: FIRST_DAY,
            minute: 600,
            delivered: Delivered::new(),
            nested: false,
            holds: Vec::new(),
            complaints: Vec::new(),
            broken: Vec::new(),
        };
        let community = community(&office);
        Arc::new(Self { office, provider_answers, community, state: Mutex::new(state) })
    }

    /// A worker that died while it held the lock left nothing half done.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws something at random.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.state().random)
    }

    /// Heads or tails.
    pub fn flip(&self) -> bool {
        self.draw(Rng::random)
    }

    /// Whether something happens that does so many times in a thousand.
    pub fn happens(&self, in_thousand: u32) -> bool {
        self.draw(|random| random.random_range(0..1_000) < in_thousand)
    }

    /// Whether this is the second worker.
    pub fn is_nested(&self) -> bool {
        self.state().nested
    }

    /// Notes that a message went over the wire.
    pub fn deliver(&self, key: Uuid) {
        *self.state().delivered.entry(key).or_default() += 1;
    }

    /// Whether it did.
    pub fn was_delivered(&self, key: Uuid) -> bool {
        self.state().delivered.contains_key(&key)
    }

    /// All that did.
    pub fn delivered(&self) -> Delivered {
        self.state().delivered.clone()
    }

    /// Today.
    pub fn today(&self) -> NaiveDate {
        self.state().today
    }

    /// What was found broken.
    pub fn broken(&self) -> Vec<String> {
        self.state().broken.clone()
    }

    /// Notes a broken rule.
    pub fn report(&self, broken: String) {
        let mut state = self.state();
        let (today, minute) = (state.today, state.minute);
        state.broken.push(format!("{today} {:02}:{:02} {broken}", minute / 60, minute % 60));
    }

    /// Looks at a message whose claim has just been committed.
    pub fn check_claim(&self, message: &Outgoing) {
        let minute = self.state().minute;
        for broken in rules::of_claim(self, message, minute) {
            self.report(broken);
        }
    }

    fn set_clock(&self, minute: u32) {
        let mut state = self.state();
        state.minute = minute;
        self.office.app.clock.set(state.today, minute / 60, minute % 60);
    }

    /// Longer than a claim holds, and not into the next day.
    pub fn sleep_over_the_lease(&self) {
        let minute = self.state().minute;
        self.set_clock((minute + 3).min(1_439));
    }

    /// Thirty days, then the books.
    pub fn live(self: &Arc<Self>) {
        for number in 0..DAYS {
            self.state().today = FIRST_DAY.checked_add_days(Days::new(number)).expect("a day");
            self.day();
        }
        for broken in rules::at_the_end(self) {
            self.report(broken);
        }
    }

    fn day(self: &Arc<Self>) {
        self.set_clock(2 * 60);
        if self.state().today.to_string() == "2026-11-10" {
            self.office.bill("2026-11");
        }
        if !self.happens(100) {
            self.night();
        }
        let mut minute = 7 * 60;
        while minute < 23 * 60 {
            self.set_clock(minute);
            self.households();
            Self::dispatch(self);
            minute += self.draw(|random| random.random_range(180..420));
        }
    }

    /// The nightly plan; now and then it dies before it commits, or runs twice.
    fn night(self: &Arc<Self>) {
        let request = |dry_run| RunRequest { community: self.community(), as_of: self.today(), dry_run };
        let run = |dry_run| run_collection(&self.office.app, &actor(), &Policy::v1(), &request(dry_run));
        if self.happens(50) {
            run(true).expect("as when it is killed before its end");
        }
        let report = run(false).expect("runs");
        let decided: i64 = report.actions.values().chain(report.none.values()).sum();
        if (report.decisions, decided) != (report.cases, report.cases) {
            self.report(format!("I2: {} cases, {} decisions, {decided} outcomes", report.cases, report.decisions));
        }
        if self.happens(100) {
            let again = run(false).expect("runs");
            if !again.actions.is_empty() {
                self.report(format!("I1: a second run of the day plans {:?}", again.actions));
            }
        }
    }

    /// Sends what is due; a worker that dies is gone, and what it held waits until its claim has run out.
    pub fn dispatch(estate: &Arc<Self>) {
        let ways: Vec<Box<dyn Gateway>> = vec![Box::new(Wire(Arc::clone(estate)))];
        let app = &estate.office.app;
        let work = || dispatch(app, &actor(), estate.community(), &ways, &Policy::v1());
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(_)) => {}
            Ok(Err(refusal)) => estate.report(format!("dispatch: {refusal}")),
            Err(death) if death.is::<Killed>() => {}
            Err(fault) => resume_unwind(fault),
        }
    }

    /// Another worker does so while the first is at it.
    pub fn second_worker(estate: &Arc<Self>) {
        estate.state().nested = true;
        Self::dispatch(estate);
        estate.state().nested = false;
    }

    /// The community.
    pub fn community(&self) -> CommunityId {
        self.community
    }

    /// Holds that are open, as far as the households know.
    pub fn holds(&self) -> Vec<HoldId> {
        self.state().holds.clone()
    }

    /// Remembers a hold.
    pub fn keep_hold(&self, hold: HoldId) {
        self.state().holds.push(hold);
    }

    /// Remembers a complaint.
    pub fn keep_complaint(&self, complaint: ComplaintId) {
        self.state().complaints.push(complaint);
    }

    /// The complaints that were taken down.
    pub fn complaints(&self) -> Vec<ComplaintId> {
        self.state().complaints.clone()
    }
}

/// Who does everything but what needs a second person.
pub fn actor() -> Actor {
    Actor::local_operator()
}

/// A household of the list: one room, one owner, one phone, up to nine months open.
fn row(home: usize, random: &mut StdRng) -> String {
    let (surname, given) =
        (["王", "李", "张", "刘", "陈"][home % 5], ["建国", "小梅", "志强", "秀英", "海燕"][home / 5 % 5]);
    let paid = format!("2026-{:02}", random.random_range(2..=10));
    let area = random.random_range(40..=160);
    format!(
        "{},{surname}{given}{},{},{area},{}.{:02},{paid}",
        label(home),
        numeral(home),
        phone(home),
        1 + home % 3,
        home % 100
    )
}

/// The room of a household.
pub fn label(home: usize) -> String {
    format!("{}-1-{}{:02}", home / 20 + 1, home % 20 / 2 + 1, home % 2 + 1)
}

/// Its phone: no number that is given out.
pub fn phone(home: usize) -> String {
    format!("1390013{home:04}")
}

fn numeral(home: usize) -> char {
    ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'][home / 25 % 10]
}
