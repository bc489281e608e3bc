//! Which way leads to the hub: pure, from what is configured and what the
//! environment says.
//!
//! Owns the rules: what is configured wins; the environment's variables are
//! read as curl reads them (small letters before capitals, an empty one counts
//! as not set, `NO_PROXY` by name, suffix and network), and this machine's own
//! addresses are never called through a proxy that only the environment names.
//! Called by the command line once; opens nothing.

use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;

use super::super::address::Address;
use super::super::fault::ConnectError;
use crate::config::proxy::{Proxy, ProxyUrl};

/// A way, and who chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The way.
    pub by: By,
    /// Who chose it: `environment HTTPS_PROXY`, `config.toml:7`, or why none.
    pub because: String,
}

/// What lies between this machine and the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Nothing.
    Nothing,
    /// A proxy.
    Proxy(ProxyUrl),
    /// A program with its arguments.
    Command(Vec<String>),
}

/// What is configured, each with its place.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// `link.proxy`.
    pub proxy: Proxy,
    /// Its place.
    pub origin: String,
    /// `link.proxy_command`, with its place.
    pub command: Option<(Vec<String>, String)>,
}

impl Route {
    /// No proxy.
    pub fn direct(because: impl Into<String>) -> Self {
        Self {
            by: By::Nothing,
            because: because.into(),
        }
    }

    /// The way to `to`. `variable` gives an environment variable's value.
    ///
    /// # Errors
    /// [`ConnectError::ProxyVariable`] when a variable that counts here names
    /// no proxy: it is not passed over, because the way would be another one
    /// than was meant.
    pub fn choose(
        wanted: Wanted,
        to: &Address,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConnectError> {
        if let Some((argv, origin)) = wanted.command {
            return Ok(Self {
                by: By::Command(argv),
                because: origin,
            });
        }
        match wanted.proxy {
            Proxy::At(url) => Ok(Self {
                by: By::Proxy(url),
                because: wanted.origin,
            }),
            Proxy::None => Ok(Self::direct(format!("link.proxy, {}", wanted.origin))),
            Proxy::Env => from_environment(to, variable),
        }
    }

    /// The proxy, when there is one.
    #[must_use]
    pub fn proxy(&self) -> Option<&ProxyUrl> {
        match &self.by {
            By::Proxy(url) => Some(url),
            By::Nothing | By::Command(_) => None,
        }
    }
}

fn from_environment(
    to: &Address,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Route, ConnectError> {
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    // HTTP_PROXY in capitals is left out as curl leaves it out: a web server
    // gives a header of strangers to its programs under that name.
    let names: &[&str] = if to.secure {
        &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else {
        &["http_proxy", "all_proxy", "ALL_PROXY"]
    };
    let found = names
        .iter()
        .find_map(|name| set(name).map(|value| (*name, value)));
    let Some((name, value)) = found else {
        return Ok(Route::direct("no proxy is configured"));
    };
    if to.is_loopback() {
        return Ok(Route::direct("the hub is on this machine"));
    }
    let except = ["no_proxy", "NO_PROXY"]
        .iter()
        .find_map(|name| set(name).map(|value| (*name, value)));
    if let Some((name, list)) = except
        && is_excepted(&list, to)
    {
        return Ok(Route::direct(format!("environment {name}")));
    }
    let url = ProxyUrl::parse(&value);
    let url = url.ok_or_else(|| ConnectError::ProxyVariable(name.to_owned()))?;
    Ok(Route {
        by: By::Proxy(url),
        because: format!("environment {name}"),
    })
}

/// Whether the list, as curl reads `NO_PROXY`, has the hub in it.
fn is_excepted(list: &str, to: &Address) -> bool {
    // The matcher knows http and https only, and the list is all that it is
    // asked for here.
    let matcher = Matcher::builder().all("http://proxy").no(list).build();
    let target: Result<hyper::Uri, _> = to.rest("/").parse();
    target.is_ok_and(|target| matcher.intercept(&target).is_none())
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let because = &self.because;
        match &self.by {
            By::Nothing => write!(f, "straight to the hub ({because})"),
            By::Proxy(url) => write!(f, "through the proxy {url} ({because})"),
            By::Command(argv) => {
                write!(f, "through the program {:?} ({because})", argv.join(" "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::LinkSettings;

    fn wanted(proxy: Proxy) -> Wanted {
        Wanted {
            proxy,
            origin: "config.toml:7".into(),
            command: None,
        }
    }

    fn to(hub: &str) -> Address {
        Address::of(&LinkSettings::new(hub, None)).unwrap()
    }

    fn with(hub: &str, set: &[(&str, &str)]) -> Result<String, ConnectError> {
        let variable = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Route::choose(wanted(Proxy::Env), &to(hub), variable).map(|route| route.to_string())
    }

    #[test]
    fn the_environment_is_read_as_curl_reads_it() {
        let far = "https://floor.example";
        let both = [("HTTPS_PROXY", "http://b:1"), ("https_proxy", "http://a:1")];
        let says = |set: &[(&str, &str)]| with(far, set).unwrap();
        assert!(says(&both).contains("http://a:1 (environment https_proxy)"));
        assert!(says(&both[..1]).contains("http://b:1"));
        assert!(says(&[("https_proxy", " "), both[0]]).contains("http://b:1"));
        assert!(says(&[("ALL_PROXY", "socks5h://s:9")]).contains("socks5h://s:9"));
        assert!(says(&[("http_proxy", "http://a:1")]).contains("no proxy"));
        // Capitals are not believed for http.
        let plain = with("http://floor.example", &[("HTTP_PROXY", "http://a:1")]).unwrap();
        assert!(plain.contains("no proxy"), "{plain}");
        let small = with("http://floor.example", &[("http_proxy", "http://a:1")]).unwrap();
        assert!(small.contains("http://a:1"), "{small}");
    }

    #[test]
    fn no_proxy_goes_by_name_suffix_and_network() {
        let through = |hub: &str, list: &str| {
            let set = [("https_proxy", "http://a:1"), ("no_proxy", list)];
            with(hub, &set).unwrap().contains("http://a:1")
        };
        assert!(!through("https://floor.example", "other, .example"));
        assert!(!through("https://floor.example:4780", "floor.example"));
        assert!(through("https://notfloor.example", "floor.example"));
        assert!(!through("https://10.1.2.3", "10.0.0.0/8"));
        assert!(!through("https://[2001:db8::1]", "2001:db8::/32"));
        assert!(!through("https://floor.example", "*"));
        assert!(through("https://floor.example", ""));
    }

    #[test]
    fn this_machine_is_called_directly_unless_a_proxy_is_named_for_it() {
        let set = [("https_proxy", "http://a:1"), ("all_proxy", "http://a:1")];
        for hub in [
            "https://localhost:4780",
            "https://127.0.0.1",
            "http://[::1]:1",
        ] {
            let route = with(hub, &set).unwrap();
            assert!(route.contains("on this machine"), "{route}");
        }
        let url = ProxyUrl::parse("http://a:1").unwrap();
        let named = Route::choose(wanted(Proxy::At(url)), &to("https://localhost"), |_| None);
        let named = named.unwrap().to_string();
        assert_eq!(named, "through the proxy http://a:1 (config.toml:7)");
    }

    #[test]
    fn a_variable_that_names_no_proxy_is_told_and_its_value_is_not() {
        let error = with(
            "https://floor.example",
            &[("ALL_PROXY", "socks4://u:hush@x")],
        );
        let says = error.unwrap_err().to_string();
        assert!(
            says.contains("ALL_PROXY") && !says.contains("hush"),
            "{says}"
        );
    }

    #[test]
    fn what_is_configured_wins() {
        let set = |name: &str| (name == "https_proxy").then(|| "http://a:1".to_owned());
        let none = Route::choose(wanted(Proxy::None), &to("https://floor.example"), set).unwrap();
        assert_eq!(none.by, By::Nothing);
        let command = Wanted {
            command: Some((vec!["ssh".into(), "gate".into()], "config.toml:9".into())),
            ..wanted(Proxy::Env)
        };
        let route = Route::choose(command, &to("https://floor.example"), set).unwrap();
        assert_eq!(
            route.to_string(),
            "through the program \"ssh gate\" (config.toml:9)"
        );
    }
}
