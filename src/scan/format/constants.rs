//! String constants that source code puts together: `"abc" + "def"`, `"abc".concat("def")`, `["abc", "def"].join("")` and
//! `` `abc${"def"}` ``, in JavaScript, in the sources inside of a source map, and in languages that write it alike.
//!
//! Nothing is evaluated: only constants that stand beside each other are joined.

use memchr::{memchr_iter, memmem, memrchr};

use crate::scan::joined::Joined;

/// The longest constant, and the longest list of them, that is read.
pub(in crate::scan) const LONGEST: usize = 4096;
/// The longest separator of a list that is joined: a longer one leaves little of a key in one piece.
const LONGEST_SEPARATOR: usize = 16;

/// Tells of everything that is put together in a text. All of that is of the order of the text itself: no constant is told
/// of in two lists, or in two sums.
pub(in crate::scan) fn joined(text: &[u8], tell: &mut dyn FnMut(&Joined)) {
    let mut found = |joined: &Joined| {
        if joined.pieces() > 1 {
            tell(joined);
        }
    };
    sums(text, &mut found);
    lists(text, &mut found);
    templates(text, &mut found);
}

/// What stands between two quotes, and where it ends.
struct Literal {
    start: usize,
    end: usize,
    /// Behind the closing quote.
    behind: usize,
}

/// The literal that begins here, escaped (`\"`) where it stands in a literal itself.
fn literal(text: &[u8], at: usize) -> Option<Literal> {
    let escaped = text.get(at..)?.iter().take_while(|byte| **byte == b'\\').count();
    let quote = at + escaped;
    let mark = text.get(quote).copied().filter(|byte| is_quote(*byte))?;
    let content = text.get(quote + 1..text.len().min(quote + 1 + LONGEST))?;
    let mut from = 0;
    loop {
        let length = from + memchr::memchr(mark, content.get(from..)?)?;
        let slashes = content.get(..length)?.iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes == escaped {
            let start = quote + 1;
            let literal = Literal { start, end: start + length - slashes, behind: start + length + 1 };
            return (!text.get(start..literal.end)?.contains(&b'\n')).then_some(literal);
        }
        from = length + 1;
    }
}

/// Where the literal begins whose closing quote is here.
fn beginning(text: &[u8], closing: usize) -> Option<usize> {
    let mark = text.get(closing).copied().filter(|byte| is_quote(*byte))?;
    let before = text.get(closing.saturating_sub(LONGEST)..closing)?;
    let opening = closing - before.len() + memrchr(mark, before)?;
    let slashes = text.get(..opening)?.iter().rev().take_while(|byte| **byte == b'\\').count();
    Some(opening - slashes)
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Behind white space, which is escaped inside of a literal.
fn skip(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at..) {
            Some([b' ' | b'\t' | b'\r' | b'\n', ..]) => at += 1,
            Some([b'\\', b'n' | b'r' | b't', ..]) => at += 2,
            _ => return at,
        }
    }
}

/// Before white space: the place of the last byte that is none.
fn skip_back(text: &[u8], mut end: usize) -> Option<usize> {
    loop {
        match text.get(..end)? {
            [.., b' ' | b'\t' | b'\r' | b'\n'] => end -= 1,
            [.., b'\\', b'n' | b'r' | b't'] => end -= 2,
            _ => return end.checked_sub(1),
        }
    }
}

/// Sums of constants, and what is appended to one.
fn sums(text: &[u8], found: &mut dyn FnMut(&Joined)) {
    let mut seen = 0;
    let calls = memmem::find_iter(text, b".concat(");
    let mut sites: Vec<_> = memchr_iter(b'+', text).chain(calls).collect();
    sites.sort_unstable();
    for site in sites {
        if site < seen {
            continue;
        }
        let Some(first) = skip_back(text, site).and_then(|closing| beginning(text, closing)) else {
            continue;
        };
        let mut joined = Joined::from(first);
        let mut at = first;
        while let Some(part) = literal(text, at) {
            joined.push(text.get(part.start..part.end).unwrap_or_default(), part.start);
            seen = part.behind;
            let Some(next) = operator(text, skip(text, part.behind)) else { break };
            at = skip(text, next);
        }
        found(&joined);
    }
}

/// Behind what stands between two constants that are put together.
fn operator(text: &[u8], at: usize) -> Option<usize> {
    let at = if text.get(at) == Some(&b')') { skip(text, at + 1) } else { at };
    match text.get(at..)? {
        [b'+' | b',', ..] => Some(at + 1),
        rest if rest.starts_with(b".concat(") => Some(at + 8),
        _ => None,
    }
}

/// Lists of constants that are joined.
fn lists(text: &[u8], found: &mut dyn FnMut(&Joined)) {
    let mut seen = None;
    for site in memmem::find_iter(text, b".join(") {
        let Some(closing) = skip_back(text, site).filter(|at| text.get(*at) == Some(&b']')) else { continue };
        let from = closing.saturating_sub(LONGEST);
        let opening = text.get(from..closing).and_then(|list| memrchr(b'[', list)).map(|at| from + at);
        let Some(opening) = opening.filter(|at| seen.replace(*at) != Some(*at)) else { continue };
        let separator = literal(text, skip(text, site + 6)).and_then(|it| text.get(it.start..it.end));
        let separator = separator.unwrap_or_default();
        if separator.len() > LONGEST_SEPARATOR {
            continue;
        }
        let mut joined = Joined::from(opening);
        let mut at = skip(text, opening + 1);
        while let Some(part) = literal(text, at).filter(|part| part.end < closing) {
            if joined.pieces() > 0 {
                joined.push(separator, part.start);
            }
            joined.push(text.get(part.start..part.end).unwrap_or_default(), part.start);
            at = skip(text, part.behind);
            if text.get(at) != Some(&b',') {
                break;
            }
            at = skip(text, at + 1);
        }
        found(&joined);
    }
}

/// Templates that constants are put into.
fn templates(text: &[u8], found: &mut dyn FnMut(&Joined)) {
    let mut seen = 0;
    for site in memmem::find_iter(text, b"${") {
        if site < seen {
            continue;
        }
        let from = site.saturating_sub(LONGEST).max(seen);
        let Some(opening) = text.get(from..site).and_then(|before| memrchr(b'`', before)) else {
            seen = site;
            continue;
        };
        let mut joined = Joined::from(from + opening);
        let mut at = from + opening + 1;
        while let Some(length) =
            text.get(at..).and_then(|rest| rest.iter().take(LONGEST).position(|b| matches!(b, b'$' | b'`')))
        {
            joined.push(text.get(at..at + length).unwrap_or_default(), at);
            at += length;
            let inner = text.get(at..).filter(|rest| rest.starts_with(b"${"));
            let Some(part) = inner.and_then(|_| literal(text, skip(text, at + 2))) else { break };
            joined.push(text.get(part.start..part.end).unwrap_or_default(), part.start);
            let end = skip(text, part.behind);
            if text.get(end) != Some(&b'}') {
                break;
            }
            at = end + 1;
        }
        seen = at.max(site + 1);
        found(&joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let mut texts = Vec::new();
        joined(source.as_bytes(), &mut |it| texts.push(String::from_utf8_lossy(it.text()).into_owned()));
        texts
    }

    #[test]
    fn constants_that_stand_beside_each_other_are_put_together() {
        for (source, wanted) in [
            (r#"k="abc"+"def";"#, "abcdef"),
            ("k = 'abc' +\n    \"def\" + `ghi`", "abcdefghi"),
            (r#"k="abc".concat("def").concat("ghi")"#, "abcdefghi"),
            (r#"k="abc".concat("def", "ghi")"#, "abcdefghi"),
            (r#"k=["abc", 'def' ,"ghi"].join("")"#, "abcdefghi"),
            (r#"k=["abc","def"].join("-");"#, "abc-def"),
            (r#"k=`abc${"def"}ghi`"#, "abcdefghi"),
            (r#"{"sourcesContent":["k = \"abc\" +\n \"def\";"]}"#, "abcdef"),
        ] {
            assert_eq!(texts(source), [wanted], "{source}");
        }
    }

    #[test]
    fn what_is_not_put_together_stays_apart() {
        for source in [
            r#"["abc", "def"]"#,
            r#"f("abc", "def")"#,
            "a + b",
            "`${a}${b}`",
            "\"abc\" + x + \"def\"",
            "'",
            "+\"",
            "\"+",
        ] {
            assert_eq!(texts(source), Vec::<String>::new(), "{source}");
        }
    }

    #[test]
    fn a_list_that_is_joined_again_and_again_is_read_once() {
        for source in [
            format!(r#"x=["{}","{}"]"#, "].join(".repeat(100), r#"a",""#.repeat(1000)),
            format!(r#"x=["a","b"]{}"#, r#"].join("")"#.repeat(1000)),
            format!(r#"x=["a","b"].join("{}")"#, ".".repeat(1000)),
        ] {
            let length: usize = texts(&source).iter().map(String::len).sum();
            assert!(length < source.len(), "{length} of {}", source.len());
        }
    }

    #[test]
    fn a_place_is_that_of_the_piece() {
        let source = r#"k="abc" + "def""#;
        let mut places = Vec::new();
        joined(source.as_bytes(), &mut |it| {
            places.extend(it.places(&(1..5)).into_iter().map(|at| &source[at]));
        });
        assert_eq!(places, ["bc", "de"]);
    }
}
