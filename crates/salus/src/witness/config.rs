//! `[witness]`: where the ledger's manifests go.

use std::path::PathBuf;

use serde::Deserialize;

/// `[witness]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WitnessSettings {
    /// Where the witness is: `https://…`, or `http://` on this machine; empty for none.
    pub url: String,
    /// The certificate, as PEM, that the witness's own is signed with, when no public authority has signed it.
    pub certificate: Option<PathBuf>,
}
