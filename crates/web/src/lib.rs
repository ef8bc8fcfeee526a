//! hemu-web
