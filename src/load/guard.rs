//! Whom a load may reach: this machine at any rate, anybody else only with the operator's word.

use std::net::{IpAddr, SocketAddr};

/// Requests a second that need nobody's word.
const HARMLESS: f64 = 10.0;

/// Whether a load may go there; the host that the operator answers for, where that had to be said.
///
/// `peak` is the highest rate of the plan; nothing in the closed model, which has none.
///
/// # Errors
/// What the operator has to say.
pub fn authorise(
    host: &str,
    addresses: &[SocketAddr],
    peak: Option<f64>,
    authorized: Option<&str>,
) -> Result<Option<String>, String> {
    if addresses.iter().all(|address| is_loopback(address.ip())) {
        return Ok(None);
    }
    let given = authorized.filter(|given| given.eq_ignore_ascii_case(host));
    if let Some(given) = given {
        return Ok(Some(given.to_owned()));
    }
    if peak.is_some_and(|peak| peak <= HARMLESS) {
        return Ok(None);
    }
    let said = authorized.map(|other| format!(" (--authorized names `{other}`)")).unwrap_or_default();
    Err(format!(
        "a load of more than {HARMLESS} requests a second on `{host}` needs the word of somebody who may give \
         it{said}: if you are authorised to load that host, say so with --authorized {host}"
    ))
}

/// Whether an address is this machine's own, however it is written.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(addresses: &[&str], peak: Option<f64>, authorized: Option<&str>) -> Result<Option<String>, String> {
        let addresses: Vec<_> =
            addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 443)).collect();
        authorise("api.example", &addresses, peak, authorized)
    }

    #[test]
    fn this_machine_may_be_loaded() {
        for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(at(&[address], None, None), Ok(None), "{address}");
        }
    }

    #[test]
    fn everybody_else_only_gently_or_with_the_operators_word() {
        let far = ["192.0.2.1"];
        assert_eq!(at(&far, Some(10.0), None), Ok(None));
        for peak in [Some(10.5), None] {
            assert!(at(&far, peak, None).is_err_and(|why| why.contains("--authorized api.example")));
            assert!(at(&far, peak, Some("other.example")).is_err());
            assert_eq!(at(&far, peak, Some("API.example")), Ok(Some("API.example".to_owned())));
        }
    }

    #[test]
    fn a_name_that_also_means_somebody_else_is_somebody_else() {
        for far in ["192.0.2.1", "0.0.0.0", "169.254.169.254", "::"] {
            assert!(at(&["127.0.0.1", far], None, None).is_err(), "{far}");
        }
    }
}
