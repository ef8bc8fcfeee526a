//! Message templates: the texts offices change, rendered by minijinja.
//!
//! A placeholder the audience may not use, a text the wording check prohibits, and a template that does not render are refused
//! when they are saved, so that none of it is found out while sending.

use hemu_domain::outreach::templates::{MessageTemplate, PRIVATE_PLACEHOLDERS, PUBLIC_PLACEHOLDERS, default_templates};
use hemu_domain::staff::Permission;
use hemu_store::outreach::template;
pub use hemu_store::outreach::template::TemplateRow;
use hemu_store::{DbError, Tx};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

/// What a private message says; every field is filled in.
#[derive(Clone, Debug, Serialize)]
pub struct MessageFacts {
    /// Name of the community.
    pub community: String,
    /// Form of address, such as 王先生.
    pub address: String,
    /// The units it is about.
    pub unit: String,
    /// The months it is about, such as 2026-03 至 2026-10.
    pub periods: String,
    /// What is open, in yuan.
    pub amount: String,
    /// The late fee as of the day, in yuan.
    pub late_fee: String,
    /// The due date.
    pub due_on: String,
    /// How to pay.
    pub how_to_pay: String,
    /// Who to ask: the owner's own 管家.
    pub steward: String,
    /// Their number, or the hotline.
    pub phone: String,
}

/// A text ready to go out, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// Which template.
    pub key: String,
    /// Which version of it.
    pub version: i64,
}

/// Writes the texts of a new installation that are not there yet.
///
/// # Errors
/// When the database refuses.
pub fn ensure_defaults(tx: &mut Tx<'_>, app: &App) -> Result<(), DbError> {
    let stored = template::list_active(tx)?;
    let is_there = |new: &MessageTemplate| {
        stored.iter().any(|one| one.key == new.key && one.channel == new.channel && one.locale == new.locale)
    };
    for default in default_templates().into_iter().filter(|default| !is_there(default)) {
        template::publish(tx, &row_of(default, app, "系统"))?;
    }
    Ok(())
}

fn row_of(template: MessageTemplate, app: &App, by: &str) -> TemplateRow {
    TemplateRow {
        body_hash: Sha256::digest(&template.body).into(),
        key: template.key,
        channel: template.channel,
        locale: template.locale,
        version: 0,
        audience: template.audience,
        body: template.body,
        created_by: by.to_owned(),
        created_at: app.clock.now(),
    }
}

/// The templates in force.
///
/// # Errors
/// [`Refusal::Forbidden`] for somebody who may not read.
pub fn list_templates(app: &App, actor: &Actor) -> Result<Vec<TemplateRow>, Refusal> {
    actor.require_role(Permission::Read)?;
    Ok(app.db.read(template::list_active)?)
}

/// Puts a new text in force as a new version.
///
/// # Errors
/// [`Refusal::InvalidInput`] when a placeholder is unknown or the wording check prohibits the text.
pub fn change_template(app: &App, actor: &Actor, new: &MessageTemplate) -> Result<i64, Refusal> {
    actor.require_role(Permission::EditPolicy)?;
    check_template(new)?;
    app.db.write(|tx| {
        ensure_defaults(tx, app)?;
        let version = template::publish(tx, &row_of(new.clone(), app, &actor.name))?;
        let detail =
            serde_json::json!({ "key": new.key, "channel": new.channel, "locale": new.locale, "version": version });
        let act = Act { act: "template.change", subject_kind: "template", subject_id: None, detail: &detail };
        audit::record(tx, app, actor, None, &act)?;
        Ok(version)
    })
}

fn check_template(new: &MessageTemplate) -> Result<(), Refusal> {
    let invalid =
        |problem: String| Refusal::invalid("body", format!("模板有误：{problem}"), format!("the template: {problem}"));
    let environment = environment();
    let compiled = environment.template_from_str(&new.body).map_err(|error| invalid(error.to_string()))?;
    let allowed: &[&str] = if new.audience == "public" { &PUBLIC_PLACEHOLDERS } else { &PRIVATE_PLACEHOLDERS };
    let unknown: Vec<String> =
        compiled.undeclared_variables(true).into_iter().filter(|name| !allowed.contains(&name.as_str())).collect();
    if !unknown.is_empty() {
        let known = allowed.join(", ");
        return Err(Refusal::invalid(
            "body",
            format!("不认识的占位符 {}；可以使用 {known}", unknown.join("、")),
            format!("unknown placeholders {}; there are {known}", unknown.join(", ")),
        ));
    }
    Ok(())
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}

/// Fills in the text for `key`, else for `fallback`, in the channel or, where it has none of its own, as for SMS.
///
/// # Errors
/// [`Refusal::Internal`] when there is no such text or it does not render: a saved template does.
pub fn render(
    templates: &[TemplateRow],
    key: &str,
    fallback: &str,
    channel: &str,
    facts: &MessageFacts,
) -> Result<Rendered, Refusal> {
    let find = |key: &str, channel: &str| {
        templates
            .iter()
            .find(|t| t.key == key && t.channel == channel && t.locale == "zh-CN" && t.audience == "private")
    };
    let template = find(key, channel)
        .or_else(|| find(key, "sms"))
        .or_else(|| find(fallback, channel))
        .or_else(|| find(fallback, "sms"))
        .ok_or_else(|| Refusal::Internal(format!("there is no message template '{key}' or '{fallback}'")))?;
    let text = environment()
        .render_str(&template.body, facts)
        .map_err(|error| Refusal::Internal(format!("template '{}' does not render: {error}", template.key)))?;
    Ok(Rendered { text, key: template.key.clone(), version: template.version })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> MessageFacts {
        MessageFacts {
            community: "翠湖花园".to_owned(),
            address: "王先生".to_owned(),
            unit: "3-2-1502".to_owned(),
            periods: "2026-03 至 2026-10".to_owned(),
            amount: "1,679.20".to_owned(),
            late_fee: "0.00".to_owned(),
            due_on: "2026-10-31".to_owned(),
            how_to_pay: "物业服务中心".to_owned(),
            steward: "管家小李".to_owned(),
            phone: "0571-88886666".to_owned(),
        }
    }

    fn rows() -> Vec<TemplateRow> {
        let row = |t: MessageTemplate| TemplateRow {
            key: t.key,
            channel: t.channel,
            locale: t.locale,
            version: 1,
            audience: t.audience,
            body_hash: [0; 32],
            body: t.body,
            created_by: String::new(),
            created_at: chrono::DateTime::UNIX_EPOCH,
        };
        default_templates().into_iter().map(row).collect()
    }

    #[test]
    fn a_step_without_a_text_of_its_own_speaks_with_that_of_its_stage() {
        let rendered = render(&rows(), "no_such_step", "reminder", "wechat", &facts()).expect("a text");
        assert_eq!(rendered.key, "reminder");
        assert!(rendered.text.contains("王先生") && rendered.text.contains("1,679.20"));
    }

    #[test]
    fn i15_a_public_text_cannot_bind_a_personal_placeholder() {
        let mut text = MessageTemplate {
            key: "board".to_owned(),
            channel: "board".to_owned(),
            locale: "zh-CN".to_owned(),
            audience: "public".to_owned(),
            body: "{{ address }} 欠 {{ amount }} 元".to_owned(),
        };
        assert!(check_template(&text).is_err());
        text.body = "{{ community }}各位业主：请查看个人账单，{{ phone }}".to_owned();
        assert!(check_template(&text).is_ok());
    }
}
