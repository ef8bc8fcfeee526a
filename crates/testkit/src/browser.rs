//! A headless Chromium to drive: chromedriver on a free port, and the capabilities of a session on one of three screens.
//!
//! The tests of pages connect with a WebDriver client of their own (fantoccini) at [`Chromedriver::url`] and ask for
//! [`Chromedriver::capabilities`]. Screens are emulated rather than window sizes, because a window is never narrower than
//! 500 px and loses part of its height to the browser's own bars.
//!
//! Each session has a profile folder of its own inside the driver's folder; all go when the driver is dropped.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::{parts, unique};

/// The screens every page is judged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 390 x 844: the phone of an owner or of service staff.
    Phone,
    /// 768 x 1024: a tablet.
    Tablet,
    /// 1440 x 900: the desk.
    Desktop,
}

impl Screen {
    /// All three, narrow to wide.
    pub const ALL: [Self; 3] = [Self::Phone, Self::Tablet, Self::Desktop];

    /// Width in CSS pixels.
    #[must_use]
    pub const fn width_px(self) -> u32 {
        match self {
            Self::Phone => 390,
            Self::Tablet => 768,
            Self::Desktop => 1440,
        }
    }

    /// Height in CSS pixels.
    #[must_use]
    pub const fn height_px(self) -> u32 {
        match self {
            Self::Phone => 844,
            Self::Tablet => 1024,
            Self::Desktop => 900,
        }
    }

    const fn is_touched(self) -> bool {
        match self {
            Self::Phone => true,
            Self::Tablet | Self::Desktop => false,
        }
    }
}

/// Fresh, silent and without calls home; `--no-sandbox` because tests may run as root.
const FLAGS: [&str; 14] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-extensions",
    "--force-color-profile=srgb",
    "--lang=zh-CN",
];

/// Closing a browser takes well under a second; a hung one is not waited for.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);

/// A running chromedriver, ended when dropped, and its browsers with it.
pub struct Chromedriver {
    process: Child,
    port: u16,
    chromium: PathBuf,
    folder: TempDir,
}

impl Chromedriver {
    /// Starts it; none, with a printed note, where Chromium or its driver is missing.
    ///
    /// # Panics
    /// When chromedriver is there and does not start, or under `CI=true` when it is missing.
    #[must_use]
    pub fn start() -> Option<Self> {
        let chromium = find_program("HEMU_CHROMIUM_PATH", &["chromium", "chromium-browser", "google-chrome"]);
        let driver = find_program("HEMU_CHROMEDRIVER_PATH", &["chromedriver", "chromium.chromedriver"]);
        let (Some(chromium), Some(driver)) = (chromium, driver) else {
            parts::skip("browser tests", "install chromium and chromedriver (Debian: chromium chromium-driver)");
            return None;
        };
        Some(Self::launch(&driver, chromium))
    }

    fn launch(driver: &Path, chromium: PathBuf) -> Self {
        let folder = tempfile::Builder::new().prefix("hemu-browser-").tempdir().expect("temporary folder is writable");
        let mut command = Command::new(driver);
        command.arg("--port=0").env("HOME", folder.path()).env("TMPDIR", folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("chromedriver can be started");
        let port = announced_port(&mut process);
        Self { process, port, chromium, folder }
    }

    /// Where a WebDriver client connects.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The WebDriver capabilities of a new session, as a JSON object.
    #[must_use]
    pub fn capabilities(&self, screen: Screen) -> String {
        let profile = self.folder.path().join(format!("profile-{}", unique::suffix()));
        let arguments = FLAGS.iter().map(ToString::to_string);
        let own = [
            format!("--user-data-dir={}", profile.display()),
            format!("--window-size={},{}", screen.width_px(), screen.height_px()),
        ];
        let arguments: Vec<String> = arguments.chain(own).map(|argument| json_text(&argument)).collect();
        format!(
            r#"{{"browserName":"chrome","goog:chromeOptions":{{"binary":{},"args":[{}],"mobileEmulation":{{"deviceMetrics":{{"width":{},"height":{},"pixelRatio":1.0,"touch":{touch},"mobile":{touch}}}}}}}}}"#,
            json_text(&self.chromium.to_string_lossy()),
            arguments.join(","),
            screen.width_px(),
            screen.height_px(),
            touch = screen.is_touched(),
        )
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // A driver that is merely killed leaves its browsers behind; asked to shut down, it closes every session first.
        if let Err(error) = self.shut_down() {
            eprintln!("chromedriver is ended the hard way: {error}");
        }
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Chromedriver {
    /// Returns when the browsers are closed: the driver answers after that, or hangs up as it ends.
    fn shut_down(&self) -> io::Result<()> {
        let host = format!("127.0.0.1:{}", self.port);
        let mut stream = TcpStream::connect(&host)?;
        stream.set_read_timeout(Some(SHUTDOWN_PATIENCE))?;
        stream.write_all(format!("GET /shutdown HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())?;
        stream.read_to_end(&mut Vec::new()).map(|_| ())
    }
}

/// chromedriver picks the port itself and says so: no gap in which another process could take it.
fn announced_port(process: &mut Child) -> u16 {
    let output = process.stdout.take().expect("standard output is piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port = lines.by_ref().find_map(|line| parse_port(&line)).expect("chromedriver says its port");
    // Somebody has to go on reading, or the driver stops at a full pipe.
    thread::spawn(move || lines.for_each(drop));
    port
}

/// From `ChromeDriver was started successfully on port 41234.`
fn parse_port(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}

/// The program an environment variable names, or the first of these names on the path.
fn find_program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(PathBuf::from(path));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// A JSON string; control characters do not occur in the paths and flags written here.
fn json_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_line_that_says_it() {
        assert_eq!(parse_port("ChromeDriver was started successfully on port 41234."), Some(41234));
        assert_eq!(parse_port("Starting ChromeDriver 150 on port 0"), None);
    }

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(json_text(r#"a"b\c"#), r#""a\"b\\c""#);
    }
}
