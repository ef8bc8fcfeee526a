//! Whether the licence of every dependency is one that `deny.toml` accepts: the check cargo-deny makes, for machines
//! without it. Both read the same list.
//!
//! Licences are SPDX expressions: `OR` leaves the choice, `AND` asks for both, `WITH` belongs to the licence before it;
//! `/` is the old way to write `OR`. `exceptions` of `deny.toml` accept a licence for one crate alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, Package};

/// What `deny.toml` accepts.
struct Accepted {
    everywhere: BTreeSet<String>,
    exceptions: BTreeMap<String, BTreeSet<String>>,
}

/// One sentence for each crate whose licence is not accepted.
pub fn problems() -> Result<Vec<String>> {
    let accepted = Accepted::read(&fs::read_to_string("deny.toml").context("deny.toml")?)?;
    let packages = packages()?;
    let refused = packages.iter().filter(|package| !accepted.allows(&package.name, &expression(package)));
    let sentence = |package: &Package| {
        format!("{} {}: {} is not in deny.toml", package.name, package.version, expression(package))
    };
    Ok(refused.map(sentence).collect())
}

/// All expressions that occur, with the number of crates.
pub fn print() -> Result<()> {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    packages()?.iter().for_each(|package| *numbers.entry(expression(package)).or_default() += 1);
    numbers.iter().for_each(|(expression, number)| println!("{number:>5}  {expression}"));
    Ok(())
}

fn packages() -> Result<Vec<Package>> {
    let mut command = MetadataCommand::new();
    command.other_options(["--locked".to_owned()]);
    Ok(command.exec().context("cargo metadata")?.packages)
}

fn expression(package: &Package) -> String {
    package.license.clone().unwrap_or_else(|| "no licence named".to_owned())
}

impl Accepted {
    fn read(deny: &str) -> Result<Self> {
        let deny: toml::Table = deny.parse().context("deny.toml")?;
        let licences = deny.get("licenses").context("deny.toml has no [licenses]")?;
        let exceptions = licences.get("exceptions").and_then(toml::Value::as_array).map(Vec::as_slice);
        let of_crate = |one: &toml::Value| Some((one.get("crate")?.as_str()?.to_owned(), allowed(one)));
        Ok(Self {
            everywhere: allowed(licences),
            exceptions: exceptions.unwrap_or_default().iter().filter_map(of_crate).collect(),
        })
    }

    fn allows(&self, package: &str, expression: &str) -> bool {
        let exception = self.exceptions.get(package);
        is_accepted(expression, &self.everywhere) || exception.is_some_and(|allow| is_accepted(expression, allow))
    }
}

/// The strings of `allow` in a table.
fn allowed(table: &toml::Value) -> BTreeSet<String> {
    let list = table.get("allow").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|licence| licence.as_str().map(str::to_owned)).collect()
}

fn is_accepted(expression: &str, accepted: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words, accepted };
    parser.any() && parser.words.is_empty()
}

/// Reads `any := all (OR all)*`, `all := one (AND one)*`, `one := ( any ) | licence [WITH exception]`.
struct Parser<'a> {
    words: &'a [&'a str],
    accepted: &'a BTreeSet<String>,
}

impl Parser<'_> {
    fn any(&mut self) -> bool {
        let mut result = self.all();
        while self.take("OR") {
            result |= self.all();
        }
        result
    }

    fn all(&mut self) -> bool {
        let mut result = self.one();
        while self.take("AND") {
            result &= self.one();
        }
        result
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let result = self.any();
            return self.take(")") && result;
        }
        let Some((licence, rest)) = self.words.split_first() else { return false };
        self.words = rest;
        if !self.take("WITH") {
            return self.accepted.contains(*licence);
        }
        let Some((exception, rest)) = self.words.split_first() else { return false };
        self.words = rest;
        // An exception only ever adds permissions, so the licence without it will do.
        self.accepted.contains(*licence) || self.accepted.contains(&format!("{licence} WITH {exception}"))
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.first() == Some(&word);
        if is_next {
            self.words = &self.words[1..];
        }
        is_next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(expression: &str) -> bool {
        accepted().allows("a-crate", expression)
    }

    fn accepted() -> Accepted {
        let deny = "[licenses]\nallow = [\n    \"MIT\",\n    \"Apache-2.0\", # \"GPL-3.0\"\n    \"Unicode-3.0\",\n]\n\
            exceptions = [{ allow = [\"MPL-2.0\"], crate = \"a-tool\" }]\n";
        Accepted::read(deny).expect("a list")
    }

    #[test]
    fn an_exception_is_for_its_crate_alone() {
        assert!(accepted().allows("a-tool", "MPL-2.0"));
        assert!(accepted().allows("a-tool", "MIT"));
        assert!(!accepted().allows("a-crate", "MPL-2.0"));
        assert!(!accepted().allows("a-tool", "GPL-3.0"));
    }

    #[test]
    fn either_side_of_or_will_do_and_both_of_and_must() {
        assert!(accepts("MIT OR GPL-3.0"));
        assert!(accepts("GPL-3.0/MIT"));
        assert!(accepts("(MIT OR GPL-3.0) AND Unicode-3.0"));
        assert!(!accepts("MIT AND GPL-3.0"));
        assert!(!accepts("MIT AND (GPL-3.0 OR AGPL-3.0)"));
    }

    #[test]
    fn exceptions_belong_to_their_licence_and_nonsense_is_refused() {
        assert!(accepts("Apache-2.0 WITH LLVM-exception"));
        assert!(!accepts("no licence named"));
        assert!(!accepts("MIT Apache-2.0"));
    }
}
