//! One search box: `3-2-1502`, `3栋2单元1502室`, `1502`, 王建国, wjg, 13800138000, 8000 (the end of a phone number).
//!
//! What is typed is tried as everything it can be, in one statement; former owners are found too, since arrears outlive
//! ownership.

use hemu_domain::UnitLabel;
use hemu_domain::ids::CommunityId;
use hemu_domain::import::room::read_room;
use hemu_domain::registry::names;
use hemu_domain::registry::phone::PhoneNumber;
use hemu_domain::sheet::Cell;
use hemu_domain::staff::Permission;
use hemu_store::Tx;
use hemu_store::registry::overview::{self, SearchTerms};

use super::overview::{UnitList, page};
use crate::billing::find_community;
use crate::{Actor, App, Look, Refusal};

/// Longer texts are no search.
const LONGEST: usize = 60;

/// Units that fit what was typed, by cursor; all of them for an empty text.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn search_units(
    app: &App,
    actor: &Actor,
    community: &str,
    typed: &str,
    after: (Option<&UnitLabel>, usize),
) -> Result<UnitList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| search(tx, (app, actor), community, typed, after))
}

/// Like [`search_units`], for who looks at a community.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a text that is too long.
pub fn search_units_of(
    look: &mut Look<'_, '_>,
    typed: &str,
    after: (Option<&UnitLabel>, usize),
) -> Result<UnitList, Refusal> {
    search(look.tx, (look.app, &look.signed_in.actor), look.community, typed, after)
}

fn search(
    tx: &mut Tx<'_>,
    (app, actor): (&App, &Actor),
    community: CommunityId,
    typed: &str,
    (after, rows): (Option<&UnitLabel>, usize),
) -> Result<UnitList, Refusal> {
    let (typed, today) = (typed.trim(), app.today());
    if typed.chars().count() > LONGEST {
        return Err(Refusal::invalid("q", "查找内容太长", "the search text is too long"));
    }
    let after = after.map_or("", UnitLabel::as_str);
    page(tx, (app, actor), community, rows, |tx, limit| match typed {
        "" => overview::list_lines(tx, community, today, ("", after), limit),
        _ => overview::search_lines(tx, community, today, &terms(app, typed), after, limit),
    })
}

fn terms(app: &App, typed: &str) -> SearchTerms {
    let is_number = typed.bytes().all(|byte| byte.is_ascii_digit());
    let is_letters = typed.bytes().all(|byte| byte.is_ascii_alphabetic());
    let phone = PhoneNumber::parse(typed).ok();
    let name = names::tidy(typed);
    SearchTerms {
        label: label_prefix(typed),
        room: (is_number && typed.len() >= 2).then(|| typed.to_owned()),
        name: (!is_number).then_some(name),
        initials: is_letters.then(|| typed.to_lowercase()),
        phone: phone.map(|phone| app.sealer.index("phone", phone.as_str())),
        phone_tail: (is_number && typed.len() == 4).then(|| typed.to_owned()),
    }
}

/// A whole room in any of its spellings; else the beginning of a label, `3` meaning building 3 and not 30.
fn label_prefix(typed: &str) -> Option<String> {
    if let Some(label) = read_room(&Cell::Text(typed.to_owned())) {
        return Some(label.as_str().to_owned());
    }
    Some(if typed.contains('-') { typed.to_owned() } else { format!("{typed}-") })
}
