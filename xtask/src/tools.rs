//! What the tests need besides Rust: PostgreSQL, Chromium with its driver, a Chinese font, a reader of PDF text.
//!
//! On Debian as root whatever is missing is installed; elsewhere it is named, with the parts that are then left out.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{postgres, run};

/// A thing the tests need, and what goes without it.
struct Need {
    part: &'static str,
    packages: &'static [&'static str],
    is_here: fn() -> bool,
}

const POSTGRES: Need = Need {
    part: "tests on PostgreSQL",
    packages: &["postgresql"],
    is_here: || postgres::programs().is_some() || std::env::var_os("TEST_DATABASE_URL").is_some(),
};
const BROWSER: Need = Need {
    part: "browser tests",
    packages: &["chromium", "chromium-driver"],
    is_here: || is_on_path("chromium") && is_on_path("chromedriver"),
};
const FONT: Need =
    Need { part: "Chinese text in browser tests", packages: &["fonts-noto-cjk"], is_here: has_chinese_font };
const PDF_TEXT: Need =
    Need { part: "tests that read PDF text", packages: &["poppler-utils"], is_here: || is_on_path("pdftotext") };
const NEEDS: [Need; 4] = [POSTGRES, BROWSER, FONT, PDF_TEXT];

/// What is there after the attempt to install.
#[derive(Default)]
pub struct Tools {
    missing: Vec<&'static Need>,
}

impl Tools {
    /// Whether a PostgreSQL server can be started (or one is given).
    pub fn has_postgres(&self) -> bool {
        !self.lacks(&POSTGRES)
    }

    /// Whether pages can be looked at.
    pub fn has_browser(&self) -> bool {
        !self.lacks(&BROWSER)
    }

    /// One sentence for each part that is left out.
    pub fn missing(&self) -> Vec<String> {
        let sentence = |need: &&Need| format!("{}: needs {} (Debian packages)", need.part, need.packages.join(", "));
        self.missing.iter().map(sentence).collect()
    }

    fn lacks(&self, need: &Need) -> bool {
        self.missing.iter().any(|missing| missing.part == need.part)
    }
}

/// Looks, installs where it may, looks again.
pub fn prepare() -> Tools {
    let missing = look();
    if missing.is_empty() || !is_debian_as_root() {
        return report(missing);
    }
    install(&missing);
    report(look())
}

fn look() -> Vec<&'static Need> {
    static ALL: [Need; 4] = NEEDS;
    ALL.iter().filter(|need| !(need.is_here)()).collect()
}

fn report(missing: Vec<&'static Need>) -> Tools {
    let tools = Tools { missing };
    tools.missing().iter().for_each(|sentence| println!("missing: {sentence}"));
    if tools.missing.is_empty() {
        println!("PostgreSQL, Chromium, a Chinese font and poppler are here");
    }
    tools
}

fn install(missing: &[&Need]) {
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    println!("installing {}", packages.join(" "));
    let installed = apt_get(["update"]) && apt_get(["install", "--no-install-recommends"].into_iter().chain(packages));
    if !installed {
        println!("apt-get could not install them");
    }
}

fn apt_get<'a>(words: impl IntoIterator<Item = &'a str>) -> bool {
    let mut command = Command::new("apt-get");
    command.args(["-y", "-q", "-o", "DPkg::Lock::Timeout=300"]).args(words);
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn is_debian_as_root() -> bool {
    Path::new("/etc/debian_version").exists() && is_on_path("apt-get") && is_root()
}

/// Whether this process may change users and install packages (Linux only; elsewhere the answer is no).
pub fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    ids.and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
}

/// Whether a program of that name is on the path.
pub fn is_on_path(name: impl AsRef<OsStr>) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name.as_ref()).is_file())
}

fn has_chinese_font() -> bool {
    let installed = Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists();
    installed
        || fonts_for_chinese()
        || !run::answers(Command::new("fc-list").arg("--version")) && cfg!(target_os = "macos")
}

fn fonts_for_chinese() -> bool {
    Command::new("fc-list")
        .arg(":lang=zh-cn")
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| !output.stdout.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_names_the_part_and_the_packages() {
        static LACKING: Need = BROWSER;
        let tools = Tools { missing: vec![&LACKING] };
        assert!(!tools.has_browser() && tools.has_postgres());
        assert_eq!(tools.missing(), ["browser tests: needs chromium, chromium-driver (Debian packages)"]);
    }
}
