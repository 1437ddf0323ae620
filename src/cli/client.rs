//! How the client reaches a target: certificates, proxy, protocol.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::contract::Environment;
use crate::plan::Frames;
use crate::wire::{ClientOptions, HttpVersion, Limits, Proxy, Scheme, Trust};

use super::error::Failure;

#[derive(Debug, Args)]
pub(super) struct ClientFlags {
    /// A PEM file of certificate authorities to trust in addition; repeatable.
    #[arg(long, value_name = "FILE")]
    ca: Vec<PathBuf>,
    /// A PEM file with a client certificate and its private key, for a target that asks for one.
    #[arg(long, value_name = "FILE")]
    client_identity: Option<PathBuf>,
    /// Trust any certificate. Every report says so.
    #[arg(long)]
    insecure: bool,
    /// Send everything through this proxy; the proxies of the environment are never used.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// How much of an answer's body is read, in KiB; what is longer is not judged by its body.
    #[arg(long, value_name = "KIB", default_value_t = 512, value_parser = clap::value_parser!(u32).range(16..=65536))]
    max_body: u32,
    /// The protocol: HTTP/1.1, or HTTP/2 by ALPN over TLS and with prior knowledge otherwise.
    #[arg(long, value_enum, value_name = "VERSION", default_value = "1.1")]
    http: HttpArg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum HttpArg {
    #[value(name = "1.1")]
    Http1,
    #[value(name = "2")]
    Http2,
}

impl ClientFlags {
    /// The protocol.
    pub(super) fn http(&self) -> HttpVersion {
        match self.http {
            HttpArg::Http1 => HttpVersion::Http1,
            HttpArg::Http2 => HttpVersion::Http2,
        }
    }

    /// Where exact frames can be sent.
    pub(super) fn frames(&self) -> Frames {
        match self.http {
            _ if self.proxy.is_some() => Frames::Nowhere("they cannot go through a proxy (--proxy)"),
            HttpArg::Http2 => Frames::Anywhere,
            HttpArg::Http1 => Frames::OverTls,
        }
    }

    /// Why exact bytes cannot be sent, where they cannot.
    pub(super) fn no_exact_bytes(&self) -> Option<&'static str> {
        match self.http {
            _ if self.proxy.is_some() => Some("they cannot go through a proxy (--proxy)"),
            HttpArg::Http2 => Some("they are sent in HTTP/1.1 alone (--http 2)"),
            HttpArg::Http1 => None,
        }
    }

    /// What every report must say first.
    pub(super) fn notices(&self) -> Vec<String> {
        let insecure = "TLS is not verified (--insecure): anybody could have answered in the target's place";
        let insecure = self.insecure.then(|| insecure.to_owned());
        let proxy = self.proxy().ok().flatten();
        let proxy = proxy.map(|proxy| format!("requests go through the proxy {proxy}"));
        insecure.into_iter().chain(proxy).collect()
    }

    /// The proxy that was named. It is read here and not with the other flags, whose wrong values are shown: it may hold a
    /// password.
    fn proxy(&self) -> Result<Option<Proxy>, Failure> {
        let proxy = self.proxy.as_deref().map(Proxy::parse).transpose();
        proxy.map_err(|error| Failure::usage(format!("--proxy: {error}")))
    }

    /// The options for one environment, files read.
    pub(super) fn options(
        &self,
        environment: &Environment,
        folder: &Path,
        timeout: Duration,
    ) -> Result<ClientOptions, Failure> {
        let declared = environment.tls.ca.as_ref().map(|file| pem(&folder.join(file))).transpose()?;
        let own = environment.tls.client_identity.as_ref().map(|file| folder.join(file));
        let mut options = self.base(own, timeout)?;
        options.authorities.extend(declared);
        Ok(options)
    }

    /// The options for whatever steers the target: no proxy is between.
    pub(super) fn steering(&self, timeout: Duration) -> Result<ClientOptions, Failure> {
        Ok(ClientOptions { http: HttpVersion::Http1, proxy: None, ..self.base(None, timeout)? })
    }

    /// What is so wherever requests go; `identity` is used where none is named on the command line.
    fn base(&self, identity: Option<PathBuf>, timeout: Duration) -> Result<ClientOptions, Failure> {
        let identity = self.client_identity.clone().or(identity).map(|path| pem(&path)).transpose()?;
        Ok(ClientOptions {
            http: self.http(),
            // Set by the lane, which knows where it leads.
            scheme: Scheme::Http,
            trust: if self.insecure { Trust::Anybody } else { Trust::Verified },
            authorities: self.ca.iter().map(|path| pem(path)).collect::<Result<Vec<_>, _>>()?,
            identity,
            proxy: self.proxy()?,
            limits: Limits {
                body_bytes: usize::try_from(self.max_body).unwrap_or(usize::MAX).saturating_mul(1024),
                total: timeout,
                connect: timeout.min(Limits::default().connect),
                ..Limits::default()
            },
        })
    }
}

fn pem(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::usage(format!("read {}: {error}", path.display())))
}
