//! The subject alternative names of a certificate that TLS has verified.
//!
//! Owns a reader of just so much DER. Takes URIs, host names and mail addresses;
//! a certificate that it can't read has no names.

use crate::hub::auth::CertNames;

const SEQUENCE: u8 = 0x30;
const OBJECT_ID: u8 = 0x06;
const OCTETS: u8 = 0x04;
/// The extensions' tag in a certificate: context 3, constructed.
const EXTENSIONS: u8 = 0xa3;
/// 2.5.29.17.
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

/// All names in the certificate.
#[must_use]
pub fn names(certificate: &[u8]) -> CertNames {
    alternative_names(certificate).unwrap_or_default()
}

fn alternative_names(certificate: &[u8]) -> Option<CertNames> {
    let certificate = Der(certificate).enter(SEQUENCE)?;
    let signed = Der(certificate).enter(SEQUENCE)?;
    let extensions = Der(signed).find(|(tag, _)| *tag == EXTENSIONS)?.1;
    let extensions = Der(extensions).enter(SEQUENCE)?;
    let names = Der(extensions).find_map(|(_, extension)| {
        let mut parts = Der(extension);
        let id = parts.next()?;
        let value = parts.find(|(tag, _)| *tag == OCTETS)?;
        (id == (OBJECT_ID, SUBJECT_ALT_NAME)).then_some(value.1)
    })?;
    let names = Der(Der(names).enter(SEQUENCE)?);
    let spelt = names.filter_map(|(tag, value)| {
        let kind = match tag {
            0x81 => "email",
            0x82 => "dns",
            0x86 => "uri",
            _ => return None,
        };
        // A name with anything but visible ASCII is no CertName.
        format!("{kind}:{}", std::str::from_utf8(value).ok()?)
            .parse()
            .ok()
    });
    Some(spelt.collect())
}

/// Values one after the other; ends where it is not DER.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn enter(mut self, tag: u8) -> Option<&'a [u8]> {
        self.next()
            .filter(|(found, _)| *found == tag)
            .map(|(_, value)| value)
    }
}

impl<'a> Iterator for Der<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[tag, short], rest) = self.0.split_first_chunk::<2>()?;
        let (length, rest) = if short < 0x80 {
            (usize::from(short), rest)
        } else {
            let (digits, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
            // Four bytes of length are more than any certificate has.
            if digits.is_empty() || digits.len() > 4 {
                return None;
            }
            let length = digits
                .iter()
                .fold(0_usize, |n, d| (n << 8) | usize::from(*d));
            (length, rest)
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rcgen::{CertificateParams, KeyPair, SanType};

    fn certificate() -> Vec<u8> {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![
            SanType::DnsName("Officer1.floor.example".try_into().unwrap()),
            SanType::Rfc822Name("officer1@floor.example".try_into().unwrap()),
            SanType::URI("urn:floor:officer1".try_into().unwrap()),
            SanType::IpAddress("192.0.2.1".parse().unwrap()),
        ];
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn reads_uris_hosts_and_mail_addresses() {
        let names: Vec<String> = names(&certificate())
            .iter()
            .map(ToString::to_string)
            .collect();
        let expected = [
            "dns:officer1.floor.example",
            "email:officer1@floor.example",
            "uri:urn:floor:officer1",
        ];
        assert_eq!(names, expected);
    }

    proptest! {
        #[test]
        fn damage_gives_no_names_that_were_not_there(at in 0_usize..400, byte: u8, cut in 0_usize..500) {
            let mut damaged = certificate();
            if let Some(b) = damaged.get_mut(at) { *b = byte; }
            damaged.truncate(cut);
            prop_assert!(names(&damaged).len() <= 4);
        }
    }
}
