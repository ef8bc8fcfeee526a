//! A look at a community: who asks, whether they may, and what is shown, in one read of one state of the database.
//!
//! Nothing of it is remembered between two looks: a session that was ended, an account that was closed or a community that was
//! taken away counts at the next one, whichever process did it.

use hemu_domain::ids::CommunityId;
use hemu_domain::staff::Permission;
use hemu_store::Tx;
use hemu_store::staff::caller::PlaceRow;
use uuid::Uuid;

use crate::staff::session::{SignedIn, find_signed_in_at};
use crate::{Actor, App, Refusal};

/// Somebody who may read a community, while they look at it.
pub struct Look<'read, 'conn> {
    /// The application.
    pub app: &'read App,
    /// Who looks.
    pub signed_in: SignedIn,
    /// At what.
    pub community: CommunityId,
    pub(crate) place: PlaceRow,
    pub(crate) tx: &'read mut Tx<'conn>,
}

impl Look<'_, '_> {
    /// Who looks.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.signed_in.actor
    }
}

/// Lets whose token it is look at a community; `None` when the token is nobody's. `show` may fail in ways of its own.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that may read nothing, [`Refusal::NotFound`] when there is no such community or it is
/// somebody else's, and what `show` refuses.
pub fn look_at<T, E: From<Refusal>>(
    app: &App,
    token: &str,
    community: Option<CommunityId>,
    show: impl FnOnce(&mut Look<'_, '_>) -> Result<T, E>,
) -> Result<Option<T>, E> {
    let unknown = || Refusal::not_found("小区", "community", "");
    let looked = app.db.read(|tx| {
        // An address that names none is told only to who is signed in.
        let asked = community.unwrap_or_else(|| Uuid::nil().into());
        let Some((signed_in, place)) = find_signed_in_at(tx, app, token, asked)? else { return Ok(Ok(None)) };
        signed_in.actor.require_role(Permission::Read)?;
        let place = place.filter(|_| signed_in.actor.sees(asked)).ok_or_else(unknown)?;
        let mut look = Look { app, signed_in, community: asked, place, tx };
        Ok::<_, Refusal>(show(&mut look).map(Some))
    });
    looked?
}
