//! What people change of a unit, each a form.

use axum::extract::Path;
use hemu_app::registry::contacts::{AddContact, add_contact, mark_bounced, verify_contact};
use hemu_app::registry::flags::{FlagSubject, SetFlag, end_flag, set_flag};
use hemu_app::registry::get_unit_label;
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::payer::change_payer;
use hemu_app::registry::units::{AddUnit, EditUnit, NewOwner, add_unit, edit_unit, set_occupancy};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::UnitLabel;
use hemu_domain::ids::{ContactPointId, FlagId, PartyId};
use hemu_domain::registry::contact::{Channel, Relation, VerifiedHow};
use hemu_domain::registry::flag::FlagEffect;
use hemu_domain::registry::unit::{Occupancy, UnitKind};

use super::unit::read_unit;
use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, go};
use crate::visit::Place;

type Addressed = Path<(String, String)>;

/// `POST /c/{community}/units`
pub async fn add(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let request = AddUnit {
            community: name.to_owned(),
            label: fields.unit("label")?,
            kind: fields.required(("kind", "类型"), UnitKind::parse)?,
            area: fields.area_or_none("area")?,
            owners: named(&fields),
            starts_on: fields.day_or_none("starts_on", "起始日期")?,
            remark: fields.text("remark").to_owned(),
        };
        add_unit(app, actor, &request)
    };
    let added = at.run(work).await?;
    Ok(go(&at.here(&format!("units/{}?done=saved", added.id))))
}

/// The owners of a form: names divided by 、 or commas.
fn named(fields: &Fields) -> Vec<NewOwner> {
    let names = fields.text("owners").split(['、', ',', '，']).map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| NewOwner::Named(name.to_owned())).collect()
}

async fn change(
    posted: Posted<Place>,
    unit: &str,
    done: &str,
    work: impl FnOnce(&App, &Actor, (&str, &UnitLabel), &Fields) -> Result<(), Refusal> + Send + 'static,
) -> Reply {
    let Posted { visit: at, fields } = posted;
    let id = read_unit(unit).map_err(|refusal| at.visit.fail(refusal))?;
    at.run(move |app, actor, name| work(app, actor, (name, &get_unit_label(app, actor, name, id)?), &fields)).await?;
    Ok(go(&at.here(&format!("units/{id}?done={done}"))))
}

/// `POST …/edit`
pub async fn edit(Path((_, unit)): Addressed, posted: Posted<Place>) -> Reply {
    change(posted, &unit, "saved", |app, actor, place, fields| {
        let change = EditUnit {
            kind: fields.optional(("kind", "类型"), UnitKind::parse)?,
            area: fields.area_or_none("area")?,
            floor: fields.optional(("floor", "楼层"), str::parse)?,
            remark: Some(fields.text("remark").to_owned()),
        };
        edit_unit(app, actor, place, &change)
    })
    .await
}

/// `POST …/occupancy`
pub async fn occupancy(Path((_, unit)): Addressed, posted: Posted<Place>) -> Reply {
    change(posted, &unit, "saved", |app, actor, place, fields| {
        let occupancy = fields.required(("occupancy", "使用状态"), Occupancy::parse)?;
        set_occupancy(app, actor, place, occupancy, fields.day_or_none("since", "日期")?)
    })
    .await
}

/// `POST …/contact`
pub async fn contact(Path((_, unit)): Addressed, posted: Posted<Place>) -> Reply {
    change(posted, &unit, "saved", |app, actor, (name, _), fields| {
        let request = AddContact {
            community: name.to_owned(),
            party: fields.required(("party", "业主"), PartyId::parse)?,
            channel: fields.required(("channel", "方式"), Channel::parse)?,
            value: fields.text("value").to_owned(),
            relation: fields.required(("relation", "关系"), Relation::parse)?,
            verified: fields.optional(("verified", "核实方式"), VerifiedHow::parse)?,
            consent: fields.is_ticked("consent"),
        };
        add_contact(app, actor, &request).map(|_| ())
    })
    .await
}

/// `POST …/contact-state`: verified, or nothing arrives there.
pub async fn contact_state(Path((_, unit)): Addressed, posted: Posted<Place>) -> Reply {
    change(posted, &unit, "saved", |app, actor, (name, _), fields| {
        let id = fields.required(("contact", "联系方式"), ContactPointId::parse)?;
        match fields.text("state") {
            "bounced" => mark_bounced(app, actor, name, id, app.today()),
            how => {
                let how = VerifiedHow::parse(how)
                    .map_err(|_| Refusal::invalid("state", "请选择核实方式", "choose how it was verified"))?;
                verify_contact(app, actor, name, id, how)
            }
        }
    })
    .await
}

/// `POST …/flag`
pub async fn flag(Path((_, unit)): Addressed, posted: Posted<Place>) -> Reply {
    change(posted, &unit, "saved", |app, actor, (name, label), fields| {
        let request = SetFlag {
            community: name.to_owned(),
            subject: FlagSubject::Unit(label.clone()),
            kind: fields.text("kind").to_owned(),
            reason: fields.text("reason").to_owned(),
            effect: fields.required(("effect", "作用"), FlagEffect::parse)?,
            expires_on: fields.day("expires_on", "有效期")?,
        };
        set_flag(app, actor, &request).map(|_| ())
    })
    .await
}

/// `POST …/flag-end`
pub async fn flag_end(Path((_, unit)): Addressed, posted: Posted<Place>) -> Reply {
    change(posted, &unit, "saved", |app, actor, (name, _), fields| {
        end_flag(app, actor, name, fields.required(("flag", "标记"), FlagId::parse)?)
    })
    .await
}

/// `POST …/payer`
pub async fn payer(Path((_, unit)): Addressed, posted: Posted<Place>) -> Reply {
    change(posted, &unit, "saved", |app, actor, (name, label), fields| {
        change_payer(app, actor, &forms::payer(fields, name, label.clone())?).map(|_| ())
    })
    .await
}

/// `POST …/owner`
pub async fn owner(Path((_, unit)): Addressed, posted: Posted<Place>) -> Reply {
    change(posted, &unit, "saved", |app, actor, (name, label), fields| {
        let request = ChangeOwner {
            community: name.to_owned(),
            unit: label.clone(),
            owners: named(fields),
            on: fields.day("on", "过户日期")?,
        };
        change_owner(app, actor, &request).map(|_| ())
    })
    .await
}
