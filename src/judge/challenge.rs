//! The challenges of a 401: `WWW-Authenticate` by the grammar of RFC 9110 sections 11.2, 11.3 and 11.6.1.

use serde_json::Value;

use super::{Finding, Judgement, Reading, matching};
use crate::contract::Matcher;

/// What the challenges of an answer must be.
#[derive(Clone, Debug, PartialEq)]
pub enum ChallengeRequirement {
    /// There is one (RFC 9110 section 11.6.1).
    Present,
    /// Every one is grammatical (RFC 9110 section 11.3), every realm quoted (section 11.5).
    Grammatical,
    /// Every one stands in a field of its own.
    OnePerLine,
    /// This scheme is among them.
    Scheme(String),
    /// None of these schemes is.
    NotScheme(Vec<String>),
    /// What the `error` parameter must be (RFC 6750 section 3.1).
    Error(Matcher),
}

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The authentication scheme, as it was written.
    pub scheme: String,
    /// Its parameters, names in lower case.
    pub parameters: Vec<Parameter>,
}

/// One parameter of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, in lower case; empty for a `token68`.
    pub name: String,
    /// Its value, quotes and escapes resolved.
    pub value: String,
    /// Whether it stood in quotes.
    pub quoted: bool,
}

/// Why a field is not a list of challenges.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {at}")]
pub struct ChallengeError {
    /// What is wrong.
    pub problem: &'static str,
    /// Where.
    pub at: usize,
}

/// Parses the value of one `WWW-Authenticate` field.
///
/// # Errors
/// Where and how it breaks the grammar of RFC 9110 section 11.6.1; an empty field is not a challenge.
pub fn parse_challenges(field: &str) -> Result<Vec<Challenge>, ChallengeError> {
    let mut reader = Reader { text: field.as_bytes(), at: 0 };
    let mut challenges: Vec<Challenge> = Vec::new();
    loop {
        reader.skip(|b| matches!(b, b' ' | b'\t' | b','));
        if reader.done() {
            break;
        }
        let word = reader.token()?;
        let after_word = reader.at;
        reader.skip(is_space);
        if reader.peek() == Some(b'=')
            && let Some(last) = challenges.last_mut()
        {
            reader.at = after_word;
            last.parameters.push(reader.parameter(&word)?);
            continue;
        }
        let parameters = reader.first_parameter(after_word)?.into_iter().collect();
        challenges.push(Challenge { scheme: word, parameters });
    }
    if challenges.is_empty() { Err(reader.error("there is no challenge")) } else { Ok(challenges) }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_token68(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte)
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn done(&self) -> bool {
        self.at >= self.text.len()
    }

    fn error(&self, problem: &'static str) -> ChallengeError {
        ChallengeError { problem, at: self.at }
    }

    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&skipped) {
            self.at += 1;
        }
    }

    fn take(&mut self, taken: impl Fn(u8) -> bool) -> String {
        let from = self.at;
        self.skip(taken);
        String::from_utf8_lossy(self.text.get(from..self.at).unwrap_or_default()).into_owned()
    }

    fn token(&mut self) -> Result<String, ChallengeError> {
        let token = self.take(is_token);
        if token.is_empty() { Err(self.error("a token is missing")) } else { Ok(token) }
    }

    /// What may stand right behind a scheme: nothing, a `token68`, or a first parameter.
    fn first_parameter(&mut self, after_scheme: usize) -> Result<Option<Parameter>, ChallengeError> {
        if self.done() || self.peek() == Some(b',') {
            return Ok(None);
        }
        if self.at == after_scheme {
            return Err(self.error("a space must follow the scheme"));
        }
        let start = self.at;
        let mut value = self.take(is_token68);
        value.push_str(&self.take(|b| b == b'='));
        self.skip(is_space);
        if !value.is_empty() && (self.done() || self.peek() == Some(b',')) {
            return Ok(Some(Parameter { name: String::new(), value, quoted: false }));
        }
        self.at = start;
        let name = self.token()?;
        self.parameter(&name).map(Some)
    }

    /// The rest of `name = value`, where the value is a token or a quoted string.
    fn parameter(&mut self, name: &str) -> Result<Parameter, ChallengeError> {
        self.skip(is_space);
        if self.peek() != Some(b'=') {
            return Err(self.error("`=` is missing behind a parameter's name"));
        }
        self.at += 1;
        self.skip(is_space);
        let quoted = self.peek() == Some(b'"');
        let value = if quoted { self.quoted()? } else { self.token()? };
        self.skip(is_space);
        if !self.done() && self.peek() != Some(b',') {
            return Err(self.error("a comma is missing behind a parameter"));
        }
        Ok(Parameter { name: name.to_ascii_lowercase(), value, quoted })
    }

    fn quoted(&mut self) -> Result<String, ChallengeError> {
        self.at += 1;
        let mut value = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return Ok(String::from_utf8_lossy(&value).into_owned()),
                b'\\' => {
                    let escaped = self.peek().ok_or_else(|| self.error("an escape has no character"))?;
                    self.at += 1;
                    value.push(self.text_byte(escaped)?);
                }
                byte => value.push(self.text_byte(byte)?),
            }
        }
        Err(self.error("a closing quote is missing"))
    }

    /// What may stand in quotes, escaped or not (RFC 9110 section 5.6.4).
    fn text_byte(&self, byte: u8) -> Result<u8, ChallengeError> {
        if byte.is_ascii_control() && byte != b'\t' {
            Err(self.error("a control character"))
        } else {
            Ok(byte)
        }
    }
}

/// Judges the requirements that speak of challenges.
pub(super) fn judge(requirement: &ChallengeRequirement, reading: &Reading<'_>) -> Judgement {
    let fields: Vec<_> = reading.answer.header("www-authenticate").collect();
    let seen = if fields.is_empty() {
        format!("status {} without WWW-Authenticate", reading.answer.status)
    } else {
        format!("WWW-Authenticate: {}", fields.join(" | "))
    };
    let parsed: Result<Vec<_>, _> = fields.iter().map(|field| parse_challenges(field)).collect();
    let all = || parsed.iter().flatten().flatten();
    let is = |scheme: &str| all().any(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme));
    let holds = match requirement {
        ChallengeRequirement::Present => !fields.is_empty(),
        ChallengeRequirement::Grammatical => return grammatical(&parsed, &fields, seen),
        ChallengeRequirement::OnePerLine => parsed.iter().flatten().all(|field| field.len() <= 1),
        ChallengeRequirement::Scheme(scheme) => is(scheme),
        ChallengeRequirement::NotScheme(schemes) => !schemes.iter().any(|scheme| is(scheme)),
        ChallengeRequirement::Error(matcher) => {
            let error = all().flat_map(|one| &one.parameters).find(|parameter| parameter.name == "error");
            let value = error.map(|parameter| Value::String(parameter.value.clone()));
            matching::matches(matcher, value.as_ref(), reading.answer.status)
        }
    };
    Judgement::new(holds, seen)
}

fn grammatical(
    parsed: &Result<Vec<Vec<Challenge>>, ChallengeError>,
    fields: &[&str],
    seen: String,
) -> Judgement {
    let challenges = match parsed {
        Ok(_) if fields.is_empty() => return Judgement::new(Finding::Holds, seen),
        Ok(challenges) => challenges,
        Err(error) => return Judgement::new(Finding::Broken, format!("{seen}: {error}")),
    };
    let bare = |parameter: &&Parameter| parameter.name == "realm" && !parameter.quoted;
    let unquoted = challenges.iter().flatten().flat_map(|one| &one.parameters).find(bare);
    match unquoted {
        Some(_) => Judgement::new(Finding::Broken, format!("{seen}: the realm is not a quoted string")),
        None => Judgement::new(Finding::Holds, seen),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schemes(field: &str) -> Vec<String> {
        parse_challenges(field).unwrap().into_iter().map(|challenge| challenge.scheme).collect()
    }

    #[test]
    fn a_field_may_hold_several_challenges() {
        let field = r#"Basic realm="a, b", Newauth type=1, title="Login to \"apps\"" , ApiKey"#;
        assert_eq!(schemes(field), ["Basic", "Newauth", "ApiKey"]);
        let parameters = &parse_challenges(field).unwrap()[1].parameters;
        assert_eq!(parameters[1].value, r#"Login to "apps""#);
        assert!(parameters[1].quoted && !parameters[0].quoted);
    }

    #[test]
    fn a_token68_is_a_challenge_too() {
        assert_eq!(
            parse_challenges("Negotiate a87421000492aa==").unwrap()[0].parameters[0].value,
            "a87421000492aa=="
        );
        assert_eq!(schemes("Negotiate abc, ApiKey"), ["Negotiate", "ApiKey"]);
    }

    #[test]
    fn what_is_no_challenge_is_an_error() {
        for field in ["", " , ", "=x", "Api Key Key", "ApiKey realm=\"x", "ApiKey a=b c=d", "Api\"x\""] {
            assert!(parse_challenges(field).is_err(), "{field}");
        }
    }

    #[test]
    fn a_control_character_has_no_place_in_quotes_not_even_behind_a_backslash() {
        for field in ["ApiKey realm=\"\u{1}\"", "ApiKey realm=\"\\\u{2}\"", "ApiKey realm=\"\u{7f}\""] {
            assert_eq!(parse_challenges(field).unwrap_err().problem, "a control character", "{field:?}");
        }
        assert!(parse_challenges("ApiKey realm=\"a\tb\"").is_ok());
    }

    proptest! {
        #[test]
        fn any_field_is_parsed_or_refused_without_a_panic(field in ".{0,80}") {
            if let Err(error) = parse_challenges(&field) {
                prop_assert!(error.at <= field.len());
            }
        }

        #[test]
        fn what_is_written_is_read_back(scheme in "[A-Za-z]{1,8}", realm in "[ -~]{0,20}") {
            let escaped = realm.replace('\\', r"\\").replace('"', "\\\"");
            let read = parse_challenges(&format!("{scheme} realm=\"{escaped}\"")).unwrap();
            prop_assert_eq!(&read[0].scheme, &scheme);
            prop_assert_eq!(&read[0].parameters[0].value, &realm);
        }
    }
}
