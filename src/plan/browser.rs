//! What a browser adds to a request that a page makes it send to another origin (Fetch, "CORS protocol").

use super::bind::Cell;
use super::draft::Draft;
use crate::contract::{Carrier, Cors};
use crate::judge::CorsRequirement;
use crate::scenario::{CorsRule, Page, Twist};

/// A host that nobody has, because names under `.invalid` never lead anywhere (RFC 2606).
const NOBODYS: &str = "page.lockproof.invalid";
/// What stands for the key's field where the key travels in none.
const NO_FIELD: &str = "the key travels in no header field, and a page's permission is about fields";

impl Cell<'_> {
    /// Makes a draft what a browser would send for a page.
    ///
    /// # Errors
    /// What the contract would have to say of pages.
    pub(super) fn browse(&self, draft: &mut Draft, twist: &Twist) -> Result<(), String> {
        if let Some(page) = twist.page {
            let origin = origin(self.inputs.contract.cors.as_ref(), page)?;
            draft.headers.push(("Origin".to_owned(), origin));
        }
        if twist.preflight == Some(true) {
            let json = draft.body.is_some();
            if twist.body.is_none() {
                draft.body = None;
            }
            let asked = ("Access-Control-Request-Method".to_owned(), draft.method.clone());
            "OPTIONS".clone_into(&mut draft.method);
            draft.headers.push(asked);
            // Lower case, in order, without spaces, as browsers write the list.
            let mut fields: Vec<String> = self.key_field().map(str::to_lowercase).into_iter().collect();
            fields.extend(json.then(|| "content-type".to_owned()));
            fields.sort();
            if !fields.is_empty() {
                draft.headers.push(("Access-Control-Request-Headers".to_owned(), fields.join(",")));
            }
        }
        Ok(())
    }

    /// The field that carries the key, where one does.
    fn key_field(&self) -> Option<&str> {
        match &self.inputs.contract.authentication.carrier {
            Carrier::Header { name, .. } => Some(name.as_str()),
            Carrier::Query(_) | Carrier::Cookie(_) => None,
        }
    }

    /// What an answer must tell a browser.
    ///
    /// # Errors
    /// Why a rule says nothing about this contract.
    pub(super) fn cors_rules(&self, rule: &CorsRule) -> Result<Vec<CorsRequirement>, String> {
        let on = |flag: Option<bool>, rule| flag.filter(|flag| *flag).map(|_| rule);
        let rules = [
            on(rule.admits, CorsRequirement::Admits),
            on(rule.shares, CorsRequirement::Shares),
            on(rule.forbids, CorsRequirement::Forbids),
            on(rule.varies, CorsRequirement::Varies),
        ];
        let mut all: Vec<_> = rules.into_iter().flatten().collect();
        if rule.names_fields == Some(true) {
            let field = self.key_field().ok_or(NO_FIELD)?;
            if field.eq_ignore_ascii_case("authorization") {
                return Err("the key travels in `Authorization`, which `*` does not stand for".to_owned());
            }
            all.push(CorsRequirement::NamesFields);
        }
        if rule.hides_key == Some(true) {
            let field = self.key_field().ok_or(NO_FIELD)?;
            all.push(CorsRequirement::HidesField(field.to_owned()));
        }
        if rule.invites_no_key == Some(true) {
            let behind = self.inputs.contract.behind.as_ref();
            let field = behind.and_then(|behind| behind.platform.authentication.carrier.field());
            all.push(CorsRequirement::DoesNotInvite(field.ok_or(NO_FIELD)?.to_string()));
        }
        Ok(all)
    }
}

/// The origin of a page.
fn origin(cors: Option<&Cors>, page: Page) -> Result<String, String> {
    let declared = cors.map(|cors| &*cors.origins).unwrap_or_default();
    let any = declared.iter().any(crate::contract::PageOrigin::is_any);
    let origin = match page {
        Page::Allowed if any => return Ok(format!("https://{NOBODYS}")),
        _ if any => return Err("the contract allows the pages of every origin".to_owned()),
        Page::Opaque => "null".to_owned(),
        Page::Foreign => format!("https://{NOBODYS}"),
        Page::Allowed | Page::Longer | Page::Glued | Page::Dotless | Page::Plain | Page::OtherPort => {
            let first = declared.first().ok_or("the contract lacks a line `cors.origins`")?;
            near(&first.0, page)?
        }
    };
    let also = page != Page::Allowed && declared.iter().any(|one| one.0 == origin);
    if also { Err(format!("the contract allows `{origin}` too")) } else { Ok(origin) }
}

/// An origin that is the allowed one, or only nearly.
fn near(allowed: &str, page: Page) -> Result<String, String> {
    let (scheme, authority) = allowed.split_once("://").unwrap_or(("https", allowed));
    let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
        Some((host, port)) => (host, format!(":{port}")),
        None => (authority, String::new()),
    };
    let named = |host: String| {
        let address = authority.starts_with('[');
        if address { Err(format!("the host of `{allowed}` is an address")) } else { Ok(host) }
    };
    Ok(match page {
        Page::Longer => format!("{scheme}://{}{port}", named(format!("{host}.{NOBODYS}"))?),
        Page::Glued => format!("{scheme}://{}{port}", named(format!("x{host}"))?),
        Page::Dotless if host.contains('.') => {
            format!("{scheme}://{}{port}", named(host.replacen('.', "x", 1))?)
        }
        Page::Dotless => return Err(format!("the host of `{allowed}` has no dot")),
        Page::Plain if scheme == "https" => format!("http://{authority}"),
        Page::Plain => return Err(format!("`{allowed}` is without TLS already")),
        Page::OtherPort => format!("{scheme}://{host}:{}", if port == ":4443" { 4444 } else { 4443 }),
        Page::Allowed | Page::Foreign | Page::Opaque => allowed.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(origins: &[&str], page: Page) -> Result<String, String> {
        let cors: Cors = serde_json::from_value(serde_json::json!({ "origins": origins })).unwrap();
        origin(Some(&cors), page)
    }

    #[test]
    fn origins_that_are_nearly_the_allowed_one_are_made_of_it() {
        let near = |page| of(&["https://app.example.com:8443"], page).unwrap();
        assert_eq!(near(Page::Allowed), "https://app.example.com:8443");
        assert_eq!(near(Page::Longer), "https://app.example.com.page.lockproof.invalid:8443");
        assert_eq!(near(Page::Glued), "https://xapp.example.com:8443");
        assert_eq!(near(Page::Dotless), "https://appxexample.com:8443");
        assert_eq!(near(Page::Plain), "http://app.example.com:8443");
        assert_eq!(near(Page::OtherPort), "https://app.example.com:4443");
        assert_eq!(near(Page::Opaque), "null");
    }

    #[test]
    fn an_origin_that_cannot_be_made_says_why() {
        assert!(of(&["http://[::1]:80"], Page::Longer).is_err());
        assert_eq!(of(&["http://[::1]"], Page::OtherPort).unwrap(), "http://[::1]:4443");
        assert!(of(&["http://localhost"], Page::Dotless).is_err());
        assert!(of(&["http://localhost"], Page::Plain).is_err());
        assert!(of(&["https://a.b", "http://a.b"], Page::Plain).is_err());
        assert!(of(&["*"], Page::Foreign).is_err() && of(&["*"], Page::Allowed).is_ok());
        assert!(origin(None, Page::Allowed).is_err() && origin(None, Page::Foreign).is_ok());
    }
}
