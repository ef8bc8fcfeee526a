//! hemu-documents
