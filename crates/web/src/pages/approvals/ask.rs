//! Asking for an act of two people: a legal step of a case, a waiver or correction of a unit's charges, more of an opening balance, a
//! demand letter.

use askama::Template;
use axum::extract::Path;
use hemu_app::approval::{Asked, ask};
use hemu_app::collection::case_page::{CasePage, case_page};
use hemu_app::legal::matter::missing_for_matter;
use hemu_app::reductions::waive::waive;
use hemu_app::registry::get_unit_label;
use hemu_app::registry::unit_page::{ChargeItem, UnitPage, unit_page};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Text;
use hemu_domain::ids::UnitId;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::staff::Permission;

use super::{WAYS, way};
use crate::fields::Posted;
use crate::forms;
use crate::pages::cases::read_case;
use crate::reply::{Reply, go, page};
use crate::ui::{Menu, Ui};
use crate::visit::Place;

#[derive(Template)]
#[template(path = "ask-legal.html")]
struct LegalPage {
    ui: Ui,
    case: CasePage,
    missing: Vec<Text>,
    ways: Vec<(&'static str, String)>,
    may_ask: bool,
}

/// `GET /c/{community}/cases/{case}/legal`: what the step still needs; the form once nothing is missing.
pub async fn legal(at: Place, Path((_, case)): Path<(String, String)>) -> Reply {
    let id = read_case(&case).map_err(|refusal| at.visit.fail(refusal))?;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, name: &str| {
        Ok((case_page(app, actor, name, id)?, missing_for_matter(app, actor, community, id)?))
    };
    let (case, missing) = at.run(work).await?;
    let mut ui = at.ui(Menu::Cases, "法律途径", "Legal step");
    ui.title = format!("{} {}", ui.title, case.number);
    let locale = ui.locale;
    let ways = WAYS.iter().map(|(word, ..)| (*word, way(&ui, word))).collect();
    page(&LegalPage { may_ask: ui.may(Permission::IssueLetters), case, missing, ways, ui }, locale)
}

/// `POST /c/{community}/cases/{case}/legal`
pub async fn ask_legal(Path((_, case)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (case, community) = (read_case(&case).map_err(|refusal| at.visit.fail(refusal))?, at.id());
    let work = move |app: &App, actor: &Actor, _: &str| {
        let request = forms::matter(&fields, case);
        ask(app, actor, community, &Asked::LegalMatter(request), fields.text("reason"))
    };
    at.run(work).await?;
    Ok(go(&at.here("approvals?done=asked")))
}

#[derive(Template)]
#[template(path = "ask-adjust.html")]
struct AdjustPage {
    ui: Ui,
    unit_id: UnitId,
    unit: String,
    charges: Vec<ChargeItem>,
    /// The fee items of the unit, each once.
    items: Vec<String>,
    may_ask: bool,
}

fn read_unit(at: &Place, text: &str) -> Result<UnitId, crate::reply::PageError> {
    UnitId::parse(text).map_err(|_| at.visit.fail(Refusal::not_found("房屋", "unit", "")))
}

/// `GET /c/{community}/units/{unit}/adjust`: what is open on the unit, and the form.
pub async fn adjust(at: Place, Path((_, unit)): Path<(String, String)>) -> Reply {
    let unit_id = read_unit(&at, &unit)?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let label = get_unit_label(app, actor, name, unit_id)?;
        unit_page(app, actor, name, &label)
    };
    let found = at.run(work).await?;
    let ui = at.ui(Menu::Arrears, "减免或更正", "Waive or correct");
    let locale = ui.locale;
    let open = |one: &ChargeItem| one.open.is_positive() || one.late_fee.is_positive();
    let content = AdjustPage {
        may_ask: ui.may(Permission::ReversePayment),
        unit_id,
        unit: found.unit.to_string(),
        items: items_of(&found),
        charges: found.charges.into_iter().filter(open).collect(),
        ui,
    };
    page(&content, locale)
}

/// What a unit pays or was charged for, the fees in force first.
fn items_of(unit: &UnitPage) -> Vec<String> {
    let names = unit.fees.iter().map(|one| &one.item).chain(unit.charges.iter().map(|one| &one.item));
    let mut items: Vec<String> = Vec::new();
    for name in names {
        if !items.contains(name) {
            items.push(name.clone());
        }
    }
    items
}

/// `POST /c/{community}/units/{unit}/opening`: an opening balance that was brought in too low.
pub async fn ask_opening(Path((_, unit)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (unit_id, community) = (read_unit(&at, &unit)?, at.id());
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = forms::opening(&fields, get_unit_label(app, actor, name, unit_id)?)?;
        ask(app, actor, community, &Asked::OpeningCorrection(request), fields.text("reason"))
    };
    at.run(work).await?;
    Ok(go(&at.here("approvals?done=asked")))
}

/// `POST /c/{community}/units/{unit}/adjust`: a waiver is done within the limit of the person's role; what is above it, and every
/// correction, waits for a second person.
pub async fn ask_adjust(Path((_, unit)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (unit, community) = (read_unit(&at, &unit)?, at.id());
    let work = move |app: &App, actor: &Actor, name: &str| {
        let (request, reason) = (forms::adjustment(&fields)?, fields.text("reason"));
        if request.kind == AdjustmentKind::Waiver {
            return Ok(waive(app, actor, name, &request, reason)?.done);
        }
        ask(app, actor, community, &Asked::Adjustment(request), reason).map(|_| false)
    };
    let done = at.run(work).await?;
    let then = if done { format!("units/{unit}/adjust?done=waived") } else { "approvals?done=asked".to_owned() };
    Ok(go(&at.here(&then)))
}

/// `POST /c/{community}/approvals/letter`: a demand letter whose number needs a second person.
pub async fn letter(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let unit = fields.unit("unit")?;
        ask(app, actor, community, &Asked::DemandLetter { unit }, fields.text("reason"))
    };
    at.run(work).await?;
    Ok(go(&at.here("approvals?done=asked")))
}
