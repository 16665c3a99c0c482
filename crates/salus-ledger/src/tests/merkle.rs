//! The tree against RFC 6962's own numbers, and the frontier and proofs against the plain definition.

use proptest::prelude::*;

use crate::{words::len64, *};

fn leaves(n: usize) -> Vec<Digest> {
    (0..n).map(|i| leaf_hash(format!("leaf {i}").as_bytes())).collect()
}

/// The eight leaves and roots that implementations of Certificate Transparency test with.
#[test]
fn roots_are_those_of_certificate_transparency() {
    let data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (leaf, root) in data.iter().zip(roots) {
        frontier.append(leaf_hash(&hex::decode(leaf).unwrap()));
        assert_eq!(frontier.root().to_string(), root);
    }
}

#[test]
fn a_frontier_has_the_root_of_its_leaves_and_survives_storage() {
    let leaves = leaves(130);
    let mut frontier = Frontier::new();
    for n in 0..leaves.len() {
        assert_eq!(frontier.root(), root_of(&leaves[..n]), "{n} leaves");
        assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Some(frontier.clone()));
        frontier.append(leaves[n]);
    }
    let mut bytes = frontier.to_bytes();
    bytes.pop();
    assert_eq!(Frontier::from_bytes(&bytes), None);
    assert_eq!(Frontier::from_bytes(&[]), None);
}

#[test]
fn every_leaf_is_proven_and_no_other() {
    for size in 1..40 {
        let leaves = leaves(size);
        let root = root_of(&leaves);
        for (index, leaf) in leaves.iter().enumerate() {
            let proof = inclusion_proof(&leaves, index).unwrap();
            let check =
                |leaf, index: usize, proof: &[Digest]| verify_inclusion(leaf, len64(index), len64(size), proof, &root);
            assert_eq!(check(leaf, index, &proof), Ok(()), "{index} of {size}");
            assert!(check(&Digest::ZERO, index, &proof).is_err());
            assert!(check(leaf, index + 1, &proof).is_err());
            assert!(check(leaf, index, &[&proof[..], &[Digest::ZERO]].concat()).is_err());
        }
        assert_eq!(inclusion_proof(&leaves, size), None);
    }
}

#[test]
fn growth_is_proven_and_rewriting_is_not() {
    let all = leaves(40);
    for new in 0..=all.len() {
        let new_root = root_of(&all[..new]);
        for old in 0..=new {
            let (old_root, proof) = (root_of(&all[..old]), consistency_proof(&all[..new], old).unwrap());
            let check =
                |old_root, proof: &[Digest]| verify_consistency(len64(old), old_root, len64(new), &new_root, proof);
            assert_eq!(check(&old_root, &proof), Ok(()), "{old} to {new}");
            assert!(check(&Digest::ZERO, &proof).is_err(), "{old} to {new}");
            assert!(check(&old_root, &[&proof[..], &[Digest::ZERO]].concat()).is_err());
        }
        assert_eq!(consistency_proof(&all[..new], new + 1), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_proof_with_one_bit_flipped_proves_nothing(size in 2_usize..200, index: prop::sample::Index, bit: prop::sample::Index) {
        let leaves = leaves(size);
        let index = index.index(size);
        let mut proof = inclusion_proof(&leaves, index).unwrap();
        let bit = bit.index(proof.len() * 256);
        let mut bytes = *proof[bit / 256].as_bytes();
        bytes[bit % 256 / 8] ^= 1 << (bit % 8);
        proof[bit / 256] = Digest::new(bytes);
        prop_assert!(verify_inclusion(&leaves[index], len64(index), len64(size), &proof, &root_of(&leaves)).is_err());
    }
}
