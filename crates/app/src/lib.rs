//! hemu-app
