//! Units: the list and its search, one unit, and what is changed of it.

use axum::extract::Path;
use hemu_app::registry::flags::{FlagSubject, SetFlag, end_flag, set_flag};
use hemu_app::registry::get_unit_label;
use hemu_app::registry::overview::{UnitFilter, UnitItem, UnitList, list_units};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::payer::change_payer;
use hemu_app::registry::search::search_units_of;
use hemu_app::registry::unit_page::unit_page;
use hemu_app::registry::units::{AddUnit, EditUnit, NewOwner, add_unit, edit_unit, set_occupancy};
use hemu_app::{Actor, App, Look, Refusal};
use hemu_domain::UnitLabel;
use hemu_domain::ids::{FlagId, UnitId};
use hemu_domain::registry::flag::FlagEffect;
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, Written, created, done, ok};
use super::caller::{Looking, Site};
use super::input::{Asked, Body, after, read_id, rows};
use super::operations::Operations;
use super::problem::Problem;
use super::shapes;
use crate::fields::Fields;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(list, search, add, show, edit, occupancy, flag, flag_end, owners, payer))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("units", "房屋 / Units and owners")
        .get("/communities/{community}/units", list)
        .post("/communities/{community}/units", add)
        .post("/communities/{community}/units/search", search)
        .get("/communities/{community}/units/{unit}", show)
        .patch("/communities/{community}/units/{unit}", edit)
        .put("/communities/{community}/units/{unit}/occupancy", occupancy)
        .post("/communities/{community}/units/{unit}/owners", owners)
        .post("/communities/{community}/units/{unit}/payers", payer)
        .post("/communities/{community}/units/{unit}/flags", flag)
        .delete("/communities/{community}/flags/{flag}", flag_end)
}

/// A page of units; the cursor is an id, since a label would put a home into an address.
#[derive(Serialize)]
struct Page {
    rows: Vec<UnitItem>,
    next: Option<UnitId>,
}

impl From<UnitList> for Page {
    fn from(list: UnitList) -> Self {
        let next = list.next.as_ref().and_then(|_| list.rows.last()).map(|last| last.id);
        Self { rows: list.rows, next }
    }
}

/// The unit of an id in an address.
pub(super) fn label(app: &App, actor: &Actor, name: &str, unit: &str) -> Result<UnitLabel, Refusal> {
    get_unit_label(app, actor, name, read_id(unit, UnitId::parse, ("房屋", "unit"))?)
}

fn cursor(app: &App, actor: &Actor, name: &str, fields: &Fields) -> Result<Option<UnitLabel>, Refusal> {
    after(fields, UnitId::parse)?.map(|id| get_unit_label(app, actor, name, id)).transpose()
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only this building
    building: Option<String>,
    /// Only this entrance of the building
    entrance: Option<String>,
    /// The cursor `next` of the page before
    after: Option<String>,
    /// Rows, 1 to 200 (100)
    limit: Option<String>,
}

/// Units by cursor
#[utoipa::path(get, path = "/communities/{community}/units", params(ListQuery),
    responses((status = 200, description = "By label", body = shapes::Units)))]
async fn list(at: Site, asked: Asked<ListQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let filter = UnitFilter { building: asked.value.building, entrance: asked.value.entrance };
        let after = cursor(app, actor, name, &asked.fields)?;
        list_units(app, actor, name, &filter, (after.as_ref(), rows(&asked.fields)?))
    };
    ok(Page::from(at.run(work).await?))
}

/// What to look for: names and numbers do not belong into addresses.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Search {
    /// A room, a name, its initials, a phone number or its last four digits
    q: String,
    /// The cursor `next` of the page before
    after: Option<String>,
    /// Rows, 1 to 200 (100)
    limit: Option<u32>,
}

/// Finds units by room, name, initials or phone number
#[utoipa::path(post, path = "/communities/{community}/units/search", request_body = Search,
    responses((status = 200, description = "By label", body = shapes::Units)))]
async fn search(at: Looking, body: Result<Body<Search>, Problem>) -> Answer {
    let work = |look: &mut Look<'_, '_>, body: Body<Search>| {
        let from = after(&body.fields, UnitId::parse)?.map(|id| look.get_unit_label(id)).transpose()?;
        let found = search_units_of(look, &body.value.q, (from.as_ref(), rows(&body.fields)?))?;
        Written::write(&Page::from(found))
    };
    at.show(body, work).await
}

/// A unit to add.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUnit {
    /// `3-2-1502`
    label: String,
    /// `home`, `shop`, `office`, `parking`...
    kind: String,
    /// m², as text
    area: Option<String>,
    /// Names of the owners
    owners: Vec<String>,
    /// Since when they hold it
    starts_on: Option<String>,
    #[serde(default)]
    remark: String,
}

fn named(names: Vec<String>) -> Vec<NewOwner> {
    names.into_iter().map(NewOwner::Named).collect()
}

/// Adds a unit with its owners
#[utoipa::path(post, path = "/communities/{community}/units", request_body = NewUnit,
    responses((status = 201, description = "Added", body = shapes::AddedUnit)))]
async fn add(at: Site, body: Body<NewUnit>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &body.fields;
        let request = AddUnit {
            community: name.to_owned(),
            label: fields.unit("label")?,
            kind: fields.required(("kind", "类型"), UnitKind::parse)?,
            area: fields.area_or_none("area")?,
            starts_on: fields.day_or_none("starts_on", "起始日期")?,
            owners: named(body.value.owners),
            remark: body.value.remark,
        };
        add_unit(app, actor, &request)
    };
    created(at.run(work).await?)
}

/// One unit: holders, contact points (masked), accounts, charges, receipts, case
#[utoipa::path(get, path = "/communities/{community}/units/{unit}",
    responses((status = 200, description = "The unit", body = shapes::UnitPage)))]
async fn show(at: Site, Path((_, unit)): Path<(String, String)>) -> Answer {
    let work =
        move |app: &App, actor: &Actor, name: &str| unit_page(app, actor, name, &label(app, actor, name, &unit)?);
    ok(at.run(work).await?)
}

async fn change<T: Send + 'static>(
    at: &Site,
    unit: String,
    work: impl FnOnce(&App, &Actor, (&str, &UnitLabel)) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Problem> {
    at.run(move |app, actor, name| work(app, actor, (name, &label(app, actor, name, &unit)?))).await
}

/// What changes; what is left out stays.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Edit {
    kind: Option<String>,
    /// m², as text
    area: Option<String>,
    floor: Option<i64>,
    remark: Option<String>,
}

/// Changes a unit; bills that were issued stay as they are
#[utoipa::path(patch, path = "/communities/{community}/units/{unit}", request_body = Edit,
    responses((status = 204, description = "Changed")))]
async fn edit(at: Site, Path((_, unit)): Path<(String, String)>, body: Body<Edit>) -> Answer {
    let work = move |app: &App, actor: &Actor, place: (&str, &UnitLabel)| {
        let change = EditUnit {
            kind: body.fields.optional(("kind", "类型"), UnitKind::parse)?,
            area: body.fields.area_or_none("area")?,
            floor: body.value.floor,
            remark: body.value.remark,
        };
        edit_unit(app, actor, place, &change)
    };
    change(&at, unit, work).await?;
    done()
}

/// Lived in, or vacant since a day.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Use {
    occupancy: String,
    since: Option<String>,
}

/// Sets whether a unit is lived in
#[utoipa::path(put, path = "/communities/{community}/units/{unit}/occupancy", request_body = Use,
    responses((status = 204, description = "Set")))]
async fn occupancy(at: Site, Path((_, unit)): Path<(String, String)>, body: Body<Use>) -> Answer {
    let work = move |app: &App, actor: &Actor, place: (&str, &UnitLabel)| {
        let occupancy = body.fields.required(("occupancy", "使用状态"), Occupancy::parse)?;
        set_occupancy(app, actor, place, occupancy, body.fields.day_or_none("since", "日期")?)
    };
    change(&at, unit, work).await?;
    done()
}

/// New owners from a day on.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOwners {
    owners: Vec<String>,
    on: String,
}

/// A change of owner (过户): the former one keeps the debts up to the day
#[utoipa::path(post, path = "/communities/{community}/units/{unit}/owners", request_body = NewOwners,
    responses((status = 201, description = "Changed", body = shapes::OwnerChange)))]
async fn owners(at: Site, Path((_, unit)): Path<(String, String)>, body: Body<NewOwners>) -> Answer {
    let work = move |app: &App, actor: &Actor, (name, label): (&str, &UnitLabel)| {
        let on = body.fields.day("on", "过户日期")?;
        let owners = named(body.value.owners);
        change_owner(app, actor, &ChangeOwner { community: name.to_owned(), unit: label.clone(), owners, on })
    };
    created(change(&at, unit, work).await?)
}

/// A special situation; it ends by itself.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFlag {
    kind: String,
    reason: String,
    effect: String,
    expires_on: String,
}

/// Marks a special situation of a unit
#[utoipa::path(post, path = "/communities/{community}/units/{unit}/flags", request_body = NewFlag,
    responses((status = 201, description = "Marked", body = shapes::Made)))]
async fn flag(at: Site, Path((_, unit)): Path<(String, String)>, body: Body<NewFlag>) -> Answer {
    let work = move |app: &App, actor: &Actor, (name, label): (&str, &UnitLabel)| {
        let request = SetFlag {
            community: name.to_owned(),
            subject: FlagSubject::Unit(label.clone()),
            effect: body.fields.required(("effect", "作用"), FlagEffect::parse)?,
            expires_on: body.fields.day("expires_on", "有效期")?,
            kind: body.value.kind,
            reason: body.value.reason,
        };
        set_flag(app, actor, &request)
    };
    let id = change(&at, unit, work).await?;
    created(json!({ "id": id }))
}

/// Ends a special situation
#[utoipa::path(delete, path = "/communities/{community}/flags/{flag}", responses((status = 204, description = "Ended")))]
async fn flag_end(at: Site, Path((_, flag)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        end_flag(app, actor, name, read_id(&flag, FlagId::parse, ("标记", "flag"))?)
    };
    at.run(work).await?;
    done()
}

/// Who pays from a day on: a tenant by name, or somebody the community knows by id.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPayer {
    /// The name of a tenant
    #[serde(default)]
    name: String,
    /// The id of an owner who pays again, or of a known tenant
    party: Option<String>,
    on: String,
    /// What was agreed, and where it is written
    agreement: String,
}

/// Lets a tenant pay by agreement, or an owner pay again; what was charged stays with who paid then
#[utoipa::path(post, path = "/communities/{community}/units/{unit}/payers", request_body = NewPayer,
    responses((status = 200, description = "Changed", body = shapes::PayerChange)))]
async fn payer(at: Site, Path((_, unit)): Path<(String, String)>, body: Body<NewPayer>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let label = get_unit_label(app, actor, name, read_id(&unit, UnitId::parse, ("房屋", "unit"))?)?;
        change_payer(app, actor, &forms::payer(&body.fields, name, label)?)
    };
    ok(at.run(work).await?)
}
