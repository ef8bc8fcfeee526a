//! hemu-gateways
