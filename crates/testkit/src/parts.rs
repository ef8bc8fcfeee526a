//! Parts of the tests that a bare machine cannot run: skipped aloud, or failed where everything has to run.

/// Says on standard error what is left out and how to get it.
///
/// # Panics
/// Under `CI=true`: there a skipped part is a failure.
pub fn skip(part: &str, remedy: &str) {
    assert!(!is_ci(), "{part} cannot run here, and CI=true asks for everything: {remedy}");
    eprintln!("SKIPPED: {part}: {remedy}");
}

/// Whether everything has to run.
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}
