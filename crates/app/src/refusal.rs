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
    /// Free space on the disk of the database, then do it again: nothing of it was kept.
    #[error("the disk of the database is full or cannot be written")]
    DiskFull,
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
            Self::Busy => Text::new(
                "系统正忙：数据库正被另一个程序占用，本次没有改动任何数据，请稍后再试",
                "the system is busy: another program holds the database; nothing was changed, try again in a moment",
            ),
            Self::DiskFull => Text::new(
                "数据库所在的磁盘已满或无法写入，未写完的部分没有保存；请腾出空间后再做一次，已完成的不会重复",
                "the disk of the database is full or cannot be written, and what was not finished was not kept; free space and do it \
                 again, what is done is not done twice",
            ),
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
            DbError::Full(problem) => {
                tracing::error!(%problem, "the database could not be written");
                Self::DiskFull
            }
            DbError::Open { .. }
            | DbError::Foreign(_)
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

/// Why a database cannot be opened, with what to do about it.
pub(crate) fn cannot_open(error: DbError) -> Refusal {
    let en = error.to_string();
    let zh = match &error {
        DbError::Busy(_) | DbError::Full(_) => return error.into(),
        DbError::Open { url, problem } => format!("打不开数据库 {url}：{}", opening_problem(problem)),
        DbError::Foreign(_) => {
            "这个数据库不是本版本的和睦建立的（版本更新，或属于别的程序）；请用建立它的程序打开，或用 --db 指定另一个"
                .to_owned()
        }
        DbError::Duplicate { .. } | DbError::NotFound(_) | DbError::Decode { .. } | DbError::Engine(_) => {
            format!("数据库无法使用：{en}")
        }
    };
    Refusal::invalid("db", zh, en)
}

/// What an engine says when it cannot open, in Chinese where it is one of the usual things.
fn opening_problem(problem: &str) -> String {
    let usual = [
        ("not a database", "这个文件不是数据库，请检查路径，或从备份恢复"),
        ("malformed", "数据库文件已损坏，请从备份恢复"),
        ("unable to open", "文件夹不存在，或没有读写权限，请检查路径"),
        ("readonly", "文件或文件夹是只读的，请改为可写"),
        ("name a file", "请写明数据库文件，如 sqlite:hemu.db"),
        ("an address is", "地址应为 sqlite:文件路径 或 postgres://用户@主机/库名"),
        ("refused", "数据库服务器没有应答，请检查地址和服务是否启动"),
    ];
    usual
        .iter()
        .find(|(words, _)| problem.contains(words))
        .map_or_else(|| problem.to_owned(), |(_, zh)| (*zh).to_owned())
}

/// Why the key file of a database cannot be used, with what to do about it.
pub(crate) fn cannot_unseal(error: SealError) -> Refusal {
    let en = error.to_string();
    let zh = match error {
        SealError::KeyMissing(path) => format!(
            "密钥文件 {} 不在；请放回这个数据库的密钥文件（它与备份一起另存），程序不会另造一个",
            path.display()
        ),
        SealError::WrongKey(path) => {
            format!("密钥文件 {} 属于另一个数据库；请放回这个数据库自己的密钥文件", path.display())
        }
        SealError::KeyFile { path, problem } => format!("密钥文件 {} 无法使用：{problem}", path.display()),
        SealError::Broken => "密封的内容打不开：被改动或移动过".to_owned(),
        SealError::Db(error) => return error.into(),
    };
    Refusal::invalid("key-file", zh, en)
}

impl Retryable for Refusal {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Busy)
    }
}
