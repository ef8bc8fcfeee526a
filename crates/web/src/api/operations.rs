//! The operations of a noun: its part of the router and its part of the document, put together so that both can be compared.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ContentBuilder, Info, ObjectBuilder, OpenApi, Ref, Required, ResponseBuilder, Server, Type};

use super::problem::PROBLEM_JSON;
use crate::server::Web;

/// The operations of a noun.
pub struct Operations {
    noun: &'static str,
    about: &'static str,
    document: OpenApi,
    router: Router<Web>,
    addresses: Vec<(Method, String)>,
}

impl Operations {
    /// Those that `D` documents, still without their handlers.
    pub fn of<D: utoipa::OpenApi>(noun: &'static str, about: &'static str) -> Self {
        Self { noun, about, document: D::openapi(), router: Router::new(), addresses: Vec::new() }
    }

    fn add(mut self, method: Method, path: &str, handler: MethodRouter<Web>) -> Self {
        self.addresses.push((method, path.to_owned()));
        self.router = self.router.route(path, handler);
        self
    }

    /// Answers `GET path`.
    pub fn get<H: Handler<T, Web>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::GET, path, get(handler))
    }

    /// Answers `POST path`.
    pub fn post<H: Handler<T, Web>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::POST, path, post(handler))
    }

    /// Answers `PUT path`.
    pub fn put<H: Handler<T, Web>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::PUT, path, put(handler))
    }

    /// Answers `PATCH path`.
    pub fn patch<H: Handler<T, Web>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::PATCH, path, patch(handler))
    }

    /// Answers `DELETE path`.
    pub fn delete<H: Handler<T, Web>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::DELETE, path, delete(handler))
    }

    /// Puts a layer around the handlers added so far.
    pub fn limit(mut self, bytes: usize) -> Self {
        self.router = self.router.layer(axum::extract::DefaultBodyLimit::max(bytes));
        self
    }

    /// The addresses the router has.
    pub fn addresses(&self) -> Vec<(Method, String)> {
        self.addresses.clone()
    }

    /// The router of these operations.
    pub fn into_router(self) -> Router<Web> {
        self.router
    }
}

const ABOUT: &str = "Property-fee billing and collection. Amounts are strings in yuan with two decimals, days are YYYY-MM-DD, \
    months YYYY-MM, units `building-entrance-room`. Lists go on after the cursor `next` of the page before. \
    What cannot be done is answered with a problem document (RFC 9457) in the language of Accept-Language, Chinese first.";

/// The document of all nouns.
pub fn document_of(nouns: Vec<Operations>) -> OpenApi {
    let mut info = Info::new("Hemu", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    let mut all = OpenApi::new(info, utoipa::openapi::Paths::new());
    all.servers = Some(vec![Server::new("/api/v1")]);
    let mut tags = Vec::new();
    for noun in nouns {
        tags.push(TagBuilder::new().name(noun.noun).description(Some(noun.about)).build());
        let mut document = noun.document;
        document.paths.paths.iter_mut().for_each(|(path, item)| complete(noun.noun, path, item));
        all.merge(document);
    }
    all.tags = Some(tags);
    let components = all.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("token of POST /session"));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    let cookie = ApiKeyValue::with_description("hemu", "a browser's session; changes also need X-CSRF-Token");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    all
}

/// What is the same for every operation: its noun, the ids in its address, who may call, how it fails.
fn complete(noun: &str, path: &str, item: &mut PathItem) {
    for operation in operations_of(item) {
        operation.tags = Some(vec![noun.to_owned()]);
        operation.operation_id = operation.operation_id.take().map(|id| format!("{noun}_{id}"));
        if !is_open(noun, operation) {
            let none: [&str; 0] = [];
            let ways = ["bearer", "cookie"].map(|way| SecurityRequirement::new(way, none));
            operation.security = Some(ways.to_vec());
        }
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDocument"))).build();
        let response = ResponseBuilder::new().description("A problem").content(PROBLEM_JSON, problem).build();
        operation.responses.responses.insert("default".to_owned(), response.into());
        let parameters = operation.parameters.get_or_insert_default();
        for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let text = ObjectBuilder::new().schema_type(Type::String).build();
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
            parameters.push(parameter.required(Required::True).schema(Some(text)).build().into());
        }
    }
}

/// Signing in is for everybody.
fn is_open(noun: &str, operation: &Operation) -> bool {
    noun == "session" && operation.operation_id.as_deref() == Some("session_open")
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let slots = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
    slots.into_iter().filter_map(Option::as_mut)
}
