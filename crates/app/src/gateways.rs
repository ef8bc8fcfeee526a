//! Which gateways messages leave by: files until a provider is configured.

use hemu_gateways::Gateway;
use hemu_gateways::file::FileGateway;

use crate::App;

/// The file gateway alone.
#[must_use]
pub fn file_only(app: &App) -> Vec<Box<dyn Gateway>> {
    vec![Box::new(FileGateway::new(app.files()))]
}
