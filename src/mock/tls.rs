//! Certificates of the server's own making, new at every start: an authority, a certificate for loopback, and
//! an identity for clients.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use super::config::{MockError, TlsMode};
use super::running::Certificates;

/// The names that the server's certificate is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What TLS needs.
pub(super) struct Minted {
    /// Takes connections.
    pub(super) acceptor: TlsAcceptor,
    /// What clients need.
    pub(super) certificates: Certificates,
}

/// Mints everything that TLS needs. HTTP/2 is offered before HTTP/1.1, by ALPN (RFC 9113 section 3.2).
///
/// # Errors
/// A certificate that cannot be made, or that TLS does not take.
pub(super) fn mint(mode: TlsMode) -> Result<Minted, MockError> {
    let (authority, issuer) = authority()?;
    let server_key = KeyPair::generate()?;
    let server = leaf(&NAMES, ExtendedKeyUsagePurpose::ServerAuth)?.signed_by(&server_key, &issuer)?;
    let client_key = KeyPair::generate()?;
    let client = leaf(&["client.lockproof.invalid"], ExtendedKeyUsagePurpose::ClientAuth)?;
    let client = client.signed_by(&client_key, &issuer)?;

    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let builder = match mode {
        TlsMode::Server => builder.with_no_client_auth(),
        TlsMode::Mutual => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der().clone())?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build()?)
        }
    };
    let chain: Vec<CertificateDer<'static>> = vec![server.der().clone()];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let mut tls = builder.with_single_cert(chain, key)?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let certificates = Certificates {
        ca_pem: authority.pem(),
        client_identity_pem: format!("{}{}", client.pem(), client_key.serialize_pem()),
    };
    Ok(Minted { acceptor: TlsAcceptor::from(Arc::new(tls)), certificates })
}

fn authority() -> Result<(rcgen::Certificate, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = CertificateParams::new(Vec::default())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Lockproof reference server's authority");
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate, Issuer::new(params, key)))
}

fn leaf(names: &[&str], usage: ExtendedKeyUsagePurpose) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, "Lockproof reference server");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    Ok(params)
}
