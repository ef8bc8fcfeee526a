//! The configuration file of an office (TOML): where to listen, which database, how messages leave, when jobs run.
//!
//! Every setting may be left out; the command line and the environment go before the file. A setting nobody knows is refused with
//! its line and what there is. A secret stands in a file or variable of its own, or here; nothing prints or logs it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use chrono::NaiveTime;
use hemu_app::Refusal;
use hemu_app::gateways::{CHANNELS, Security, SmtpConfig, SmtpGateway, Ways};
use serde::Deserialize;

/// What the file says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the pages are.
    pub server: Server,
    /// Where the data is.
    pub database: Place,
    /// Which channel leaves by which gateway.
    pub channels: Channels,
    /// The mail server.
    pub smtp: Option<Smtp>,
    /// The worker that sends.
    pub dispatch: Dispatch,
    /// The worker that decides.
    pub collection: Collection,
    /// What is logged.
    pub log: Log,
}

/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address to listen on; `0.0.0.0` lets other machines in.
    pub listen: IpAddr,
    /// Port to listen on.
    pub port: u16,
    /// People reach it by HTTPS through a proxy.
    pub https: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: IpAddr::from([127, 0, 0, 1]), port: 8080, https: false }
    }
}

/// `[database]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    /// `sqlite:PATH` or `postgres://USER@HOST/NAME`.
    pub url: Option<String>,
    /// Key file of the sealed fields.
    pub key_file: Option<PathBuf>,
    /// The folder of the file gateway.
    pub outbox: Option<PathBuf>,
}

/// `[channels]`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Channels {
    /// SMS.
    pub sms: FileOrNone,
    /// WeChat.
    pub wechat: FileOrNone,
    /// E-mail; by the mail server where one is named, else by files.
    pub email: Option<MailWay>,
}

impl Default for Channels {
    fn default() -> Self {
        Self { sms: FileOrNone::File, wechat: FileOrNone::File, email: None }
    }
}

/// How SMS and WeChat messages leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileOrNone {
    /// A file in the outbox.
    File,
    /// Not at all.
    None,
}

/// How e-mail leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailWay {
    /// By the mail server.
    Smtp,
    /// A file in the outbox.
    File,
    /// Not at all.
    None,
}

/// `[smtp]`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    host: String,
    port: u16,
    tls: Security,
    user: Option<String>,
    password: Option<String>,
    password_file: Option<PathBuf>,
    password_env: Option<String>,
    from_address: String,
    from_name: Option<String>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// `[dispatch]`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dispatch {
    /// Seconds between two looks at the outbox.
    pub every_seconds: u64,
}

impl Default for Dispatch {
    fn default() -> Self {
        Self { every_seconds: 60 }
    }
}

/// `[collection]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Collection {
    /// Time of day in China (`02:00`) from which collection runs for every community, once a day; never where left out.
    nightly_at: Option<String>,
}

/// `[log]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `error`, `warn`, `info` or `debug`.
    pub level: Option<String>,
}

/// A setting that cannot be.
fn wrong(key: &str, zh: &str, en: &str) -> Refusal {
    Refusal::invalid("config", format!("配置文件的 {key}：{zh}"), format!("the configuration's {key}: {en}"))
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] naming file, line and setting.
    pub fn read(file: &Path) -> Result<Self, Refusal> {
        let shown = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| {
            let zh = format!("读不了配置文件 {shown}：{error}");
            Refusal::invalid("config", zh, format!("cannot read the configuration file {shown}: {error}"))
        })?;
        let config: Self = toml::from_str(&text).map_err(|error| refuse(file, &text, &error))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), Refusal> {
        self.nightly_at()?;
        if !(1..=3600).contains(&self.dispatch.every_seconds) {
            return Err(wrong("dispatch.every_seconds", "应为 1 到 3600 秒", "give 1 to 3600 seconds"));
        }
        if self.log.level.as_deref().is_some_and(|level| !LEVELS.contains(&level)) {
            return Err(wrong("log.level", "可用 error、warn、info、debug", "there are error, warn, info, debug"));
        }
        if self.channels.email == Some(MailWay::Smtp) && self.smtp.is_none() {
            let zh = "用 smtp 发邮件需要 [smtp] 一节";
            return Err(wrong("channels.email", zh, "sending by smtp needs the section [smtp]"));
        }
        self.smtp.as_ref().map_or(Ok(()), Smtp::check)
    }

    /// The time of day of the nightly run.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when it is no time of day.
    pub fn nightly_at(&self) -> Result<Option<NaiveTime>, Refusal> {
        let read = |text: &String| {
            NaiveTime::parse_from_str(text, "%H:%M")
                .map_err(|_| wrong("collection.nightly_at", "请写成 02:00", "write it as 02:00"))
        };
        self.collection.nightly_at.as_ref().map(read).transpose()
    }

    /// How messages leave. Reads the password from where it stands.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when the mail server cannot be configured so.
    pub fn ways(&self) -> Result<Ways, Refusal> {
        let usual = if self.smtp.is_some() { MailWay::Smtp } else { MailWay::File };
        let mail = self.channels.email.unwrap_or(usual);
        let is_file = |channel: &str| match channel {
            "sms" => self.channels.sms == FileOrNone::File,
            "wechat" => self.channels.wechat == FileOrNone::File,
            _ => mail == MailWay::File,
        };
        let by_file = CHANNELS.into_iter().filter(|channel| is_file(channel)).collect();
        let gateway = self.smtp.as_ref().filter(|_| mail == MailWay::Smtp).map(Smtp::gateway).transpose()?;
        Ok(Ways::new(by_file, gateway))
    }

    /// Which way each channel leaves, for people.
    pub fn describe_channels(&self) -> String {
        let name = |way: FileOrNone| if way == FileOrNone::File { "file" } else { "none" };
        let mail = match (self.channels.email, &self.smtp) {
            (Some(MailWay::Smtp) | None, Some(smtp)) => format!("smtp {}:{}", smtp.host, smtp.port),
            (Some(MailWay::None), _) => "none".to_owned(),
            (Some(MailWay::File | MailWay::Smtp) | None, _) => "file".to_owned(),
        };
        format!("sms: {}, wechat: {}, email: {mail}", name(self.channels.sms), name(self.channels.wechat))
    }
}

const LEVELS: [&str; 4] = ["error", "warn", "info", "debug"];

impl Smtp {
    fn check(&self) -> Result<(), Refusal> {
        let given = [self.password.is_some(), self.password_file.is_some(), self.password_env.is_some()];
        if given.into_iter().filter(|one| *one).count() > 1 {
            let zh = "password、password_file、password_env 只能用一个";
            return Err(wrong("smtp.password", zh, "give one of password, password_file, password_env"));
        }
        let is_bare = !self.from_address.contains(['<', '>', ' ']);
        if !is_bare || self.from_name.as_ref().is_some_and(|name| name.contains(['<', '>', '"', '\\', '\n'])) {
            let zh = "地址写 service@example.com，名称写在 from_name";
            return Err(wrong("smtp.from_address", zh, "write service@example.com, and the name as from_name"));
        }
        Ok(())
    }

    fn read_password(&self) -> Result<Option<String>, Refusal> {
        if let Some(file) = &self.password_file {
            let shown = file.display();
            let text = std::fs::read_to_string(file).map_err(|error| {
                wrong(
                    "smtp.password_file",
                    &format!("读不了 {shown}：{error}"),
                    &format!("cannot read {shown}: {error}"),
                )
            })?;
            return Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()));
        }
        if let Some(name) = &self.password_env {
            let missing = |_| {
                let en = format!("the environment variable {name} is not set");
                wrong("smtp.password_env", &format!("环境变量 {name} 没有设置"), &en)
            };
            return std::env::var(name).map(Some).map_err(missing);
        }
        Ok(self.password.clone())
    }

    fn gateway(&self) -> Result<SmtpGateway, Refusal> {
        let name = self.from_name.as_deref().unwrap_or_default();
        let from =
            if name.is_empty() { self.from_address.clone() } else { format!("\"{name}\" <{}>", self.from_address) };
        let config = SmtpConfig {
            host: self.host.clone(),
            port: self.port,
            security: self.tls,
            username: self.user.clone(),
            password: self.read_password()?,
            from,
        };
        SmtpGateway::try_new(config).map_err(|error| {
            let key = match error.field {
                "from" => "smtp.from_address",
                _ => "smtp.user",
            };
            wrong(key, &error.problem, &error.problem)
        })
    }
}

/// What is wrong, in which line; never what stands there, which may be a secret.
fn refuse(file: &Path, text: &str, error: &toml::de::Error) -> Refusal {
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let key = key_of(text.lines().nth(line - 1).unwrap_or_default());
    let said = error.message();
    let quoted: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let shown = file.display();
    let place = (format!("{shown} 第 {line} 行"), format!("{shown}, line {line}"));
    let (zh, en) = match quoted.split_first() {
        Some((unknown, known)) if said.starts_with("unknown field") => {
            let known = known.join(", ");
            (
                format!("不认识的设置 {unknown}；可用：{known}"),
                format!("there is no setting {unknown}; there are: {known}"),
            )
        }
        Some((unknown, known)) if said.starts_with("unknown variant") => {
            let (_, known) = (unknown, known.join(", "));
            (format!("{key} 可用：{known}"), format!("{key} is one of: {known}"))
        }
        Some((missing, _)) if said.starts_with("missing field") => {
            (format!("缺少设置 {missing}"), format!("the setting {missing} is missing"))
        }
        _ if said.starts_with("invalid") && said.contains("expected") => {
            let expected = said.rsplit_once("expected ").map_or("", |(_, kind)| kind);
            (format!("{key} 的写法不对，应为 {expected}"), format!("{key} is written wrong; it is {expected}"))
        }
        _ => (format!("读不懂 {key}，请按 TOML 的写法检查"), format!("cannot read {key}; check it, the file is TOML")),
    };
    Refusal::invalid("config", format!("{}：{zh}", place.0), format!("{}: {en}", place.1))
}

/// The name before `=` in a line, or the section; any other line may be a part of a secret.
fn key_of(line: &str) -> String {
    if !line.contains('=') && !line.trim_start().starts_with('[') {
        return String::new();
    }
    line.split(['=', '#']).next().unwrap_or_default().trim().chars().take(40).collect()
}

#[cfg(test)]
mod tests;
