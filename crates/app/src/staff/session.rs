//! Sessions: signing in and out. The cookie holds a random token, the table only its SHA-256.

use chrono::TimeDelta;
use hemu_domain::Locale;
use hemu_domain::ids::{CommunityId, StaffId};
use hemu_store::staff::caller::{self, CallerRow, PlaceRow};
use hemu_store::staff::{self as store, SessionRow, StaffRow};
use hemu_store::{DbError, Tx};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest as _, Sha256};

use super::password;
use crate::audit::{self, Act};
use crate::{Actor, App, Refusal, Scope};

/// A working day and a bit: who comes back the next morning signs in again.
const HOURS: i64 = 12;

/// A session that was just opened.
#[derive(Debug)]
pub struct NewSession {
    /// What the cookie holds; nowhere else.
    pub token: String,
    /// Seconds until it runs out.
    pub seconds: i64,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The account.
    pub staff_id: StaffId,
    /// Who acts.
    pub actor: Actor,
    /// The language of the pages.
    pub locale: Locale,
    /// What every form must bring.
    pub csrf_token: String,
}

/// Opens a session for who knows the password.
///
/// # Errors
/// [`Refusal::InvalidInput`] when login and password do not fit, whichever of them is wrong.
pub fn sign_in(app: &App, login: &str, typed: &str) -> Result<NewSession, Refusal> {
    let login = login.trim().to_lowercase();
    let staff = app.db.read(|tx| store::find_by_login(tx, &login))?;
    let fits = password::verify(typed, staff.as_ref().map(|one| one.password_hash.as_str()));
    let Some(staff) = staff.filter(|one| fits && one.active) else {
        let zh = "登录名或密码不对，请再试一次；忘记密码请找项目经理重设";
        return Err(Refusal::invalid(
            "password",
            zh,
            "login and password do not fit; a manager can set a new password",
        ));
    };
    open(app, &staff)
}

fn open(app: &App, staff: &StaffRow) -> Result<NewSession, Refusal> {
    let token = random_token()?;
    let now = app.clock.now();
    let session = SessionRow {
        token_hash: hash(&token),
        staff_id: staff.id,
        csrf_token: random_token()?,
        created_at: now,
        expires_at: now + TimeDelta::hours(HOURS),
    };
    let actor = Actor { staff_id: Some(staff.id), name: staff.name.clone(), role: staff.role, scope: Scope::All };
    app.db.write(|tx| {
        store::insert_session(tx, &session)?;
        let detail = serde_json::json!({ "login": staff.login });
        let act =
            Act { act: "staff.sign_in", subject_kind: "staff", subject_id: Some(staff.id.uuid()), detail: &detail };
        Ok::<_, Refusal>(audit::record(tx, app, &actor, None, &act)?)
    })?;
    Ok(NewSession { token, seconds: HOURS * 3600 })
}

/// Who the token belongs to; `None` when it ran out, was ended, or the account may not sign in any more.
///
/// # Errors
/// When the database refuses.
pub fn find_signed_in(app: &App, token: &str) -> Result<Option<SignedIn>, Refusal> {
    Ok(app.db.read(|tx| {
        let Some(row) = caller::find(tx, &hash(token), app.clock.now())? else { return Ok(None) };
        with_scope(tx, row).map(Some)
    })?)
}

/// Like [`find_signed_in`], within a read, with the community that is looked at.
pub(crate) fn find_signed_in_at(
    tx: &mut Tx<'_>,
    app: &App,
    token: &str,
    community: CommunityId,
) -> Result<Option<(SignedIn, Option<PlaceRow>)>, DbError> {
    let Some((row, place)) = caller::find_at(tx, &hash(token), app.clock.now(), community)? else { return Ok(None) };
    Ok(Some((with_scope(tx, row)?, place)))
}

fn with_scope(tx: &mut Tx<'_>, row: CallerRow) -> Result<SignedIn, DbError> {
    let scope = if row.all_communities { Scope::All } else { Scope::Only(store::list_scope(tx, row.staff_id)?) };
    Ok(SignedIn {
        staff_id: row.staff_id,
        actor: Actor { staff_id: Some(row.staff_id), name: row.name, role: row.role, scope },
        locale: row.locale,
        csrf_token: row.csrf_token,
    })
}

/// Ends the session of a token; one that is gone already is no fault.
///
/// # Errors
/// When the database refuses.
pub fn sign_out(app: &App, token: &str) -> Result<(), Refusal> {
    Ok(app.db.write(|tx| store::end_session(tx, &hash(token)))?)
}

/// Sets the language of a person's pages.
///
/// # Errors
/// When the database refuses.
pub fn set_locale(app: &App, id: StaffId, locale: Locale) -> Result<(), Refusal> {
    app.db.write(|tx| {
        let staff = store::find(tx, id)?.ok_or_else(|| Refusal::not_found("账号", "account", &id.to_string()))?;
        Ok(store::update(tx, &StaffRow { locale, ..staff })?)
    })
}

/// Sets one's own password, knowing the old one; every other session ends too.
///
/// # Errors
/// [`Refusal::InvalidInput`] when the old one is wrong or the new one cannot stand.
pub fn change_password(app: &App, id: StaffId, old: &str, new: &str) -> Result<(), Refusal> {
    password::check(new)?;
    let staff = app.db.read(|tx| store::find(tx, id))?;
    let staff = staff.filter(|one| password::verify(old, Some(&one.password_hash)));
    let staff = staff.ok_or_else(|| Refusal::invalid("old", "原密码不对", "the old password is wrong"))?;
    let row = StaffRow { password_hash: password::hash(new)?, ..staff };
    app.db.write(|tx| {
        store::update(tx, &row)?;
        Ok(store::end_sessions(tx, id)?)
    })
}

/// What the first start asks for: twelve characters that only the window of the program shows.
///
/// # Errors
/// [`Refusal::Internal`] when the machine gives no randomness.
pub fn make_setup_code() -> Result<String, Refusal> {
    Ok(random_token()?.chars().take(12).collect())
}

fn random_token() -> Result<String, Refusal> {
    let mut bytes = [0_u8; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Refusal::Internal(error.to_string()))?;
    Ok(hemu_domain::hex(&bytes))
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
