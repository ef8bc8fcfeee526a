//! Answers: a page, a file, a redirect, or a page that says what went wrong and what to do next.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use hemu_app::Refusal;
use hemu_domain::{Locale, Text};

use crate::ui::asset;

/// What a page handler gives.
pub type Reply = Result<Response, PageError>;

/// Why there is no page.
#[derive(Debug)]
pub struct PageError {
    /// The visitor's language.
    pub locale: Locale,
    /// What went wrong.
    pub failure: Failure,
}

/// What went wrong.
#[derive(Debug)]
pub enum Failure {
    /// Nobody is signed in.
    SignIn,
    /// The form came without the token of its session: it was open for too long, or comes from elsewhere.
    Token,
    /// The use case refused.
    Refused(Refusal),
}

/// The page that says what went wrong.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    locale: Locale,
    status: u16,
    sentences: Vec<String>,
}

impl ErrorPage {
    fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.locale == Locale::Zh { zh } else { en }
    }

    fn asset(&self, path: &str) -> String {
        asset(path)
    }
}

/// Renders a page.
///
/// # Errors
/// [`Failure::Refused`] when the template fails, which only a fault of the program can cause.
pub fn page(template: &impl Template, locale: Locale) -> Reply {
    match template.render() {
        Ok(html) => Ok(([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()),
        Err(error) => Err(PageError { locale, failure: Failure::Refused(Refusal::Internal(error.to_string())) }),
    }
}

/// Sends the browser to another page after a form was taken.
#[must_use]
pub fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// Sends a file; `inline` shows it in the browser.
#[must_use]
pub fn file(bytes: Vec<u8>, kind: &'static str, name: &str, inline: bool) -> Response {
    let how = if inline { "inline" } else { "attachment" };
    // Browsers read the UTF-8 form; the plain one is for those that do not.
    let encoded: String = name.bytes().map(percent).collect();
    let value = format!("{how}; filename=\"hemu\"; filename*=UTF-8''{encoded}");
    let disposition = HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, bytes).into_response()
}

fn percent(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of a table as text.
pub const CSV: &str = "text/csv; charset=utf-8";
/// The media type of a calendar (RFC 5545).
pub const CALENDAR: &str = "text/calendar; charset=utf-8";
/// The media type of a PDF.
pub const PDF: &str = "application/pdf";

/// The status of a refusal.
#[must_use]
pub fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Forbidden(_) => StatusCode::FORBIDDEN,
        Refusal::NotFound(_) => StatusCode::NOT_FOUND,
        Refusal::InvalidInput { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Conflict(_) | Refusal::Gated { .. } => StatusCode::CONFLICT,
        Refusal::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        Refusal::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, sentences) = match &self.failure {
            Failure::SignIn => return go("/login"),
            Failure::Token => {
                let text = Text::new(
                    "页面已过期，请返回、刷新后再提交一次",
                    "this page is out of date: go back, reload it and send the form again",
                );
                (StatusCode::FORBIDDEN, vec![text])
            }
            Failure::Refused(Refusal::Gated { missing }) => (StatusCode::CONFLICT, missing.clone()),
            Failure::Refused(refusal) => {
                if let Refusal::Internal(problem) = refusal {
                    tracing::error!(problem, "a request failed");
                }
                (status_of(refusal), vec![refusal.text()])
            }
        };
        let sentences = sentences.iter().map(|text| text.in_locale(self.locale).to_owned()).collect();
        let page = ErrorPage { locale: self.locale, status: status.as_u16(), sentences };
        let html = page.render().unwrap_or_else(|_| status.to_string());
        (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
    }
}
