//! What a form brings: each field read by what it means, refused with a clear sentence.

use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use chrono::NaiveDate;
use hemu_app::Refusal;
use hemu_domain::{Area, Fen, Locale, Period, UnitLabel, UnitPrice};

use crate::reply::{Failure, PageError};
use crate::server::Web;
use crate::visit::{Place, Visit, wanted_locale};

/// The fields of a form or of an address, in their order.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

/// A form that was sent from a page of this session: its token was checked.
pub struct Posted<V> {
    /// Who, and where.
    pub visit: V,
    /// What.
    pub fields: Fields,
}

/// Whoever has a session, and so a token that forms must bring.
pub trait HasToken {
    /// The token.
    fn token(&self) -> &str;
    /// The language.
    fn locale(&self) -> Locale;
}

impl HasToken for Visit {
    fn token(&self) -> &str {
        &self.signed_in.csrf_token
    }
    fn locale(&self) -> Locale {
        self.signed_in.locale
    }
}

impl HasToken for Place {
    fn token(&self) -> &str {
        self.visit.token()
    }
    fn locale(&self) -> Locale {
        self.visit.locale()
    }
}

impl<V: FromRequestParts<Web, Rejection = PageError> + HasToken + Send> FromRequest<Web> for Posted<V> {
    type Rejection = PageError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let visit = V::from_request_parts(&mut parts, web).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), web).await?;
        if fields.text("csrf") != visit.token() {
            return Err(PageError { locale: visit.locale(), failure: Failure::Token });
        }
        Ok(Self { visit, fields })
    }
}

impl FromRequest<Web> for Fields {
    type Rejection = PageError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, PageError> {
        let locale = wanted_locale(request.headers());
        match Form::<Vec<(String, String)>>::from_request(request, web).await {
            Ok(Form(pairs)) => Ok(Self(pairs)),
            Err(_) => {
                let refusal =
                    Refusal::invalid("form", "表单无法读取，请返回重试", "the form cannot be read, try again");
                Err(PageError { locale, failure: Failure::Refused(refusal) })
            }
        }
    }
}

impl Fields {
    /// From pairs, for forms with files.
    #[must_use]
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The field as it came, blanks at its ends aside; empty when it did not come.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field that may come more than once.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(one, _)| one == name).map(|(_, value)| value.trim())
    }

    /// Whether a box is ticked.
    #[must_use]
    pub fn is_ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// All of them, in their order.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// A field read by `parse`; `None` when it is empty.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] naming the field by `zh` and quoting what was typed.
    pub fn optional<T, E>(
        &self,
        (name, zh): (&'static str, &str),
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Refusal> {
        let typed = self.text(name);
        if typed.is_empty() {
            return Ok(None);
        }
        parse(typed).map(Some).map_err(|_| {
            let zh = format!("{zh}“{typed}”无法识别，请检查");
            Refusal::invalid(name, zh, format!("{name}: '{typed}' cannot be read, check it"))
        })
    }

    /// Like [`Self::optional`], for a field that must be there.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] naming the field.
    pub fn required<T, E>(
        &self,
        (name, zh): (&'static str, &str),
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Refusal> {
        let missing = || Refusal::invalid(name, format!("请填写{zh}"), format!("{name} is missing"));
        self.optional((name, zh), parse)?.ok_or_else(missing)
    }

    /// An amount in yuan.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] with what is wrong with the amount.
    pub fn amount(&self, name: &'static str) -> Result<Fen, Refusal> {
        let typed = self.text(name).replace([',', '，'], "");
        if typed.is_empty() {
            return Err(Refusal::invalid(name, "请填写金额", "the amount is missing"));
        }
        Fen::parse(&typed).map_err(|error| {
            let zh = format!("金额“{typed}”无法识别：应为最多两位小数、不超过 10 亿元的数字");
            Refusal::invalid(name, zh, format!("'{typed}': {error}"))
        })
    }

    /// A day, `2026-11-24`.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when it is missing, no day, or before 1990.
    pub fn day(&self, name: &'static str, zh: &str) -> Result<NaiveDate, Refusal> {
        let day = self.required((name, zh), str::parse::<NaiveDate>)?;
        in_time(name, zh, day)
    }

    /// A day that may be empty.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when it is no day, or before 1990.
    pub fn day_or_none(&self, name: &'static str, zh: &str) -> Result<Option<NaiveDate>, Refusal> {
        self.optional((name, zh), str::parse::<NaiveDate>)?.map(|day| in_time(name, zh, day)).transpose()
    }

    /// A month, `2026-11`.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when it is missing or no month.
    pub fn period(&self, name: &'static str) -> Result<Period, Refusal> {
        self.required((name, "账期"), Period::parse)
    }

    /// A unit, `3-2-1502`.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when it is missing or no label.
    pub fn unit(&self, name: &'static str) -> Result<UnitLabel, Refusal> {
        self.required((name, "房号"), UnitLabel::parse)
    }

    /// An area in m² that may be empty.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when it is no area.
    pub fn area_or_none(&self, name: &'static str) -> Result<Option<Area>, Refusal> {
        self.optional((name, "面积"), Area::parse)
    }

    /// A price in yuan.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when it is missing or no price.
    pub fn price(&self, name: &'static str) -> Result<UnitPrice, Refusal> {
        self.required((name, "单价"), UnitPrice::parse)
    }
}

fn in_time(name: &'static str, zh: &str, day: NaiveDate) -> Result<NaiveDate, Refusal> {
    if day >= NaiveDate::from_ymd_opt(1990, 1, 1).unwrap_or_default() {
        return Ok(day);
    }
    let zh = format!("{zh} {day} 早于 1990 年，请检查");
    Err(Refusal::invalid(name, zh, format!("{name}: {day} is before 1990, check it")))
}
