//! CodeableConcept and Coding in words.

use crate::json::Node;
use crate::show::parts::Code;
use crate::show::title::{from_code, plain};

/// A concept's words: its text, else the first display, else the code.
pub(crate) fn words(concept: Node<'_>) -> Option<String> {
    let text = concept.text_of("text");
    let display = concept.each("coding").find_map(|coding| coding.text_of("display"));
    let code = || concept.each("coding").find_map(|coding| coding.text_of("code"));
    // A machine's name as text is worse than a display that a person wrote.
    let named = match (text, display) {
        (Some(text), Some(display)) if text.contains('_') && !text.contains(' ') => Some(display),
        (Some(text), _) => Some(text),
        (None, display) => display,
    };
    named.map(plain).or_else(|| code().map(from_code))
}

/// A coding's words: its display, else the code.
pub(crate) fn coding_words(coding: Node<'_>) -> Option<String> {
    coding.text_of("display").map(plain).or_else(|| coding.text_of("code").map(from_code))
}

/// The words of every concept in a list, without repeats.
pub(crate) fn each_words(node: Node<'_>, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for words in node.each(name).filter_map(words) {
        if !found.contains(&words) {
            found.push(words);
        }
    }
    found
}

/// The first code of a concept.
pub(crate) fn code_of(concept: Node<'_>) -> Option<&str> {
    concept.each("coding").find_map(|coding| coding.text_of("code"))
}

/// Every code of a concept, with its system.
pub(crate) fn codes(concept: Node<'_>) -> Vec<Code> {
    concept
        .each("coding")
        .filter_map(|coding| Some(Code { system: coding.owned("system"), code: coding.owned("code")? }))
        .collect()
}

/// The code that this concept has in LOINC.
pub(crate) fn loinc(concept: Node<'_>) -> Option<&str> {
    concept
        .each("coding")
        .find(|coding| coding.text_of("system") == Some("http://loinc.org"))
        .and_then(|coding| coding.text_of("code"))
}
