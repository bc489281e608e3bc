//! `[link]`: which hub an officer joins, over which way, whom to trust there and
//! as whom.
//!
//! Owns the keys and the rules between them; a proxy's address is
//! [`super::proxy`]'s. What comes of them is the link's.

use std::path::PathBuf;

use super::super::origin::Located;
use super::super::read::Section;
use super::super::secret::SecretRef;
use super::super::words::{OldestTls, Roots, TokenStore};
use super::proxy::Proxy;

/// Which hub to join, how, and as whom.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its URL; none: the hub of this user on this machine.
    pub hub: Option<Located<String>>,
    /// The file that holds the token; none: where `token set` put it.
    pub token_file: Option<Located<PathBuf>>,
    /// Where `token set` puts it.
    pub token_store: Located<TokenStore>,
    /// Which proxy.
    pub proxy: Located<Proxy>,
    /// Who we are for the proxy.
    pub proxy_user: Option<Located<String>>,
    /// The password for it.
    pub proxy_secret: Option<Located<SecretRef>>,
    /// The program, with its arguments, whose input and output lead to the hub.
    pub proxy_command: Option<Located<Vec<String>>>,
    /// Whose signature counts; none: `ca_file` alone when it is set, else the
    /// system's.
    pub roots: Option<Located<Roots>>,
    /// Who may have signed the hub's certificate, PEM.
    pub ca_file: Option<Located<PathBuf>>,
    /// The authority's list of revoked certificates, PEM.
    pub crl_file: Option<Located<PathBuf>>,
    /// Whether `SSL_CERT_FILE` and `SSL_CERT_DIR` say whom the system trusts.
    pub allow_env_roots: Located<bool>,
    /// The oldest TLS.
    pub oldest_tls: Located<OldestTls>,
    /// The officer's certificate, PEM.
    pub client_cert: Option<Located<PathBuf>>,
    /// Its private key, PEM.
    pub client_key: Option<Located<PathBuf>>,
    /// Whether the token may travel without TLS to another machine.
    pub allow_plaintext: Located<bool>,
}

impl Link {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        let link = Self {
            hub: s.maybe("hub"),
            token_file: s.maybe("token_file"),
            token_store: s.or("token_store", TokenStore::Auto),
            proxy: s.or("proxy", Proxy::Env),
            proxy_user: s.maybe("proxy_user"),
            proxy_secret: s.maybe("proxy_secret"),
            proxy_command: s.maybe("proxy_command"),
            roots: s.maybe("roots"),
            ca_file: s.maybe("ca_file"),
            crl_file: s.maybe("crl_file"),
            allow_env_roots: s.or("allow_env_roots", false),
            oldest_tls: s.or("oldest_tls", OldestTls::V13),
            client_cert: s.maybe("client_cert"),
            client_key: s.maybe("client_key"),
            allow_plaintext: s.or("allow_plaintext", false),
        };
        link.check_address(s);
        link.check_way(s);
        link.check_trust(s);
        link
    }

    /// Whose signature counts, when nobody said it too.
    #[must_use]
    pub fn roots(&self) -> Roots {
        match (&self.roots, &self.ca_file) {
            (Some(roots), _) => roots.value,
            (None, Some(_)) => Roots::File,
            (None, None) => Roots::System,
        }
    }

    fn check_address(&self, s: &mut Section<'_>) {
        let schemes = ["https://", "http://"];
        match &self.hub {
            Some(hub) if !schemes.iter().any(|scheme| hub.starts_with(scheme)) => s.wrong(
                hub.origin.clone(),
                "link.hub has to be a URL such as \"https://floor.example:4780\".".into(),
            ),
            _ => {}
        }
    }

    fn check_way(&self, s: &mut Section<'_>) {
        if let Some(command) = &self.proxy_command {
            if command.first().is_none_or(String::is_empty) {
                let says = "link.proxy_command has to name a program, then its arguments.";
                s.wrong(command.origin.clone(), says.into());
            }
            if matches!(self.proxy.value, Proxy::At(_)) {
                let says = "link.proxy and link.proxy_command are two ways to the hub; set one.";
                s.wrong(command.origin.clone(), says.into());
            }
        }
        let named = match (&self.proxy_user, &self.proxy_secret) {
            (Some(user), None) => Some(&user.origin),
            (None, Some(secret)) => Some(&secret.origin),
            _ => None,
        };
        if let Some(origin) = named {
            let says = "link.proxy_user and link.proxy_secret are set together or not at all.";
            s.wrong(origin.clone(), says.into());
        }
        if let (Proxy::At(url), Some(user)) = (&self.proxy.value, &self.proxy_user)
            && url.account().is_some()
        {
            let says =
                "link.proxy names a user already; say it there or in link.proxy_user, not in both.";
            s.wrong(user.origin.clone(), says.into());
        }
    }

    fn check_trust(&self, s: &mut Section<'_>) {
        if let Some(roots) = &self.roots {
            let uses_file = roots.value != Roots::System;
            if uses_file != self.ca_file.is_some() {
                let says = if uses_file {
                    format!(
                        "link.roots = \"{}\" needs link.ca_file.",
                        roots.value.word()
                    )
                } else {
                    "link.roots = \"system\" leaves link.ca_file out; set \"file\" or \"system+file\" to trust it.".into()
                };
                s.wrong(roots.origin.clone(), says);
            }
        }
        if let Some(crl) = &self.crl_file
            && self.roots() != Roots::File
        {
            let says = "link.crl_file needs link.roots = \"file\" with link.ca_file: only a private authority has one list.";
            s.wrong(crl.origin.clone(), says.into());
        }
        if self.client_cert.is_some() != self.client_key.is_some() {
            let says = "link.client_cert and link.client_key are set together or not at all.";
            s.wrong(s.origin.clone(), says.into());
        }
    }
}
