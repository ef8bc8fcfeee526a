//! The page of one unit, and the reveal of a masked field: shown once, logged.

use askama::Template;
use axum::extract::Path;
use chrono::NaiveDate;
use hemu_app::Refusal;
use hemu_app::registry::get_unit_label;
use hemu_app::registry::members::MemberItem;
use hemu_app::registry::reveal::{SealedField, reveal as reveal_field};
use hemu_app::registry::unit_page::{ContactItem, FlagItem, HolderItem, UnitPage, unit_page};
use hemu_domain::ids::{ContactPointId, MemberId, UnitId};
use hemu_domain::registry::contact::{Channel, Relation, VerifiedHow};
use hemu_domain::registry::flag::FlagEffect;
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::staff::Permission;
use uuid::Uuid;

use crate::fields::Posted;
use crate::reply::{Reply, page};
use crate::ui::{Menu, Ui};
use crate::visit::Place;

type Words = Vec<(&'static str, String)>;

/// A contact point or household member that was revealed, in full.
type Revealed = Option<(Uuid, String)>;

#[derive(Template)]
#[template(path = "unit.html")]
struct Content {
    ui: Ui,
    unit: UnitPage,
    revealed: Revealed,
    kinds: Words,
    occupancies: Words,
    channels: Words,
    relations: Words,
    proofs: Words,
    effects: Words,
    in_half_a_year: NaiveDate,
    may_edit: bool,
    may_reveal: bool,
}

impl Content {
    fn role(&self, one: &HolderItem) -> &str {
        let (zh, en) = match one.role.as_str() {
            "owner" => ("业主", "owner"),
            "co_owner" => ("共有人", "co-owner"),
            "tenant" => ("租户", "tenant"),
            _ => ("开发商", "developer"),
        };
        self.ui.say(zh, en)
    }

    fn word(words: &Words, word: &str) -> String {
        words.iter().find(|(one, _)| *one == word).map_or_else(|| word.to_owned(), |(_, name)| name.clone())
    }

    fn channel(&self, one: &ContactItem) -> String {
        format!("{}（{}）", Self::word(&self.channels, &one.channel), Self::word(&self.relations, &one.relation))
    }

    fn value(&self, one: &ContactItem) -> String {
        match &self.revealed {
            Some((id, value)) if *id == one.id.uuid() => value.clone(),
            _ => one.tail.clone(),
        }
    }

    fn member(&self, one: &MemberItem) -> String {
        match &self.revealed {
            Some((id, value)) if *id == one.id.uuid() => value.clone(),
            _ => format!("{} {}", one.name, one.phones),
        }
    }

    fn proof(&self, one: &ContactItem) -> String {
        one.verified_how.as_deref().map(|how| Self::word(&self.proofs, how)).unwrap_or_default()
    }

    fn effect(&self, one: &FlagItem) -> String {
        Self::word(&self.effects, &one.effect)
    }

    fn counts(&self, one: &FlagItem) -> bool {
        one.ended_on.is_none() && one.expires_on >= self.ui.today
    }

    fn kind(&self) -> String {
        self.ui.text(&self.unit.kind.label())
    }

    fn occupancy(&self) -> String {
        self.ui.text(&self.unit.occupancy.label())
    }

    fn area(&self) -> String {
        self.unit.area.map(|area| area.to_string()).unwrap_or_default()
    }

    fn name_of(&self, party: &hemu_domain::ids::PartyId) -> String {
        self.unit.holders.iter().find(|one| one.party_id == *party).map(|one| one.name.clone()).unwrap_or_default()
    }
}

/// The id of a unit in an address.
///
/// # Errors
/// [`Refusal::NotFound`] when it is none.
pub fn read_unit(text: &str) -> Result<UnitId, Refusal> {
    UnitId::parse(text).map_err(|_| Refusal::not_found("房屋", "unit", ""))
}

/// `GET /c/{community}/units/{unit}`
pub async fn show(at: Place, Path((_, unit)): Path<(String, String)>) -> Reply {
    render(&at, &unit, None).await
}

/// `POST …/reveal`: the full value of one contact point or household member, once; the audit trail keeps who looked.
pub async fn reveal(Path((_, unit)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let work = move |app: &hemu_app::App, actor: &hemu_app::Actor, name: &str| {
        if let Some(id) = fields.optional(("member", "家庭成员"), MemberId::parse)? {
            return Ok((id.uuid(), reveal_field(app, actor, name, SealedField::Member(id))?));
        }
        let id = fields.required(("contact", "联系方式"), ContactPointId::parse)?;
        Ok((id.uuid(), reveal_field(app, actor, name, SealedField::Contact(id))?))
    };
    let revealed = at.run(work).await?;
    render(&at, &unit, Some(revealed)).await
}

async fn render(at: &Place, unit: &str, revealed: Revealed) -> Reply {
    let id = read_unit(unit).map_err(|refusal| at.visit.fail(refusal))?;
    let unit =
        at.run(move |app, actor, name| unit_page(app, actor, name, &get_unit_label(app, actor, name, id)?)).await?;
    let ui = at.ui(Menu::Registry, "房屋档案", "Unit");
    let locale = ui.locale;
    let content = Content {
        kinds: UnitKind::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        occupancies: Occupancy::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        channels: Channel::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        relations: Relation::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        proofs: VerifiedHow::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        effects: FlagEffect::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        in_half_a_year: ui.today + chrono::Months::new(6),
        may_edit: ui.may(Permission::EditRegistry),
        may_reveal: ui.may(Permission::RevealPersonalData),
        revealed,
        unit,
        ui,
    };
    page(&content, locale)
}
