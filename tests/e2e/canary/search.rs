//! Looks for a key in every form in which it could be read back. It shares nothing with the program's own search.

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// So many characters of a key in a row are too many.
const PART: usize = 10;

/// A key to look for.
pub(crate) struct Canary {
    needles: AhoCorasick,
    /// What each needle is called.
    forms: Vec<&'static str>,
}

impl Canary {
    pub(crate) fn new(key: &str) -> Self {
        let reversed: String = key.chars().rev().collect();
        let hexadecimal = hex(key);
        let mut needles = parts("in part", key, PART);
        needles.extend(parts("in part, reversed", &reversed, PART));
        needles.extend(parts("in part, in hexadecimal", &hexadecimal, 2 * PART));
        for before in 0..3 {
            // Wherever the key begins in what was encoded; the groups that its neighbours share are left out.
            let encoded = STANDARD.encode(format!("{}{key}", "x".repeat(before)));
            let inner = encoded[4..].trim_end_matches('=').to_owned();
            needles.extend(parts("in part, in base64", &inner[..inner.len() - 1], 14));
        }
        let (forms, needles): (_, Vec<Vec<u8>>) = needles.into_iter().unzip();
        Self { needles: AhoCorasick::new(needles).unwrap(), forms }
    }

    /// The form in which the key is there, if it is.
    pub(crate) fn find(&self, text: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(text).to_ascii_lowercase();
        let percent = unescaped(&text, "%", 2, "");
        let views = [
            ("", text.clone()),
            (" behind percent signs", percent.clone()),
            (" behind percent signs twice", unescaped(&percent, "%", 2, "")),
            (r" behind \u", unescaped(&text, r"\u", 4, "")),
            (r" behind \\u", unescaped(&text, r"\\u", 4, "")),
            (r" behind \x", unescaped(&text, r"\x", 2, "")),
            (" behind &#x", unescaped(&text, "&#x", 2, ";")),
            (" behind &amp;#x", unescaped(&text, "&amp;#x", 2, ";")),
            (" in wide characters", text.replace(['\0', ' '], "")),
        ];
        views.iter().find_map(|(view, text)| {
            let found = self.needles.find(text)?;
            Some(format!("{}{view}", self.forms[found.pattern().as_usize()]))
        })
    }
}

/// Every part of a text that is so long, in lower case.
fn parts(form: &'static str, text: &str, length: usize) -> Vec<(&'static str, Vec<u8>)> {
    let text = text.to_ascii_lowercase().into_bytes();
    text.windows(length).map(|part| (form, part.to_vec())).collect()
}

pub(super) fn hex(text: &str) -> String {
    escaped(text, "", "")
}

/// Every character as its number in hexadecimal, between two marks.
pub(super) fn escaped(text: &str, before: &str, behind: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| escaped + &format!("{before}{byte:02x}{behind}"))
}

/// A text whose escapes of one kind, `mark`, digits and `end`, are undone.
fn unescaped(text: &str, mark: &str, digits: usize, end: &str) -> String {
    let mut pieces = text.split(mark);
    let mut plain = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let code = piece.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code.and_then(char::from_u32).zip(piece.get(digits..).and_then(|rest| rest.strip_prefix(end))) {
            Some((character, rest)) => {
                plain.extend([character.to_ascii_lowercase().to_string().as_str(), rest]);
            }
            None => plain.extend([mark, piece]),
        }
    }
    plain
}

#[test]
fn the_search_finds_a_key_in_every_form() {
    let key = "Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1GTs5Wd0Ko";
    let canary = Canary::new(key);
    let forms = [
        key.to_owned(),
        key.to_uppercase(),
        key[7..17].to_owned(),
        key.chars().rev().collect(),
        hex(key).to_uppercase(),
        STANDARD.encode(key),
        STANDARD.encode(format!("user:{key}")),
        escaped(key, "%", ""),
        escaped(key, "%25", ""),
        escaped(key, r"\u00", ""),
        escaped(key, r"\x", ""),
        escaped(key, "&#x", ";"),
    ];
    for form in forms {
        assert!(canary.find(format!("before {form} behind").as_bytes()).is_some(), "{form}");
    }
    assert_eq!(canary.find(format!("{} {}", &key[..9], &key[30..39]).as_bytes()), None);
}
