//! Paper as a reader sees it: the text of a PDF, and how many pages it has.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// The text, laid out as on the page; a form feed ends each page.
pub fn text(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext, of poppler-utils, is installed");
    child.stdin.take().expect("a pipe").write_all(pdf).expect("writes");
    String::from_utf8(child.wait_with_output().expect("ends").stdout).expect("text")
}

/// How many pages the text of a PDF has.
pub fn pages(text: &str) -> usize {
    text.matches('\u{c}').count()
}

/// Asserts that every part is on the paper, blanks and line ends aside.
pub fn assert_printed(text: &str, parts: &[&str]) {
    let squeezed = squeeze(text);
    for part in parts {
        assert!(squeezed.contains(&squeeze(part)), "{part} is missing in\n{text}");
    }
}

/// Without blanks and line ends, which layout moves.
pub fn squeeze(text: &str) -> String {
    text.chars().filter(|one| !one.is_whitespace()).collect()
}
