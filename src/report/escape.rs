//! Characters that harm a reader, made visible.
//!
//! Whoever controls an answer controls text in a report. A terminal obeys escape sequences; a reader is misled
//! by text that runs the other way or has no width; a build server obeys commands in what it takes for a log.

/// Text for one line of a terminal: nothing in it moves the cursor, hides, or reads as a command.
///
/// Control characters (C0, DEL, C1), characters that change the direction of text, and those without width
/// become escapes like `\u{202e}` or `\n`. So does the second `#` of `##[`, `##vso[` and `##teamcity[`, which
/// build servers obey anywhere in a line. What is obeyed only at the beginning of a line (`::`) is for whoever
/// puts lines together.
///
/// Nothing is left that XML 1.0 forbids (section 2.2), so the same serves for XML, which ends up in terminals
/// and logs too.
pub fn escape_terminal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '#' if escaped.ends_with('#') && is_command(behind) => escaped.extend(c.escape_unicode()),
            '\n' | '\r' | '\t' => escaped.extend(c.escape_default()),
            _ if is_harmful(c) => escaped.extend(c.escape_unicode()),
            _ => escaped.push(c),
        }
        rest = behind;
    }
    escaped
}

/// The same for text that may stand at the beginning of a line of a log: `::` there is a command of a build server.
pub(super) fn escape_line(text: &str) -> String {
    let escaped = escape_terminal(text);
    let from = escaped.len() - escaped.trim_start().len();
    match escaped.get(from..).and_then(|line| line.strip_prefix("::")) {
        Some(rest) => format!("{}:\\u{{3a}}{rest}", escaped.get(..from).unwrap_or_default()),
        None => escaped,
    }
}

/// Whether a character moves the cursor, changes the direction of text, cannot be seen, or is none at all.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether what follows `##` makes it a command of a build server.
fn is_command(behind: &str) -> bool {
    behind.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_obeys_becomes_visible() {
        let cases = [
            ("\x1b[2J\x1b]52;c;aGk=\x07", "\\u{1b}[2J\\u{1b}]52;c;aGk=\\u{7}"),
            ("a\rb\nc\td\0", "a\\rb\\nc\\td\\u{0}"),
            ("\x7f\u{9b}31m", "\\u{7f}\\u{9b}31m"),
            ("user\u{202e}nimda", "user\\u{202e}nimda"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
            ("pa\u{200b}ss\u{feff}", "pa\\u{200b}ss\\u{feff}"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
        ];
        for (text, expected) in cases {
            assert_eq!(escape_terminal(text), expected);
        }
    }

    #[test]
    fn what_a_build_server_obeys_anywhere_in_a_line_is_broken_up() {
        assert_eq!(escape_terminal("a ##[error]b"), "a #\\u{23}[error]b");
        assert_eq!(escape_terminal("##vso[task.setvariable]"), "#\\u{23}vso[task.setvariable]");
        assert_eq!(escape_terminal("###teamcity[x]"), "##\\u{23}teamcity[x]");
    }

    #[test]
    fn ordinary_text_of_any_language_stays_as_it_is() {
        for text in ["## Heading [1]", "naïve – ប្រទេសកម្ពុជា 日本 🔒", "C:\\path", "a::b"]
        {
            assert_eq!(escape_terminal(text), text);
        }
    }

    #[test]
    fn what_xml_forbids_becomes_visible() {
        assert_eq!(escape_terminal("a\u{ffff}b\u{fffe}\u{8}"), "a\\u{ffff}b\\u{fffe}\\u{8}");
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left(text in any::<String>()) {
            let escaped = escape_terminal(&text);
            prop_assert!(!escaped.chars().any(is_harmful));
            prop_assert!(!escaped.contains("##["));
            prop_assert_eq!(escape_terminal(&escaped), escaped);
        }
    }
}
