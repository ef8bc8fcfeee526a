//! Lists kept between two looks: arrears and rates of a community and a day are worked out once, and again as soon as anything
//! was recorded there, so that pages stay quick however many homes there are.
//!
//! What tells that nothing was recorded is the community's counter of facts together with the end of its audit trail: every
//! use case that changes money, cases or people moves one of them in its own transaction. The mark is read before the list in
//! the same transaction, so a list is never older than its mark.

use std::collections::VecDeque;
use std::ops::Deref;
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
    mark: Mark,
}

/// A report that can be kept.
trait Keep {
    /// Its rows: what it weighs.
    fn weight(&self) -> usize;
}

/// The arrears list of a community and a day, with its first pages as they were last written.
pub struct KeptArrears {
    report: ArrearsReport,
    /// For who sees names and who does not; so many rows. Two pages a list at most.
    first_pages: Mutex<Vec<(bool, usize, Arc<[u8]>)>>,
}

impl Deref for KeptArrears {
    type Target = ArrearsReport;

    fn deref(&self) -> &ArrearsReport {
        &self.report
    }
}

impl KeptArrears {
    fn new(report: ArrearsReport) -> Self {
        Self { report, first_pages: Mutex::default() }
    }

    /// The first page of so many rows as the actor may see it, everything on it; `write` writes it where it is not kept yet.
    ///
    /// # Errors
    /// What `write` refuses.
    pub fn first_page(
        &self,
        actor: &Actor,
        rows: usize,
        write: impl FnOnce() -> Result<Arc<[u8]>, Refusal>,
    ) -> Result<Arc<[u8]>, Refusal> {
        let key = (sees_names(actor), rows);
        let pages = || self.first_pages.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = pages().iter().find(|(sees, rows, _)| (*sees, *rows) == key).map(|(_, _, page)| Arc::clone(page));
        if let Some(page) = kept {
            return Ok(page);
        }
        let page = write()?;
        let mut pages = pages();
        pages.retain(|(sees, _, _)| *sees != key.0);
        pages.push((key.0, key.1, Arc::clone(&page)));
        Ok(page)
    }
}

impl Keep for KeptArrears {
    fn weight(&self) -> usize {
        self.report.rows.len()
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

/// Reports of one kind.
struct Shelf<T>(Mutex<VecDeque<(Key, Arc<T>)>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }
}

impl<T: Keep> Shelf<T> {
    fn find(&self, key: &Key) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == key).map(|(_, report)| Arc::clone(report))
    }

    fn put(&self, key: Key, report: &Arc<T>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &Key| (known.community, known.as_of, known.span) == (key.community, key.as_of, key.span);
        kept.retain(|(known, _)| !same(known));
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
            let key = Key { community, as_of, span, mark: community::mark(tx, community)? };
            Ok(self.get_at(tx, key, make)?)
        })
    }

    /// The report of a mark that was read in the same read.
    fn get_at(
        &self,
        tx: &mut Tx<'_>,
        key: Key,
        make: impl Fn(&mut Tx<'_>) -> Result<T, DbError>,
    ) -> Result<Arc<T>, DbError> {
        if let Some(report) = self.find(&key) {
            return Ok(report);
        }
        let report = Arc::new(make(tx)?);
        self.put(key, &report);
        Ok(report)
    }
}

/// The reports kept by a server.
#[derive(Default)]
pub struct KeptReports {
    arrears: Shelf<KeptArrears>,
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
    ) -> Result<Arc<KeptArrears>, Refusal> {
        let community = allowed(app, actor, community)?;
        let make = |tx: &mut Tx<'_>| list_arrears(tx, community, as_of).map(KeptArrears::new);
        self.arrears.get(app, (community, as_of, None), make)
    }

    /// Like [`Self::arrears`], for who looks at a community.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn arrears_of(&self, look: &mut Look<'_, '_>, as_of: NaiveDate) -> Result<Arc<KeptArrears>, Refusal> {
        let community = look.community;
        let key = Key { community, as_of, span: None, mark: look.place.mark };
        Ok(self.arrears.get_at(look.tx, key, |tx| list_arrears(tx, community, as_of).map(KeptArrears::new))?)
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
