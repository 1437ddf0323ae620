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

/// Requests a second that a protected environment may be asked for, where nothing else is said.
const PROTECTED_RATE: f64 = 5.0;
/// Requests that a protected environment may be asked for at all, where nothing else is said.
const PROTECTED_REQUESTS: u64 = 1000;

/// What a plan asks of an environment, and how much of that the operator permits.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// The environment.
    pub environment: &'a str,
    /// Whether its contract declares it as protected.
    pub protected: bool,
    /// How fast it asks.
    pub pace: Asking,
    /// All requests of the whole plan; nothing where that is not known before, or the operator said how many there are.
    pub requests: Option<u64>,
    /// The highest rate that the operator permits, where one is said.
    pub most: Option<f64>,
}

/// How fast a plan asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asking {
    /// At no more than this rate, in requests a second.
    Rate(f64),
    /// In the closed model, as fast as it is answered.
    Closed,
    /// As virtual users do, to whom no flag gives a rate.
    Users,
}

/// Whether a plan asks for no more than is permitted. A protected environment has caps of its own: they are lifted by
/// the operator alone, never by a plan.
///
/// # Errors
/// What the operator has to say, or to ask less of.
pub fn cap(demand: &Demand<'_>) -> Result<(), String> {
    let Demand { environment, protected, .. } = *demand;
    let because = if protected { format!("`{environment}` is protected: ") } else { String::new() };
    let most = demand.most.or(protected.then_some(PROTECTED_RATE));
    if let Some(most) = most {
        let wants = match demand.pace {
            Asking::Rate(peak) if peak <= most => None,
            Asking::Rate(peak) => Some(format!(
                "the plan asks for {peak:.0}: ask for less with --rate, or permit more with --max-rate"
            )),
            Asking::Closed => Some(
                "a closed model asks for as many as it gets: give it --model open with a --rate".to_owned(),
            ),
            Asking::Users => Some(
                "users ask for as many as they get: send a plan that has a `mix` and a rate instead"
                    .to_owned(),
            ),
        };
        if let Some(wants) = wants {
            return Err(format!(
                "{because}a load may ask for {most} requests a second at the most, and {wants}"
            ));
        }
    }
    match demand.requests {
        Some(requests) if protected && requests > PROTECTED_REQUESTS => Err(format!(
            "{because}a load may send {PROTECTED_REQUESTS} requests, and the plan has {requests}: say with --requests how \
             many it may be"
        )),
        _ => Ok(()),
    }
}

/// Whether an address is this machine's own, however it is written.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTECTED: Demand<'static> = Demand {
        environment: "live",
        protected: true,
        pace: Asking::Rate(5.0),
        requests: Some(1000),
        most: None,
    };

    #[test]
    fn a_protected_environment_has_caps_that_the_operator_alone_lifts() {
        assert_eq!(cap(&PROTECTED), Ok(()));
        assert!(cap(&Demand { pace: Asking::Rate(5.1), ..PROTECTED }).unwrap_err().contains("--max-rate"));
        assert_eq!(cap(&Demand { pace: Asking::Rate(50.0), most: Some(50.0), ..PROTECTED }), Ok(()));
        assert!(cap(&Demand { requests: Some(1001), ..PROTECTED }).unwrap_err().contains("--requests"));
        assert_eq!(cap(&Demand { requests: None, ..PROTECTED }), Ok(()));
        let closed = Demand { pace: Asking::Closed, ..PROTECTED };
        assert!(
            cap(&closed).unwrap_err().ends_with("as many as it gets: give it --model open with a --rate")
        );
        let users = cap(&Demand { pace: Asking::Users, ..PROTECTED }).unwrap_err();
        assert!(users.contains("users ask for as many as they get") && !users.contains("--rate"), "{users}");
    }

    #[test]
    fn what_is_not_protected_has_the_caps_that_are_asked_for() {
        let open =
            Demand { protected: false, pace: Asking::Rate(1e6), requests: Some(u64::MAX), ..PROTECTED };
        assert_eq!(cap(&open), Ok(()));
        assert!(cap(&Demand { most: Some(999.0), ..open }).is_err());
    }

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
