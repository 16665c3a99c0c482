//! Signed notes (C2SP signed-note): a text that people can read, with signatures under it.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::keys::{SigningKey, VerifyingKey, is_key_name};

/// The longest note that is looked at: a manifest of thousands of chains fits.
const MAX_NOTE: usize = 1 << 20;
const MAX_SIGNATURES: usize = 64;

/// Why a note is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a text, a blank line and signature lines.
    #[error("not a signed note")]
    Malformed,
    /// A key that is known did not make this signature over this text.
    #[error("the signature of {0} does not fit the text")]
    BadSignature(String),
    /// None of the known keys has signed.
    #[error("none of the trusted keys has signed this note")]
    NoKnownKey,
}

/// A note taken apart, nothing of it believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

impl SignedNote {
    /// Signs a text, which must end in a newline and have no control characters but newlines.
    pub fn sign(text: &str, key: &SigningKey) -> Result<String, NoteError> {
        if !is_note_text(text) {
            return Err(NoteError::Malformed);
        }
        let public = key.verifying_key();
        let signature: Vec<u8> = public.id().into_iter().chain(key.sign(text.as_bytes())).collect();
        Ok(format!("{text}\n— {} {}\n", public.name(), STANDARD.encode(signature)))
    }

    /// Takes a note apart: the last blank line separates the text from its signatures.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE {
            return Err(NoteError::Malformed);
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let text = format!("{text}\n");
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures: Vec<_> =
            lines.split('\n').map(Signature::parse).collect::<Option<_>>().ok_or(NoteError::Malformed)?;
        if !is_note_text(&text) || signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Malformed);
        }
        Ok(Self { text, signatures })
    }

    /// The text, with its final newline. Believe it only after [`SignedNote::verify`].
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Accepts the note if a known key has signed it and no known key's signature is wrong; others are passed over.
    pub fn verify(&self, keys: &[VerifyingKey]) -> Result<(), NoteError> {
        let mut known = false;
        for signature in &self.signatures {
            let same = |key: &&VerifyingKey| key.name() == signature.name && key.id() == signature.key_id;
            if let Some(key) = keys.iter().find(same) {
                if !key.verifies(self.text.as_bytes(), &signature.bytes) {
                    return Err(NoteError::BadSignature(signature.name.clone()));
                }
                known = true;
            }
        }
        if known { Ok(()) } else { Err(NoteError::NoKnownKey) }
    }
}

impl Signature {
    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
        let fits = is_key_name(name) && !bytes.is_empty();
        fits.then(|| Self { name: String::from(name), key_id: *key_id, bytes: bytes.to_vec() })
    }
}

fn is_note_text(text: &str) -> bool {
    text.ends_with('\n') && text.len() > 1 && !text.chars().any(|c| c < ' ' && c != '\n')
}
