//! How the chains stand: a quick look at each chain's end. It is no proof: `salus audit verify` reads everything, checks
//! the signatures, and holds them against anchors that are kept elsewhere.

use jiff::tz::TimeZone;
use salus_db::ledger::{LedgerError, LedgerReader};
use salus_kernel::{ChainId, Instant};
use salus_ledger::{Manifest, SignedNote};

use super::{lines::ending, views::ChainStatus};
use crate::shell::{dates, view::Fact, words};

/// What the last signed manifest says, and which chains no longer fit it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chains {
    /// When it was signed; nothing before the first one.
    pub signed_at: Option<Instant>,
    /// How many entries it covers.
    pub entries: u64,
    /// How many chains.
    pub chains: u64,
    /// The chains that end otherwise, or before where it says.
    pub torn: Vec<ChainId>,
}

/// Reads the last manifest, and of each chain the one entry with which it ended then.
pub async fn look(ledger: &mut LedgerReader) -> Result<Chains, LedgerError> {
    let Some(note) = ledger.last_manifest().await? else { return Ok(Chains::default()) };
    let manifest = SignedNote::parse(&note).ok().and_then(|note| Manifest::parse(note.text()).ok());
    let manifest = manifest.ok_or_else(|| LedgerError::Damaged("the last manifest can't be read".to_owned()))?;
    let mut found = Chains { signed_at: Some(Instant::from_micros(manifest.time().0)), ..Chains::default() };
    for state in manifest.chains() {
        found.entries = found.entries.saturating_add(state.size);
        found.chains = found.chains.saturating_add(1);
        let chain = ChainId::from_uuid(state.chain.uuid());
        let Some(last) = state.size.checked_sub(1) else { continue };
        let rows = ledger.rows(chain, last, 1).await?;
        if !rows.first().is_some_and(|row| row.seq == last && row.head == state.head.as_bytes()) {
            found.torn.push(chain);
        }
    }
    Ok(found)
}

impl Chains {
    /// For the page.
    pub fn status(&self, zone: &TimeZone) -> ChainStatus {
        let Some(signed_at) = self.signed_at else {
            return ChainStatus { sound: true, summary: words::t("audit-chain-unsigned"), facts: Vec::new() };
        };
        let summary = match self.torn.first() {
            None => words::t("audit-chain-fits"),
            Some(chain) => words::t1("audit-chain-torn", "chain", ending(&chain.to_string())),
        };
        let facts = vec![
            Fact::new(words::t("audit-chain-entries"), self.size()),
            Fact::new(
                words::t("audit-chain-checkpoint"),
                format!("{}, {}", dates::date(dates::on(signed_at, zone)), dates::time_with_zone(signed_at, zone)),
            ),
            Fact::new(words::t("audit-chain-full"), words::t("audit-chain-full-how")),
        ];
        ChainStatus { sound: self.torn.is_empty(), summary, facts }
    }

    /// For the staff's home.
    pub fn in_a_line(&self, zone: &TimeZone) -> String {
        match (self.signed_at, self.torn.first()) {
            (None, _) => words::t("audit-chain-unsigned"),
            (Some(_), Some(chain)) => words::t1("audit-chain-torn", "chain", ending(&chain.to_string())),
            (Some(signed_at), None) => {
                let signed =
                    format!("{}, {}", dates::date(dates::on(signed_at, zone)), dates::time_with_zone(signed_at, zone));
                words::t_with("audit-chain-line", [("entries", self.size().into()), ("signed", signed.into())])
            }
        }
    }

    fn size(&self) -> String {
        words::t_with(
            "audit-chain-size",
            [("entries", words::number(self.entries).into()), ("count", self.chains.into())],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_chain_is_said_everywhere() {
        let zone = dates::zone("America/Chicago");
        let at = Instant::from_micros(1_795_372_200_000_000);
        let sound = Chains { signed_at: Some(at), entries: 18_204, chains: 2, torn: Vec::new() };
        assert!(sound.status(&zone).sound);
        let plain = |text: String| text.replace('\u{a0}', " ");
        assert_eq!(
            plain(sound.in_a_line(&zone)),
            "18,204 in 2 chains, last signed November 22, 2026, 12:30 pm Central Time"
        );
        let torn = Chains { torn: vec![ChainId::new(at, [1; 10])], ..sound };
        assert!(!torn.status(&zone).sound);
        assert_eq!(torn.status(&zone).summary, torn.in_a_line(&zone));
        assert!(torn.in_a_line(&zone).contains("…01010101"));
        assert!(Chains::default().status(&zone).facts.is_empty());
    }
}
