//! hemu-store
