//! Communities, buildings, contact points: who lives where, and how to reach them.

use axum::extract::Path;
use hemu_app::registry::communities::{CommunityDetails, list_communities, save_community};
use hemu_app::registry::contact_limits::{end_contact_limit, set_contact_limit};
use hemu_app::registry::contacts::{AddContact, add_contact, mark_bounced, verify_contact};
use hemu_app::registry::overview::{block_plan, unit_tree};
use hemu_app::registry::reveal::{SealedField, reveal};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{ContactLimitId, ContactPointId, PartyId};
use hemu_domain::registry::contact::{Channel, Relation, VerifiedHow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, created, done, ok};
use super::caller::{Caller, Site};
use super::input::{Body, read_id};
use super::operations::Operations;
use super::shapes;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(
    communities,
    save,
    buildings,
    building,
    add,
    set_state,
    reveal_contact,
    reveal_id_number,
    limit,
    end_limit
))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("registry", "房产与业主档案 / Communities, buildings, contact points")
        .get("/communities", communities)
        .put("/communities", save)
        .get("/communities/{community}/buildings", buildings)
        .get("/communities/{community}/buildings/{building}", building)
        .post("/communities/{community}/contacts", add)
        .put("/communities/{community}/contacts/{contact}/state", set_state)
        .post("/communities/{community}/contacts/{contact}/reveal", reveal_contact)
        .post("/communities/{community}/parties/{party}/reveal-id-number", reveal_id_number)
        .post("/communities/{community}/parties/{party}/contact-limits", limit)
        .delete("/communities/{community}/contact-limits/{limit}", end_limit)
}

const CONTACT: (&str, &str) = ("联系方式", "contact point");
const PARTY: (&str, &str) = ("业主", "party");

/// The communities of the caller
#[utoipa::path(get, path = "/communities",
    responses((status = 200, description = "By name", body = shapes::Communities)))]
async fn communities(caller: Caller) -> Answer {
    ok(json!({ "rows": caller.run(list_communities).await? }))
}

/// What is known of a community; found by its name, new when no community has it.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Community {
    name: String,
    #[serde(default)]
    company_name: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    service_phone: String,
    /// How to pay, printed on bills and letters
    #[serde(default)]
    pay_account: String,
    #[serde(default)]
    region: String,
}

/// Adds a community, or changes what is known of one
#[utoipa::path(put, path = "/communities", request_body = Community,
    responses((status = 200, description = "As it is now", body = shapes::CommunityReport)))]
async fn save(caller: Caller, body: Body<Community>) -> Answer {
    let one = body.value;
    let details = CommunityDetails {
        name: one.name,
        company_name: one.company_name,
        address: one.address,
        service_phone: one.service_phone,
        pay_account: one.pay_account,
        region: one.region,
    };
    ok(caller.run(move |app, actor| save_community(app, actor, &details)).await?)
}

/// The buildings with their entrances and sums
#[utoipa::path(get, path = "/communities/{community}/buildings",
    responses((status = 200, description = "By building", body = shapes::Buildings)))]
async fn buildings(at: Site) -> Answer {
    let rows = at.run(unit_tree).await?;
    ok(json!({ "rows": rows }))
}

/// A building floor by floor (楼盘图)
#[utoipa::path(get, path = "/communities/{community}/buildings/{building}",
    responses((status = 200, description = "By entrance and floor", body = shapes::BlockPlan)))]
async fn building(at: Site, Path((_, building)): Path<(String, String)>) -> Answer {
    ok(at.run(move |app, actor, name| block_plan(app, actor, name, &building)).await?)
}

/// A contact point to add.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewContact {
    party: String,
    /// `phone`, `email`, `wechat` or `address`
    channel: String,
    /// In full; it is sealed at rest and masked in answers
    value: String,
    /// `self`, `representative`...
    relation: String,
    /// How it was verified; left out when it was not
    verified: Option<String>,
    /// Whether the person agreed to be reached there
    #[serde(default)]
    consent: bool,
}

/// Adds a contact point of a party
#[utoipa::path(post, path = "/communities/{community}/contacts", request_body = NewContact,
    responses((status = 201, description = "Added", body = shapes::Made)))]
async fn add(at: Site, body: Body<NewContact>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let fields = &body.fields;
        let request = AddContact {
            community: name.to_owned(),
            party: fields.required(("party", "业主"), PartyId::parse)?,
            channel: fields.required(("channel", "方式"), Channel::parse)?,
            value: fields.text("value").to_owned(),
            relation: fields.required(("relation", "关系"), Relation::parse)?,
            verified: fields.optional(("verified", "核实方式"), VerifiedHow::parse)?,
            consent: body.value.consent,
        };
        add_contact(app, actor, &request)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// What became of a contact point.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactState {
    /// `bounced` when nothing arrives there, or how it was verified
    state: String,
}

/// Marks a contact point verified, or as one where nothing arrives
#[utoipa::path(put, path = "/communities/{community}/contacts/{contact}/state", request_body = ContactState,
    responses((status = 204, description = "Marked")))]
async fn set_state(at: Site, Path((_, contact)): Path<(String, String)>, body: Body<ContactState>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let id = read_id(&contact, ContactPointId::parse, CONTACT)?;
        if body.value.state == "bounced" {
            return mark_bounced(app, actor, name, id, app.today());
        }
        let unknown = |_| Refusal::invalid("state", "请选择核实方式", "choose how it was verified");
        verify_contact(app, actor, name, id, VerifiedHow::parse(&body.value.state).map_err(unknown)?)
    };
    at.run(work).await?;
    done()
}

/// A contact point in full; who looked is recorded
#[utoipa::path(post, path = "/communities/{community}/contacts/{contact}/reveal",
    responses((status = 200, description = "The value", body = shapes::Revealed)))]
async fn reveal_contact(at: Site, Path((_, contact)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let id = read_id(&contact, ContactPointId::parse, CONTACT)?;
        reveal(app, actor, name, SealedField::Contact(id))
    };
    let value = at.run(work).await?;
    ok(json!({ "value": value }))
}

/// An identity number in full; who looked is recorded
#[utoipa::path(post, path = "/communities/{community}/parties/{party}/reveal-id-number",
    responses((status = 200, description = "The value", body = shapes::Revealed)))]
async fn reveal_id_number(at: Site, Path((_, party)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let id = read_id(&party, PartyId::parse, PARTY)?;
        reveal(app, actor, name, SealedField::IdNumber(id))
    };
    let value = at.run(work).await?;
    ok(json!({ "value": value }))
}

/// What a person asked for about being contacted.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLimit {
    /// `not_before`, `not_after`, `not_at_work`, `no_call`, `no_visit`, `no_sms`, `no_wechat` or `no_email`
    kind: String,
    /// With `not_before` and `not_after`: the hour, such as `10:00`
    at: Option<String>,
}

/// Writes down what a person asked for about being contacted
#[utoipa::path(post, path = "/communities/{community}/parties/{party}/contact-limits", request_body = NewLimit,
    responses((status = 201, description = "Written down", body = shapes::Made)))]
async fn limit(at: Site, Path((_, party)): Path<(String, String)>, body: Body<NewLimit>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let party = read_id(&party, PartyId::parse, PARTY)?;
        set_contact_limit(app, actor, (community, party), forms::contact_limit(&body.fields)?)
    };
    let id = at.run(work).await?;
    created(json!({ "id": id }))
}

/// Takes such a wish back
#[utoipa::path(delete, path = "/communities/{community}/contact-limits/{limit}",
    responses((status = 204, description = "Taken back")))]
async fn end_limit(at: Site, Path((_, limit)): Path<(String, String)>) -> Answer {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        end_contact_limit(app, actor, community, read_id(&limit, ContactLimitId::parse, ("约定", "wish"))?)
    };
    at.run(work).await?;
    done()
}
