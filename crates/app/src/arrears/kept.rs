//! Lists kept between two looks: arrears and rates of a community and a day are worked out once, and again as soon as anything
//! was recorded there, so that pages stay quick however many homes there are.
//!
//! What tells that nothing was recorded is the community's counter of facts together with the end of its audit trail: every
//! use case that changes money, cases or people moves one of them in its own transaction. The mark is read before the list in
//! the same transaction, so a list is never older than its mark.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use hemu_domain::ids::CommunityId;
use hemu_domain::registry::names::{self, PartyKind};
use hemu_domain::review::ReviewSpan;
use hemu_domain::staff::Permission;
use hemu_store::community::{self, Mark};
use hemu_store::{DbError, Tx};

use super::reports::{RateReport, rates};
use super::{ArrearsReport, list_arrears};
use crate::billing::find_community;
use crate::review::{ReviewReport, review};
use crate::{Actor, App, Look, Refusal};

/// So many rows of a kind are kept, over all its lists; the oldest lists make room.
const MOST_ROWS: usize = 200_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    community: CommunityId,
    as_of: NaiveDate,
    /// The months the list was asked for.
    span: Option<ReviewSpan>,
    /// The page of it, where it is only that.
    page: Option<PageKind>,
    mark: Mark,
}

/// What makes two first pages of a list differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PageKind {
    /// For who sees names, or for who does not.
    with_names: bool,
    rows: usize,
}

impl Key {
    /// Of a whole list.
    fn list(community: CommunityId, as_of: NaiveDate, span: Option<ReviewSpan>, mark: Mark) -> Self {
        Self { community, as_of, span, page: None, mark }
    }

    /// Whether it stands for the same, perhaps at another mark.
    fn is_about_the_same(&self, other: &Self) -> bool {
        Self { mark: other.mark, ..*self } == *other
    }
}

/// A report that can be kept.
trait Keep {
    /// Its rows: what it weighs.
    fn weight(&self) -> usize;
}

/// The first page of an arrears list, as it was written: what most looks are for. So many more of them fit than of lists that a
/// company's whole morning does.
struct FirstPage(Arc<[u8]>);

/// So many bytes of a page weigh as much as a row of a list.
const ROW_BYTES: usize = 256;

impl Keep for FirstPage {
    fn weight(&self) -> usize {
        self.0.len() / ROW_BYTES
    }
}

impl Keep for ArrearsReport {
    fn weight(&self) -> usize {
        self.rows.len()
    }
}

impl Keep for RateReport {
    fn weight(&self) -> usize {
        self.rows.len()
    }
}

impl Keep for ReviewReport {
    fn weight(&self) -> usize {
        self.rates.len() + self.funnel.len() + self.buildings.len()
    }
}

/// So many reports of a kind are worked out at once.
const TURNS: usize = 16;

/// Reports of one kind.
struct Shelf<T> {
    kept: Mutex<VecDeque<(Key, Arc<T>)>>,
    /// Who works out a report of a community holds one of these: whoever wants the same waits for it instead of doing it again.
    turns: [Mutex<()>; TURNS],
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { kept: Mutex::default(), turns: Default::default() }
    }
}

impl<T: Keep> Shelf<T> {
    fn find(&self, key: &Key) -> Option<Arc<T>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == key).map(|(_, report)| Arc::clone(report))
    }

    fn put(&self, key: Key, report: &Arc<T>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| !known.is_about_the_same(&key));
        kept.push_front((key, Arc::clone(report)));
        let mut rows = 0;
        let fitting = kept.iter().take_while(|(_, one)| {
            // A list without rows weighs something too.
            rows += one.weight() + 10;
            rows <= MOST_ROWS
        });
        let number = fitting.count().max(1);
        kept.truncate(number);
    }

    fn get(
        &self,
        app: &App,
        (community, as_of, span): (CommunityId, NaiveDate, Option<ReviewSpan>),
        make: impl Fn(&mut Tx<'_>) -> Result<T, DbError>,
    ) -> Result<Arc<T>, Refusal> {
        app.db.read(|tx| {
            let key = Key::list(community, as_of, span, community::mark(tx, community)?);
            Ok(self.get_at(tx, key, make)?)
        })
    }

    /// The report of a mark that was read in the same read.
    fn get_at(
        &self,
        tx: &mut Tx<'_>,
        key: Key,
        make: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>,
    ) -> Result<Arc<T>, DbError> {
        self.find_or_make(key, || make(tx))
    }

    fn find_or_make<E>(&self, key: Key, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(report) = self.find(&key) {
            return Ok(report);
        }
        let [.., last] = key.community.uuid().into_bytes();
        let _turn = self.turns[usize::from(last) % TURNS].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(report) = self.find(&key) {
            return Ok(report);
        }
        let report = Arc::new(make()?);
        self.put(key, &report);
        Ok(report)
    }
}

/// The reports kept by a server.
#[derive(Default)]
pub struct KeptReports {
    arrears: Shelf<ArrearsReport>,
    first_pages: Shelf<FirstPage>,
    rates: Shelf<RateReport>,
    reviews: Shelf<ReviewReport>,
}

impl KeptReports {
    /// The arrears list of a community, as [`super::arrears_report`] gives it; owners in full: see [`shown_owner`].
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such community.
    pub fn arrears(
        &self,
        app: &App,
        actor: &Actor,
        community: &str,
        as_of: NaiveDate,
    ) -> Result<Arc<ArrearsReport>, Refusal> {
        let community = allowed(app, actor, community)?;
        self.arrears.get(app, (community, as_of, None), |tx| list_arrears(tx, community, as_of))
    }

    /// Like [`Self::arrears`], for who looks at a community.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn arrears_of(&self, look: &mut Look<'_, '_>, as_of: NaiveDate) -> Result<Arc<ArrearsReport>, Refusal> {
        let community = look.community;
        let key = Key::list(community, as_of, None, look.place.mark);
        Ok(self.arrears.get_at(look.tx, key, |tx| list_arrears(tx, community, as_of))?)
    }

    /// The first page of so many rows of the arrears of a day, everything on it, as the actor may see it; `write` writes it from the
    /// list where it is not kept yet.
    ///
    /// # Errors
    /// When the database refuses, or what `write` refuses.
    pub fn first_page_of(
        &self,
        look: &mut Look<'_, '_>,
        asked: (NaiveDate, usize),
        write: impl FnOnce(&ArrearsReport, &Actor) -> Result<Arc<[u8]>, Refusal>,
    ) -> Result<Arc<[u8]>, Refusal> {
        self.first_page(look.tx, &look.signed_in.actor, (look.community, look.place.mark), asked, write)
    }

    /// The same, at a mark that was read in the same read.
    ///
    /// # Errors
    /// When the database refuses, or what `write` refuses.
    pub fn first_page(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        (community, mark): (CommunityId, Mark),
        (as_of, rows): (NaiveDate, usize),
        write: impl FnOnce(&ArrearsReport, &Actor) -> Result<Arc<[u8]>, Refusal>,
    ) -> Result<Arc<[u8]>, Refusal> {
        let list = Key::list(community, as_of, None, mark);
        let key = Key { page: Some(PageKind { with_names: sees_names(actor), rows }), ..list };
        let page = self.first_pages.find_or_make(key, || {
            let list = self.arrears.get_at(tx, list, |tx| list_arrears(tx, community, as_of))?;
            write(&list, actor).map(FirstPage)
        })?;
        Ok(Arc::clone(&page.0))
    }

    /// The collection rates of a span of receivable months, as [`super::reports::rate_report`] gives them.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such community.
    pub fn rates(
        &self,
        app: &App,
        actor: &Actor,
        community: &str,
        (as_of, span): (NaiveDate, Option<ReviewSpan>),
    ) -> Result<Arc<RateReport>, Refusal> {
        let community = allowed(app, actor, community)?;
        self.rates.get(app, (community, as_of, span), |tx| rates(tx, community, as_of, span))
    }

    /// The review of a community, as [`crate::review::review_report`] gives it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such community.
    pub fn review(
        &self,
        app: &App,
        actor: &Actor,
        community: &str,
        (as_of, span): (NaiveDate, Option<ReviewSpan>),
    ) -> Result<Arc<ReviewReport>, Refusal> {
        let community = allowed(app, actor, community)?;
        self.reviews.get(app, (community, as_of, span), |tx| review(tx, community, as_of, span))
    }
}

fn allowed(app: &App, actor: &Actor, community: &str) -> Result<CommunityId, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    Ok(community)
}

/// The owner of a row as the actor may see it (E6).
#[must_use]
pub fn shown_owner(actor: &Actor, owner: &str) -> String {
    match PartyKind::of_name(owner) {
        PartyKind::Person if !sees_names(actor) => names::mask(PartyKind::Person, owner),
        _ => owner.to_owned(),
    }
}

fn sees_names(actor: &Actor) -> bool {
    [Permission::EditRegistry, Permission::TakePayment, Permission::WorkCases].iter().any(|one| actor.role.may(*one))
}

impl ArrearsReport {
    /// The list with owners as the actor may see them, for exports: they show what the screen shows.
    #[must_use]
    pub fn shown_to(mut self, actor: &Actor) -> Self {
        for row in &mut self.rows {
            row.owner = shown_owner(actor, &row.owner);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use uuid::Uuid;

    use super::*;

    /// A list of so many rows.
    struct Rows(usize);

    impl Keep for Rows {
        fn weight(&self) -> usize {
            self.0
        }
    }

    fn key(community: u128, mark: Mark) -> Key {
        Key::list(Uuid::from_u128(community).into(), NaiveDate::MIN, None, mark)
    }

    /// The mark of a community of which nothing was recorded yet.
    fn mark() -> Mark {
        Mark::default()
    }

    fn put(shelf: &Shelf<Rows>, community: u128, rows: usize) {
        shelf.put(key(community, mark()), &Arc::new(Rows(rows)));
    }

    fn kept(shelf: &Shelf<Rows>, communities: std::ops::Range<u128>) -> Vec<u128> {
        communities.filter(|one| shelf.find(&key(*one, mark())).is_some()).collect()
    }

    #[test]
    fn the_oldest_lists_make_room_when_all_of_them_are_too_many_rows() {
        let shelf = Shelf::default();
        (0..6).for_each(|community| put(&shelf, community, MOST_ROWS / 4));
        assert_eq!(kept(&shelf, 0..6), [3, 4, 5], "each weighs a little more than its rows");
        put(&shelf, 3, 1);
        put(&shelf, 6, MOST_ROWS / 4);
        assert_eq!(kept(&shelf, 0..7), [3, 4, 5, 6], "the smaller one took the place of the larger of its community");
    }

    #[test]
    fn a_list_larger_than_all_that_is_kept_is_kept_alone() {
        let shelf = Shelf::default();
        put(&shelf, 0, 1);
        put(&shelf, 1, MOST_ROWS * 2);
        assert_eq!(kept(&shelf, 0..2), [1]);
        put(&shelf, 2, 1);
        assert_eq!(kept(&shelf, 0..3), [2]);
    }

    #[test]
    fn empty_lists_are_not_kept_without_end() {
        let shelf = Shelf::default();
        let many = 30_000;
        (0..many).step_by(10).for_each(|community| put(&shelf, community, 90));
        let most = MOST_ROWS / 100;
        assert_eq!(shelf.kept.lock().expect("nobody holds it").len(), most);
    }

    #[test]
    fn what_many_want_at_once_is_worked_out_once() {
        let (shelf, many) = (Shelf::default(), 8);
        let (arrived, made) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let make = || {
            made.fetch_add(1, Ordering::SeqCst);
            while arrived.load(Ordering::SeqCst) < many {
                thread::yield_now();
            }
            Ok::<_, DbError>(Rows(1))
        };
        thread::scope(|scope| {
            for _ in 0..many {
                scope.spawn(|| {
                    arrived.fetch_add(1, Ordering::SeqCst);
                    shelf.find_or_make(key(1, mark()), make).expect("made")
                });
            }
        });
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }
}
