//! Which crate may name which: the directions of `docs/architecture.md`, proven from `cargo metadata`.
//!
//! Two rules. Our crates depend on each other only along the arrows below; tests may use the testkit besides. And what
//! reaches outside (a database driver, a web server, a PDF engine) is a dependency of one crate only, so that replacing it
//! touches one crate. The second rule leaves development dependencies alone: a test may tamper with a database.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cargo_metadata::{Dependency, DependencyKind, MetadataCommand, Package};

/// Who may depend on whom.
const ARROWS: [(&str, &[&str]); 9] = [
    ("hemu", &["hemu-web", "hemu-app", "hemu-store", "hemu-documents", "hemu-gateways", "hemu-domain"]),
    ("hemu-web", &["hemu-app", "hemu-domain"]),
    ("hemu-app", &["hemu-store", "hemu-documents", "hemu-gateways", "hemu-domain"]),
    ("hemu-store", &["hemu-domain"]),
    ("hemu-documents", &["hemu-domain"]),
    ("hemu-gateways", &["hemu-domain"]),
    ("hemu-domain", &[]),
    ("hemu-testkit", &[]),
    ("xtask", &[]),
];

/// For development only: what they name is not part of the product.
const DEVELOPMENT: [&str; 2] = ["hemu-testkit", "xtask"];

/// What only one crate may name; a name that ends in `*` stands for all that begin so.
const OWNERS: [(&str, &[&str]); 5] = [
    ("hemu-store", &["rusqlite", "postgres", "postgres-*", "r2d2*", "tokio-postgres"]),
    ("hemu-documents", &["typst", "typst-*", "calamine", "rust_xlsxwriter", "docx-rs"]),
    ("hemu-gateways", &["ureq", "lettre"]),
    ("hemu-web", &["tokio", "axum", "axum-*", "askama", "utoipa", "tower-http"]),
    ("hemu", &["clap", "anyhow"]),
];

/// One sentence for each dependency that goes against the directions, and for each crate they do not know.
pub fn problems() -> Result<Vec<String>> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let packages = metadata.workspace_packages();
    let mut problems = unknown_crates(&packages);
    for package in packages {
        problems.extend(package.dependencies.iter().filter_map(|dependency| problem(&package.name, dependency)));
    }
    Ok(problems)
}

/// A new crate has to be given its place first.
fn unknown_crates(packages: &[&Package]) -> Vec<String> {
    let found: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    found
        .symmetric_difference(&known)
        .map(|name| format!("crate {name}: not both in the workspace and in the directions"))
        .collect()
}

fn problem(package: &str, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    let is_test_only = dependency.kind == DependencyKind::Development;
    if ARROWS.iter().any(|(ours, _)| *ours == name) {
        let allowed = may_depend(package, name) || (is_test_only && name == "hemu-testkit");
        return (!allowed).then(|| format!("{package} -> {name}: against the directions of docs/architecture.md"));
    }
    let owner = owner(name)?;
    let allowed = owner == package || is_test_only || DEVELOPMENT.contains(&package);
    (!allowed).then(|| format!("{package} -> {name}: only {owner} may name it"))
}

fn may_depend(package: &str, name: &str) -> bool {
    ARROWS.iter().any(|(from, to)| *from == package && to.contains(&name))
}

fn owner(name: &str) -> Option<&'static str> {
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    };
    OWNERS.iter().find(|(_, names)| names.iter().any(|pattern| matches(pattern))).map(|(owner, _)| *owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_never_reach_the_store() {
        assert!(may_depend("hemu-web", "hemu-app"));
        assert!(!may_depend("hemu-web", "hemu-store"));
        assert!(!may_depend("hemu-domain", "hemu-store"));
    }

    #[test]
    fn each_outside_library_has_one_owner() {
        assert_eq!(owner("typst-pdf"), Some("hemu-documents"));
        assert_eq!(owner("tokio"), Some("hemu-web"));
        assert_eq!(owner("chrono"), None);
    }
}
