//! `salus witness`: serve as one, or accept the new epoch of a clinic that was restored from a backup.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context as _, bail, ensure};
use salus_ledger::{Digest, Manifest, VerifyingKey};

use super::{kept::Kept, server};
use crate::{demo::say, serve};

/// What the command line asks for.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct WitnessArgs {
    #[command(subcommand)]
    command: Option<WitnessCommand>,
    /// Where to listen. Beyond this machine only with a certificate.
    #[arg(long, default_value = "127.0.0.1:8086")]
    bind: SocketAddr,
    /// Where to keep notes.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// A file with public keys, one a line, as `salus audit key` prints them.
    #[arg(long)]
    key: Vec<PathBuf>,
    /// The certificate chain, as PEM.
    #[arg(long, requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The certificate's key, as PEM.
    #[arg(long, requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum WitnessCommand {
    /// Show what was refused and, with --manifest, accept it: a clinic that was restored from a backup begins again.
    AcceptEpoch {
        /// Where notes are kept.
        #[arg(long)]
        dir: PathBuf,
        /// The manifest's hash, as `salus restore` printed it.
        #[arg(long)]
        manifest: Option<String>,
    },
}

/// Runs it.
pub async fn run(args: &WitnessArgs) -> anyhow::Result<()> {
    if let Some(WitnessCommand::AcceptEpoch { dir, manifest }) = &args.command {
        return accept_epoch(&Kept::open(dir)?, manifest.as_deref());
    }
    let kept = Kept::open(args.dir.as_deref().context("--dir says where to keep notes")?)?;
    let keys = keys(&args.key)?;
    let tls = match (&args.tls_certificate, &args.tls_key) {
        (Some(certificate), Some(key)) => Some(serve::tls(certificate, key)?),
        _ if args.bind.ip().is_loopback() => None,
        _ => bail!("without a certificate a witness listens on loopback only"),
    };
    server::serve(server::router(kept, keys), args.bind, tls, server::PATIENCE, |address| {
        tracing::info!(%address, "The witness remembers");
    })
    .await
}

fn keys(files: &[PathBuf]) -> anyhow::Result<Vec<VerifyingKey>> {
    let mut keys = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let key = VerifyingKey::parse(line);
            keys.push(key.with_context(|| format!("{}: no public key: {line}", file.display()))?);
        }
    }
    ensure!(!keys.is_empty(), "--key names a file with the clinic's public key, as `salus audit key` prints it");
    Ok(keys)
}

pub(super) fn accept_epoch(kept: &Kept, wanted: Option<&str>) -> anyhow::Result<()> {
    let mut refused = Vec::new();
    for clinic in kept.clinics()? {
        refused.extend(kept.refused(clinic)?.into_iter().map(|manifest| (clinic, manifest)));
    }
    let Some(wanted) = wanted else {
        if refused.is_empty() {
            say("Nothing was refused.");
        }
        for (clinic, manifest) in &refused {
            describe(kept.newest(*clinic)?.as_ref(), manifest);
        }
        return Ok(());
    };
    let hash = Digest::from_base64(wanted).context("--manifest is a hash in base64, as `salus restore` printed it")?;
    let itself = refused.iter().find(|(_, manifest)| manifest.hash() == hash);
    // A portal signs as soon as it serves: then the first that came here is the one after what was printed.
    let followers: Vec<_> = refused.iter().filter(|(_, manifest)| manifest.previous() == hash).collect();
    let (clinic, manifest) = match (itself, followers.as_slice()) {
        (Some(itself), _) => itself,
        (None, [follower]) => follower,
        (None, []) => bail!(
            "no manifest with this hash was refused here, and none that follows it; without --manifest this command shows \
             what was"
        ),
        (None, _) => bail!(
            "{} manifests that follow it were refused: there are two pasts since the restore, and one is not the clinic's",
            followers.len()
        ),
    };
    kept.accept_epoch(*clinic, manifest.hash())?;
    say(&format!("Manifest {} of clinic {clinic} is the newest from here on.", manifest.number()));
    Ok(())
}

fn describe(newest: Option<&Manifest>, refused: &Manifest) {
    say(&format!("clinic {}: refused manifest {} of {}", refused.clinic(), refused.number(), refused.time()));
    say(&format!(
        "  its hash is {}, and that of the one before {}",
        refused.hash().to_base64(),
        refused.previous().to_base64()
    ));
    let Some(newest) = newest else { return };
    say(&format!("  the newest accepted is manifest {} of {}", newest.number(), newest.time()));
    for known in newest.chains() {
        let now = refused.chains().iter().find(|state| state.chain == known.chain).map_or(0, |state| state.size);
        if now <= known.size {
            say(&format!("  chain {}: {} entries are known, it has {now}", known.chain, known.size));
        }
    }
    say(
        "  If this clinic was restored from a backup, and `salus restore` printed one of these two, accept it with --manifest.",
    );
}
