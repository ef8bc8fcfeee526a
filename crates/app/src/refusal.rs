//! Why a use case was not done, in variants named after what the caller can do about it.

use hemu_domain::Text;
use hemu_domain::staff::Role;
use hemu_store::db::Retryable;
use hemu_store::{DbError, SealError};

/// Nothing was changed; this is why.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Ask somebody who may: the role or the community does not fit.
    #[error("{0}")]
    Forbidden(Text),
    /// Look again: there is no such thing.
    #[error("{0}")]
    NotFound(Text),
    /// Correct the input: what, where, what to do.
    #[error("{sentence}")]
    InvalidInput {
        /// The field of the form or option of the command line, such as `amount`.
        field: &'static str,
        /// What is wrong with it and what to do.
        sentence: Text,
    },
    /// Look at what is there now: it does not allow this any more, or was done already.
    #[error("{0}")]
    Conflict(Text),
    /// Do first what is missing: a gate (letter number, legal step) is closed.
    #[error("{}", join(.missing))]
    Gated {
        /// Each thing that is missing.
        missing: Vec<Text>,
    },
    /// Try again in a moment.
    #[error("the database is busy")]
    Busy,
    /// Report it: a fault of the program, the machine or the database. Never shown in detail to users.
    #[error("{0}")]
    Internal(String),
}

impl Refusal {
    /// There is no such thing: `what` names the kind in both languages, `value` what was asked for.
    #[must_use]
    pub fn not_found(zh: &str, en: &str, value: &str) -> Self {
        if value.is_empty() {
            return Self::NotFound(Text::new(format!("没有找到这个{zh}"), format!("there is no such {en}")));
        }
        Self::NotFound(Text::new(format!("没有找到{zh}“{value}”"), format!("there is no {en} '{value}'")))
    }

    /// The input of `field` is wrong.
    #[must_use]
    pub fn invalid(field: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::InvalidInput { field, sentence: Text::new(zh, en) }
    }

    /// What is there now does not allow this.
    #[must_use]
    pub fn conflict(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Conflict(Text::new(zh, en))
    }

    /// The role may not do this.
    #[must_use]
    pub fn forbidden(role: Role) -> Self {
        let label = role.label();
        Self::Forbidden(Text::new(
            format!("{}没有这项权限，请找项目经理办理", label.zh),
            format!("the role {} may not do this; ask the manager", label.en),
        ))
    }

    /// The community is none of the person's.
    #[must_use]
    pub fn forbidden_community() -> Self {
        Self::Forbidden(Text::new("您没有这个小区的权限", "this community is not one of yours"))
    }

    /// The sentence for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Forbidden(text) | Self::NotFound(text) | Self::Conflict(text) => text.clone(),
            Self::InvalidInput { sentence, .. } => sentence.clone(),
            Self::Gated { missing } => Text::new(
                missing.iter().map(|text| text.zh.as_str()).collect::<Vec<_>>().join("；"),
                missing.iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join("; "),
            ),
            Self::Busy => Text::new("系统正忙，请稍后再试", "the system is busy, try again in a moment"),
            Self::Internal(_) => Text::new("程序出错，已记入日志", "an internal error; it has been logged"),
        }
    }
}

fn join(missing: &[Text]) -> String {
    missing.iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join("; ")
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy(_) => Self::Busy,
            DbError::Open { .. }
            | DbError::Duplicate { .. }
            | DbError::NotFound(_)
            | DbError::Decode { .. }
            | DbError::Engine(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<SealError> for Refusal {
    fn from(error: SealError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl Retryable for Refusal {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Busy)
    }
}
