//! Bytes as words and commands of a POSIX shell. What is not a key is quoted so that no shell reads anything into it.

use std::fmt::Write as _;

use super::keys::{Keys, Piece};

/// So many equal bytes in a row are written as their number.
const RUN: usize = 256;

/// Text in single quotes.
pub(super) fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Bytes as one word of a command, the keys as variables in it.
pub(super) fn word(bytes: &[u8], keys: &Keys) -> String {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Key(variable) => format!("\"${variable}\""),
        Piece::Plain(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains(char::is_control) => single(text),
            // A word holds what cannot be shown only where a command has put it there.
            _ => format!("\"$({})\"", printf(&escaped(bytes), "").unwrap_or_default()),
        },
    };
    let word: String = keys.split(bytes).into_iter().map(piece).collect();
    if word.is_empty() { "''".to_owned() } else { word }
}

/// Commands that write bytes, one after the other.
pub(super) fn commands(bytes: &[u8], keys: &Keys) -> Vec<String> {
    let mut commands = Vec::new();
    let (mut format, mut arguments) = (String::new(), String::new());
    for piece in keys.split(bytes) {
        let plain = match piece {
            Piece::Key(variable) => {
                format.push_str("%s");
                write!(arguments, " \"${variable}\"").ok();
                continue;
            }
            Piece::Plain(bytes) => bytes,
        };
        for run in plain.chunk_by(|one, other| one == other) {
            if run.len() < RUN {
                format.push_str(&escaped(run));
                continue;
            }
            commands.extend(printf(&std::mem::take(&mut format), &std::mem::take(&mut arguments)));
            commands.extend(run.first().map(|byte| repeated(*byte, run.len() as u64)));
        }
    }
    commands.extend(printf(&format, &arguments));
    commands
}

fn printf(format: &str, arguments: &str) -> Option<String> {
    // What begins with a hyphen would be taken for an option.
    let hyphen = format.strip_prefix('-').map(|rest| format!(r"\055{rest}"));
    let format = hyphen.as_deref().unwrap_or(format);
    (!format.is_empty()).then(|| format!("printf '{format}'{arguments}"))
}

/// A command that writes one byte so many times.
pub(super) fn repeated(byte: u8, times: u64) -> String {
    format!(r"head -c {times} /dev/zero | tr '\000' '\{byte:03o}'")
}

/// Commands as the first part of a pipe.
pub(super) fn together(commands: &[String]) -> String {
    match commands {
        [one] => one.clone(),
        several => format!("{{ {}; }}", several.join("; ")),
    }
}

/// Bytes in the words of `printf`, fit for single quotes.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'\r' => text.push_str(r"\r"),
            b'\n' => text.push_str(r"\n"),
            b'%' => text.push_str("%%"),
            b'\\' => text.push_str(r"\\"),
            b' '..=b'~' if *byte != b'\'' => text.push(char::from(*byte)),
            _ => drop(write!(text, "\\{byte:03o}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::sample(&[("a-long-key", "KEY"), ("a-long-key-too", "OTHER")])
    }

    #[test]
    fn a_quote_in_a_text_does_not_end_the_word() {
        assert_eq!(word(b"it's", &keys()), r"'it'\''s'");
        assert_eq!(commands(b"it's", &keys()), [r"printf 'it\047s'"]);
    }

    #[test]
    fn a_key_is_a_variable_and_the_longest_one_is_meant() {
        assert_eq!(word(b"X: a-long-key-too", &keys()), r#"'X: '"$OTHER""#);
        assert_eq!(commands(b"a-long-key%\n", &keys()), [r#"printf '%s%%\n' "$KEY""#]);
    }

    #[test]
    fn what_cannot_be_shown_is_written_in_escapes() {
        assert_eq!(word(b"a\xff\0", &keys()), r#""$(printf 'a\377\000')""#);
        assert_eq!(commands(b"-a\xff\x009", &keys()), [r"printf '\055a\377\0009'"]);
        assert_eq!(word(b"", &keys()), "''");
    }

    #[test]
    fn a_long_run_of_a_byte_is_a_number() {
        let bytes = [b"a".as_slice(), &[b' '; 300], b"z"].concat();
        let run = r"head -c 300 /dev/zero | tr '\000' '\040'";
        assert_eq!(commands(&bytes, &keys()), ["printf 'a'", run, "printf 'z'"]);
        assert_eq!(together(&commands(b"a", &keys())), "printf 'a'");
        assert_eq!(together(&commands(&bytes, &keys())), format!("{{ printf 'a'; {run}; printf 'z'; }}"));
    }
}
