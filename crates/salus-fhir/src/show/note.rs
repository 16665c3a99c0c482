//! Documents and visit notes.

use base64::Engine as _;
use serde_json::Value;

use super::concept::{each_words, words};
use super::parts::{Line, Link, Span, Status, date, hidden};
use super::status::status;
use crate::json::Node;
use crate::{ResourceType, When};

/// A file within a record, or where it lies.
#[derive(Clone, Default, PartialEq)]
pub struct Attachment {
    /// The media type without parameters, in lowercase.
    pub content_type: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The size in bytes: of the data within, else as said.
    pub size: Option<u64>,
    /// Where it lies, when it isn't within.
    pub url: Option<String>,
    /// The bytes within.
    pub data: Option<Vec<u8>>,
    /// The text, when it is plain text and lies within.
    pub text: Option<String>,
    /// When it was made.
    pub created: Option<When>,
}

impl Attachment {
    pub(crate) fn read(node: Node<'_>) -> Self {
        let full_type = node.text_of("contentType").map(str::to_lowercase);
        let content_type = full_type.as_deref().map(|full| full.split(';').next().unwrap_or(full).trim().to_owned());
        let data = node.text_of("data").and_then(|data| {
            let dense: String = data.split_ascii_whitespace().collect();
            base64::engine::general_purpose::STANDARD.decode(dense).ok()
        });
        let text = match (&data, content_type.as_deref()) {
            (Some(data), Some("text/plain")) => Some(decode(data, full_type.as_deref().and_then(charset))),
            _ => None,
        };
        let said = node.get("size").integer().and_then(|size| u64::try_from(size).ok());
        Self {
            title: node.owned("title"),
            size: data.as_ref().and_then(|data| u64::try_from(data.len()).ok()).or(said),
            url: node.owned("url"),
            created: date(node.get("creation")),
            content_type,
            data,
            text,
        }
    }

    /// What kind of file it is, in plain words.
    pub fn kind(&self) -> &'static str {
        match self.content_type.as_deref().unwrap_or_default() {
            "text/plain" | "text/markdown" => "Text",
            "text/html" | "application/xhtml+xml" => "Web page",
            "application/pdf" => "PDF",
            "application/rtf" | "text/rtf" => "Formatted text",
            "application/msword" | "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => {
                "Word document"
            }
            "text/xml" | "application/xml" | "application/cda+xml" | "application/hl7-cda+xml" => {
                "Health summary (XML)"
            }
            "application/dicom" => "Medical image",
            other if other.starts_with("image/") => "Image",
            other if other.starts_with("audio/") => "Sound",
            other if other.starts_with("video/") => "Video",
            _ => "File",
        }
    }
}

fn charset(content_type: &str) -> Option<&str> {
    content_type
        .split(';')
        .skip(1)
        .find_map(|part| part.trim().strip_prefix("charset="))
        .map(|name| name.trim_matches('"'))
}

/// Text in UTF-8, UTF-16 or Latin-1; what can't be read becomes �.
fn decode(data: &[u8], charset: Option<&str>) -> String {
    let utf16 = |data: &[u8], little: bool| {
        let units: Vec<u16> = data
            .chunks_exact(2)
            .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
            .map(|pair| if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
            .collect();
        String::from_utf16_lossy(&units)
    };
    match (data, charset) {
        ([0xFF, 0xFE, rest @ ..], _) => utf16(rest, true),
        ([0xFE, 0xFF, rest @ ..], _) => utf16(rest, false),
        (data, Some("utf-16le")) => utf16(data, true),
        (data, Some("utf-16" | "utf-16be")) => utf16(data, false),
        (data, Some("iso-8859-1" | "latin1" | "us-ascii" | "windows-1252")) if std::str::from_utf8(data).is_err() => {
            data.iter().map(|byte| char::from(*byte)).collect()
        }
        ([0xEF, 0xBB, 0xBF, rest @ ..], _) => String::from_utf8_lossy(rest).into_owned(),
        (data, _) => String::from_utf8_lossy(data).into_owned(),
    }
}

/// A document or a visit note.
#[derive(Clone, PartialEq)]
pub struct NoteDetails {
    /// What it is, such as "History and physical note".
    pub title: String,
    /// "Clinical Note" …
    pub categories: Vec<String>,
    /// When it was written.
    pub when: Option<When>,
    /// The time it is about.
    pub about: Span,
    /// Its state, unless current and final.
    pub status: Option<Status>,
    /// In the source's words.
    pub description: Option<String>,
    /// Its files, mostly one.
    pub attachments: Vec<Attachment>,
    /// Who wrote it.
    pub authors: Vec<Link>,
    /// Who keeps it.
    pub custodian: Option<Link>,
    /// The visits it is about.
    pub encounters: Vec<Link>,
}

hidden!(Attachment, NoteDetails);

impl NoteDetails {
    /// Reads a DocumentReference.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let kind = ResourceType::DocumentReference;
        let context = node.get("context");
        let attachments: Vec<Attachment> =
            node.each("content").map(|content| Attachment::read(content.get("attachment"))).collect();
        let title = words(node.get("type"))
            .or_else(|| attachments.iter().find_map(|attachment| attachment.title.clone()))
            .or_else(|| node.owned("description"))
            .or_else(|| each_words(node, "category").into_iter().next());
        let about = Span::read(context.get("period"));
        Self {
            title: title.unwrap_or_else(|| "Document".to_owned()),
            categories: each_words(node, "category"),
            when: date(node.get("date")).or_else(|| about.first()),
            about,
            status: node
                .text_of("status")
                .filter(|code| *code != "current")
                .or_else(|| node.text_of("docStatus").filter(|code| *code != "final"))
                .map(|code| status(kind, if code == "preliminary" { "draft" } else { code })),
            description: node.owned("description"),
            attachments,
            authors: Link::each(node, "author"),
            custodian: Link::read(node.get("custodian")),
            encounters: Link::each(context, "encounter"),
        }
    }

    /// The text of the first file that has one.
    pub fn text(&self) -> Option<&str> {
        self.attachments.iter().find_map(|attachment| attachment.text.as_deref())
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.title.clone())
            .when(self.about.first().or(self.when))
            .status(self.status.as_ref())
            .list("Category", &self.categories)
            .fact("File", self.attachments.first().map(|attachment| attachment.kind()))
            .fact("Written by", self.authors.iter().find_map(|author| author.text.clone()))
            .date("Written", self.when)
            .note(self.description.clone().filter(|description| *description != self.title))
    }
}

#[cfg(test)]
mod tests {
    use super::{charset, decode};

    #[test]
    fn text_in_other_character_sets() {
        assert_eq!(charset("text/plain; charset=\"utf-8\""), Some("utf-8"));
        assert_eq!(decode(b"caf\xe9", Some("iso-8859-1")), "café");
        assert_eq!(decode("café".as_bytes(), Some("iso-8859-1")), "café");
        assert_eq!(decode(b"\xff\xfea\0", None), "a");
        assert_eq!(decode(b"a\xff", None), "a\u{fffd}");
    }
}
