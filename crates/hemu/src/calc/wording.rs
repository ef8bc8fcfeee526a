//! `hemu calc wording`.

use clap::Args;
use hemu_app::Refusal;
use hemu_domain::outreach::wording::{Audience, Finding, check as check_wording};
use serde_json::{Value, json};

use super::input;

/// `hemu calc wording`
#[derive(Debug, Args)]
pub struct WordingArgs {
    /// public (anyone can read it) or private (the payer alone)
    #[arg(long)]
    audience: String,
    /// The text
    #[arg(long, allow_hyphen_values = true)]
    text: String,
}

/// What a text may not say, and what it should say better.
pub fn check(args: &WordingArgs) -> Result<Value, Refusal> {
    let audience = Audience::find(args.audience.trim())
        .ok_or_else(|| input::wrong("--audience", &args.audience, ("public 或 private", "public or private")))?;
    if args.text.trim().is_empty() {
        return Err(Refusal::invalid(
            "--text",
            "--text：没有文字，请给出要检查的内容",
            "--text: there is no text to check",
        ));
    }
    let wording = check_wording(audience, &args.text);
    Ok(json!({
        "allowed": wording.allowed,
        "findings": wording.findings.iter().map(finding).collect::<Vec<_>>(),
    }))
}

fn finding(finding: &Finding) -> Value {
    let why = finding.rule.why();
    json!({
        "rule": finding.rule,
        "text": finding.text,
        "why": why.zh,
        "why_en": why.en,
        "prohibited": finding.rule.prohibits(),
    })
}
