//! Shared costs (公摊): share a cost or see how it would be, list, cancel.

use axum::extract::Path;
use hemu_app::shared_costs::{cancel_pool, list_pools, share_cost, show_pool};
use hemu_app::{Actor, App};
use hemu_domain::ids::SharePoolId;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, done, ok};
use super::caller::Site;
use super::input::{Asked, Body, read_id};
use super::operations::Operations;
use super::shapes;
use crate::forms;

#[derive(OpenApi)]
#[openapi(paths(list, share, show, cancel))]
struct Document;

/// The operations of this noun.
pub fn operations() -> Operations {
    Operations::of::<Document>("shared_costs", "公摊 / Costs shared over units")
        .get("/communities/{community}/shared-costs", list)
        .post("/communities/{community}/shared-costs", share)
        .get("/communities/{community}/shared-costs/{pool}", show)
        .post("/communities/{community}/shared-costs/{pool}/cancellation", cancel)
}

#[derive(Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// The year, this one where left out
    year: Option<String>,
}

/// The shared costs of a year, with the figures to be published
#[utoipa::path(get, path = "/communities/{community}/shared-costs", params(ListQuery),
    responses((status = 200, description = "By month, newest first", body = shapes::PoolList)))]
async fn list(at: Site, asked: Asked<ListQuery>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        list_pools(app, actor, name, asked.fields.optional(("year", "年份"), str::parse)?)
    };
    ok(at.run(work).await?)
}

/// A cost, and how it is shared.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cost {
    /// What it is charged as; made when it is new
    item: String,
    /// `YYYY-MM`, the month it is billed with
    period: String,
    /// Yuan, as text
    total: String,
    /// The invoice's number, and what it is about
    invoice: String,
    /// Buildings `3`, entrances `3-2`, units `3-2-1502`, with commas between; the whole community where left out
    scope: Option<String>,
    /// `area`, `household`, `floor` or `usage`
    method: String,
    /// With `household`: what a vacant unit counts, 0 to 1 (1)
    vacant_weight: Option<String>,
    /// With `floor`: `1:0, 2-6:0.5, 7-18:1`
    bands: Option<String>,
    /// Only shows the shares, and writes nothing
    #[serde(default)]
    dry_run: bool,
}

/// Shares a cost over units; with `dry_run` only shows how
#[utoipa::path(post, path = "/communities/{community}/shared-costs", request_body = Cost,
    responses((status = 200, description = "Every unit's share", body = shapes::CostReport)))]
async fn share(at: Site, body: Body<Cost>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        share_cost(app, actor, name, &forms::shared_cost(&body.fields, body.value.dry_run)?)
    };
    ok(at.run(work).await?)
}

/// A shared cost with every unit's share
#[utoipa::path(get, path = "/communities/{community}/shared-costs/{pool}",
    responses((status = 200, description = "By unit", body = shapes::PoolDetails)))]
async fn show(at: Site, Path((_, pool)): Path<(String, String)>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        show_pool(app, actor, name, read_id(&pool, SharePoolId::parse, ("公摊", "shared cost"))?)
    };
    ok(at.run(work).await?)
}

/// Why.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    reason: String,
}

/// Cancels a shared cost of which nothing is billed
#[utoipa::path(post, path = "/communities/{community}/shared-costs/{pool}/cancellation", request_body = Cancellation,
    responses((status = 204, description = "Cancelled")))]
async fn cancel(at: Site, Path((_, pool)): Path<(String, String)>, body: Body<Cancellation>) -> Answer {
    let work = move |app: &App, actor: &Actor, name: &str| {
        let id = read_id(&pool, SharePoolId::parse, ("公摊", "shared cost"))?;
        cancel_pool(app, actor, name, id, &body.value.reason)
    };
    at.run(work).await?;
    done()
}
