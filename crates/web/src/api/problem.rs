//! Problem documents (RFC 9457): what is wrong, where, and what to do, in the caller's language; never internals.

use axum::Json;
use axum::extract::multipart::MultipartError;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hemu_app::Refusal;
use hemu_domain::{Locale, Text};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::status_of;
use crate::visit::wanted_locale;

/// The media type of problem documents.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a call was not done.
#[derive(Debug)]
pub struct Problem {
    locale: Locale,
    fault: Fault,
}

/// What went wrong.
#[derive(Debug)]
pub enum Fault {
    /// The use case refused.
    Refused(Refusal),
    /// No token, or one that ran out.
    SignIn,
    /// A session cookie without the token of its session.
    Token,
    /// Too many tries to sign in.
    TooManyTries,
    /// There is no such address.
    NoSuchAddress,
    /// The address does not take this method.
    Method,
    /// The body is no document of the kind this operation takes: this one.
    MediaType(&'static str),
    /// The body is too large.
    TooLarge,
    /// The body is no JSON, the address cannot be read: why, in English.
    Unreadable(String),
}

/// A problem document as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "Problem")]
pub struct ProblemDocument {
    /// What kind of problem it is, for programs: `urn:hemu:problem:WORD`
    #[serde(rename = "type")]
    #[schema(example = "urn:hemu:problem:invalid-input")]
    kind: String,
    /// What kind of problem it is, for people
    title: String,
    /// The status of the answer
    #[schema(example = 422)]
    status: u16,
    /// What is wrong and what to do
    detail: String,
    /// The field that is wrong
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What has to be done first, one sentence each
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    missing: Vec<String>,
}

impl Problem {
    /// In the language the caller asks for; Chinese where none is asked for.
    #[must_use]
    pub fn of(headers: &HeaderMap, fault: Fault) -> Self {
        Self { locale: wanted_locale(headers), fault }
    }

    /// In a language that is known.
    #[must_use]
    pub fn in_locale(locale: Locale, fault: Fault) -> Self {
        Self { locale, fault }
    }

    fn document(&self) -> ProblemDocument {
        let (status, word, title) = self.fault.kind();
        let say = |text: &Text| text.in_locale(self.locale).to_owned();
        ProblemDocument {
            kind: format!("urn:hemu:problem:{word}"),
            title: say(&title),
            status: status.as_u16(),
            detail: say(&self.fault.detail()),
            field: match &self.fault {
                Fault::Refused(Refusal::InvalidInput { field, .. }) => Some((*field).to_owned()),
                _ => None,
            },
            missing: match &self.fault {
                Fault::Refused(Refusal::Gated { missing }) => missing.iter().map(say).collect(),
                _ => Vec::new(),
            },
        }
    }
}

impl Fault {
    /// Status, word of the type, title.
    fn kind(&self) -> (StatusCode, &'static str, Text) {
        use StatusCode as S;
        let (status, word, zh, en) = match self {
            Self::Refused(refusal) => return kind_of(refusal),
            Self::SignIn => (S::UNAUTHORIZED, "sign-in", "请先登录", "Sign in first"),
            Self::Token => (S::FORBIDDEN, "token", "缺少会话令牌", "The token of the session is missing"),
            Self::TooManyTries => (S::TOO_MANY_REQUESTS, "too-many-tries", "尝试次数太多", "Too many tries"),
            Self::NoSuchAddress => (S::NOT_FOUND, "no-such-address", "没有这个地址", "No such address"),
            Self::Method => (S::METHOD_NOT_ALLOWED, "method", "方法不对", "Wrong method"),
            Self::MediaType(_) => (S::UNSUPPORTED_MEDIA_TYPE, "media-type", "内容类型不对", "Wrong content type"),
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too-large", "内容太大", "Too large"),
            Self::Unreadable(_) => (S::BAD_REQUEST, "unreadable", "无法读取", "Cannot be read"),
        };
        (status, word, Text::new(zh, en))
    }

    fn detail(&self) -> Text {
        match self {
            Self::Refused(refusal) => refusal.text(),
            Self::SignIn => Text::new(
                "没有令牌或令牌已过期：请用 POST /api/v1/session 登录，再带上 Authorization: Bearer 令牌",
                "no token, or it ran out: sign in with POST /api/v1/session and send Authorization: Bearer TOKEN",
            ),
            Self::Token => Text::new(
                "用浏览器会话修改数据时，请在 X-CSRF-Token 里带上该会话的令牌，或改用 Authorization: Bearer",
                "a change by a browser's session needs its token in X-CSRF-Token; or use Authorization: Bearer",
            ),
            Self::TooManyTries => Text::new("尝试次数太多，请一分钟后再试", "too many tries: wait a minute"),
            Self::NoSuchAddress => Text::new(
                "没有这个地址；所有地址见 /api/v1/openapi.json",
                "there is no such address; all of them stand in /api/v1/openapi.json",
            ),
            Self::Method => Text::new(
                "这个地址不接受这种方法；可用的方法见 Allow",
                "this address does not take this method; the header Allow says which it takes",
            ),
            Self::MediaType(kind) => {
                Text::new(format!("请用 Content-Type: {kind} 发送"), format!("send it as Content-Type: {kind}"))
            }
            Self::TooLarge => Text::new(
                "内容太大：JSON 不超过 1 MB，表格不超过 30 MB",
                "at most 1 MB of JSON, 30 MB of a spreadsheet",
            ),
            Self::Unreadable(why) => {
                Text::new(format!("无法读取请求：{why}"), format!("the request cannot be read: {why}"))
            }
        }
    }
}

fn kind_of(refusal: &Refusal) -> (StatusCode, &'static str, Text) {
    let (word, zh, en) = match refusal {
        Refusal::Forbidden(_) => ("forbidden", "没有权限", "Not allowed"),
        Refusal::NotFound(_) => ("not-found", "没有找到", "Not found"),
        Refusal::InvalidInput { .. } => ("invalid-input", "填写有误", "Invalid input"),
        Refusal::Conflict(_) => ("conflict", "与现状不符", "Does not fit what is there"),
        Refusal::Gated { .. } => ("gated", "条件未齐", "Something is missing first"),
        Refusal::Busy => ("busy", "系统正忙", "Busy"),
        Refusal::DiskFull => ("disk-full", "磁盘已满", "The disk is full"),
        Refusal::Internal(_) => ("internal", "程序出错", "Internal error"),
    };
    (status_of(refusal), word, Text::new(zh, en))
}

impl From<MultipartError> for Fault {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::TooLarge;
        }
        Self::Unreadable("multipart/form-data".to_owned())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Fault::Refused(Refusal::Internal(problem)) = &self.fault {
            tracing::error!(problem, "a call failed");
        }
        let document = self.document();
        let status = StatusCode::from_u16(document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.locale.as_str()));
        match self.fault {
            Fault::SignIn => headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Fault::TooManyTries => headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60")),
            Fault::Refused(Refusal::Busy) => headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1")),
            _ => None,
        };
        response
    }
}
