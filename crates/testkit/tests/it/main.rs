//! What the test tools promise to the tests that use them.

#![expect(clippy::unwrap_used, reason = "a test stops where its assumption fails")]

mod browser;
mod smtp;
