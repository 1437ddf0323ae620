//! The proxy that an operator names: everything goes through it, and what it is told of us stays between us.

use std::fmt;

/// A proxy's address. It may hold a password, which is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(reqwest::Url);

impl Proxy {
    /// Reads an address, `http://[USER:PASSWORD@]HOST:PORT` or with `https`.
    ///
    /// # Errors
    /// When it is not one, or is of a kind that is not spoken. Its text is not repeated: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("{what}; write http://HOST:PORT or https://HOST:PORT");
        let url =
            reqwest::Url::parse(text).map_err(|error| wrong(&format!("it is not an address ({error})")))?;
        match url.scheme() {
            "http" | "https" if url.host_str().is_some_and(|host| !host.is_empty()) => Ok(Self(url)),
            "http" | "https" => Err(wrong("it names no host")),
            // Whatever is not known would be passed by, and everything sent past the proxy.
            _ => Err(wrong("a proxy of that kind is not spoken to")),
        }
    }

    /// Everything of it, for whoever connects to it.
    pub(super) fn url(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = if self.0.username().is_empty() && self.0.password().is_none() { "" } else { "...@" };
        write!(f, "{}://{secret}{}", self.0.scheme(), self.0.host_str().unwrap_or_default())?;
        self.0.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (text, shown) in [
            ("http://127.0.0.1:3128", "http://127.0.0.1:3128"),
            ("https://proxy.example/", "https://proxy.example"),
            ("http://alice:S3cret@[::1]:8080", "http://...@[::1]:8080"),
        ] {
            let proxy = Proxy::parse(text).unwrap();
            assert_eq!(
                (proxy.to_string(), format!("{proxy:?}")),
                (shown.to_owned(), format!("Proxy({shown})"))
            );
        }
    }

    #[test]
    fn what_is_no_proxy_that_we_speak_to_is_refused() {
        for text in
            ["", "foo", "127.0.0.1:3128", "htpp://alice:S3cret@h:1", "ftp://h", "socks5://h:1", "http://"]
        {
            let error = Proxy::parse(text).unwrap_err();
            assert!(error.ends_with("write http://HOST:PORT or https://HOST:PORT"), "{text}: {error}");
            assert!(!error.contains("S3cret"), "{error}");
        }
    }
}
