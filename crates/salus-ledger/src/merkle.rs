//! The Merkle tree over a chain's leaves (RFC 6962): appended to in logarithmic time, proven in logarithmic space.

use crate::{
    hash::{Digest, node_hash, sha256},
    words::len64,
};

/// The right edge of a tree: all that is needed to append to it and to know its root.
///
/// It holds one root per complete subtree, the largest first: one for each binary one in the tree's size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

impl Frontier {
    /// The frontier of the empty tree.
    pub const fn new() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn append(&mut self, leaf: Digest) {
        let mut node = leaf;
        // A carry as in binary addition: each trailing one of the old size is a complete subtree of the same height.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size = self.size.saturating_add(1);
    }

    /// The root: RFC 6962's Merkle tree hash.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return sha256(&[]) };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }

    /// The frontier as bytes: the size (8, big-endian), then the subtree roots (32 each), the largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        self.peaks.iter().for_each(|peak| bytes.extend_from_slice(peak.as_bytes()));
        bytes
    }

    /// Reads a frontier back; the number of roots must fit the size. Whether they are right only a signed root tells.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, peaks) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        let (peaks, rest) = peaks.as_chunks::<32>();
        let fits = rest.is_empty() && len64(peaks.len()) == u64::from(size.count_ones());
        fits.then(|| Self { size, peaks: peaks.iter().copied().map(Digest::new).collect() })
    }
}

/// A proof does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not lead to the root")]
pub struct ProofError;

/// The root over these leaves.
pub fn root_of(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// The hashes that lead from leaf `index` to the root (RFC 6962, section 2.1.1); `None` when there is no such leaf.
pub fn inclusion_proof(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = match index.checked_sub(left.len()) {
        None => (inclusion_proof(left, index)?, root_of(right)),
        Some(index) => (inclusion_proof(right, index)?, root_of(left)),
    };
    path.push(sibling);
    Some(path)
}

/// The hashes that show that the tree of the first `old` leaves became this one by appending (RFC 6962, section 2.1.2).
pub fn consistency_proof(leaves: &[Digest], old: usize) -> Option<Vec<Digest>> {
    if old > leaves.len() {
        return None;
    }
    Some(if old == 0 || old == leaves.len() { Vec::new() } else { subproof(leaves, old, true) })
}

/// RFC 6962's SUBPROOF(m, D\[n\], b), for 0 < m <= n.
fn subproof(leaves: &[Digest], old: usize, whole: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![root_of(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = match old.checked_sub(left.len()) {
        None | Some(0) => (subproof(left, old, whole), root_of(right)),
        Some(old) => (subproof(right, old, false), root_of(left)),
    };
    path.push(sibling);
    path
}

/// The largest power of two below `n`, for n > 1.
fn split(n: usize) -> usize {
    n.div_ceil(2).next_power_of_two()
}

/// Checks that `leaf` stands at `index` in the tree of `size` leaves with this root (RFC 9162, section 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    let (mut at, mut last) = (index, size.checked_sub(1).ok_or(ProofError)?);
    if at > last {
        return Err(ProofError);
    }
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last == 0 && hash == *root { Ok(()) } else { Err(ProofError) }
}

/// Checks that the tree `(new_size, new_root)` is `(old_size, old_root)` with leaves appended (RFC 9162, section 2.1.4.2).
pub fn verify_consistency(
    old_size: u64,
    old_root: &Digest,
    new_size: u64,
    new_root: &Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    let sound = |yes: bool| if yes { Ok(()) } else { Err(ProofError) };
    if old_size > new_size {
        return Err(ProofError);
    }
    if old_size == new_size {
        return sound(proof.is_empty() && old_root == new_root);
    }
    if old_size == 0 {
        return sound(proof.is_empty() && *old_root == sha256(&[]));
    }
    // A whole subtree is its own first proof hash, so the prover leaves it out.
    let mut path = proof.iter().copied();
    let first = if old_size.is_power_of_two() { *old_root } else { path.next().ok_or(ProofError)? };
    let shift = old_size.saturating_sub(1).trailing_ones();
    let mut at = old_size.saturating_sub(1).checked_shr(shift).unwrap_or(0);
    let mut last = new_size.saturating_sub(1).checked_shr(shift).unwrap_or(0);
    let (mut old, mut new) = (first, first);
    for sibling in path {
        if last == 0 {
            return Err(ProofError);
        }
        if at & 1 == 1 || at == last {
            old = node_hash(&sibling, &old);
            new = node_hash(&sibling, &new);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            new = node_hash(&new, &sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    sound(last == 0 && old == *old_root && new == *new_root)
}
