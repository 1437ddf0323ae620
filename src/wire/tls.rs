//! Whom a client trusts, and how it proves who it is: one configuration for every sender.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::client::{ClientOptions, Scheme, Trust, WireError};

/// The TLS configuration of a client, without ALPN.
///
/// # Errors
/// When certificates or keys cannot be read, or the library refuses them.
pub fn config(options: &ClientOptions) -> Result<ClientConfig, WireError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| WireError::Setup(error.to_string()))?;
    let builder = match (options.scheme, options.trust) {
        // Nothing will be verified, so the system's authorities need not be read.
        (Scheme::Http, _) => builder.with_root_certificates(RootCertStore::empty()),
        (Scheme::Https, Trust::Anybody) => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        }
        (Scheme::Https, Trust::Verified) => {
            let extra = authorities(options)?;
            let verifier = Verifier::new_with_extra_roots(extra, provider)
                .map_err(|error| WireError::Setup(format!("{error}; name an authority with --ca")))?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        }
    };
    let Some(pem) = &options.identity else { return Ok(builder.with_no_client_auth()) };
    let not_pem = || WireError::Pem { what: "client identity" };
    let chain = certificates(pem).ok_or_else(not_pem)?;
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| not_pem())?;
    builder.with_client_auth_cert(chain, key).map_err(|error| WireError::Setup(error.to_string()))
}

fn authorities(options: &ClientOptions) -> Result<Vec<CertificateDer<'static>>, WireError> {
    let mut all = Vec::new();
    for pem in &options.authorities {
        all.extend(certificates(pem).ok_or(WireError::Pem { what: "certificate authority" })?);
    }
    Ok(all)
}

/// The certificates of a PEM file; nothing where there are none, or one is broken.
fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let all: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
    (!all.is_empty()).then_some(all)
}

/// Takes any certificate, for `--insecure` alone; signatures are still checked, so the peer holds its key.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
