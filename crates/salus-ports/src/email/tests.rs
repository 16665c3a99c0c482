//! What is an address, and that the rule is the adapters' own.

use super::*;

/// An address of so many bytes, with the longest name that may stand before the @.
fn long(bytes: usize) -> String {
    format!("{}@{}.{}.{}.example.org", "a".repeat(64), "h".repeat(60), "i".repeat(60), "j".repeat(bytes - 199))
}

#[test]
fn an_address_is_what_every_adapter_takes() {
    for (text, is_one) in [
        ("a@b.co", true),
        ("Maya.Okafor+clinic@Example.ORG", true),
        ("o'brien_7@mail.example.org", true),
        ("maya@localhost", true),
        // Letters beyond ASCII, before the @ and behind it.
        ("zoë@example.org", true),
        ("😀@example.org", true),
        ("maya@bücher.example", true),
        ("maya@xn--bcher-kva.example", true),
        ("maya@例え.example", true),
        // A machine without a name, and quotes: right by the book, and lettre makes no message of them.
        ("maya@[192.0.2.1]", false),
        ("maya@[2001:db8::1]", false),
        ("maya@[192.0.2.1", false),
        ("\"maya okafor\"@example.org", false),
        // Blanks.
        ("maya okafor@example.org", false),
        ("maya@example .org", false),
        (" maya@example.org", false),
        ("maya@example.org ", false),
        // Half of one, or more than one.
        ("", false),
        ("@", false),
        ("maya", false),
        ("maya@", false),
        ("@example.org", false),
        ("maya@home@example.org", false),
        ("maya@example.org, ben@example.org", false),
        ("Maya <maya@example.org>", false),
        ("<maya@example.org>", false),
        // Dots in the wrong places.
        (".maya@example.org", false),
        ("maya.@example.org", false),
        ("ma..ya@example.org", false),
        ("maya@example..org", false),
        ("maya@.example.org", false),
        ("maya@example.org.", false),
        ("maya@-example.org", false),
        // A header of somebody else's.
        ("maya@example.org\r\nBcc: ben@example.org", false),
        ("\"maya\r\nBcc: ben@example.org\"@example.org", false),
        ("maya\u{0}@example.org", false),
        // The limits, to a byte.
        (&format!("{}@example.org", "a".repeat(64)), true),
        (&format!("{}@example.org", "a".repeat(65)), false),
        (&format!("maya@{}.org", "a".repeat(63)), true),
        (&format!("maya@{}.org", "a".repeat(64)), false),
        (&long(254), true),
        (&long(255), false),
        (&"a".repeat(400), false),
    ] {
        assert_eq!(is_address(text), is_one, "{text:?}");
        // What a form is told is what the message says.
        let message = contract::email(1, text).message(&contract::from());
        assert_eq!(message.is_ok(), is_one, "{text:?}");
    }
    // A host in another script goes out as every mail server knows it; one that takes SMTPUTF8 is not needed.
    let message = contract::email(1, "maya@bücher.example").message(&contract::from()).unwrap();
    assert_eq!(message.envelope().to(), ["maya@xn--bcher-kva.example".parse().unwrap()]);
}
