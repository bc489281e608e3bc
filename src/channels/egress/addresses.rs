//! Which addresses are the public internet's and which are ours, or nobody's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `address` belongs to the public internet: not this machine, not this
/// network, not a cloud's metadata, not reserved.
pub(in crate::channels) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => public_v4(v4),
        IpAddr::V6(v6) => public_v6(v6),
    }
}

fn public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        // Carrier-grade NAT, protocol assignments, benchmarks, reserved.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240)
}

fn public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let last = |at: usize| {
        let half = |n: usize| s.get(n).copied().unwrap_or(0).to_be_bytes();
        let (high, low) = (half(at), half(at + 1));
        Ipv4Addr::new(high[0], high[1], low[0], low[1])
    };
    match s {
        // IPv4-compatible, NAT64 and 6to4 carry an IPv4 address: that counts.
        [0, 0, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => public_v4(last(6)),
        [0x2002, ..] => public_v4(last(1)),
        // Teredo hides one; local NAT64, documentation, discard, ORCHID.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x64, 0xff9b, 1, ..] => false,
        // Global unicast is 2000::/3; everything else is local, multicast or
        // nobody's.
        [first, ..] => (0x2000..0x4000).contains(&first) && !(0x3ff0..=0x3fff).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_or_nobodys_is_not_public() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let ip: IpAddr = address.parse().expect("an address");
            assert!(!is_public(ip), "{address}");
        }
        for address in [
            "8.8.8.8",
            "1.1.1.1",
            "192.0.1.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2002:808:808::",
        ] {
            let ip: IpAddr = address.parse().expect("an address");
            assert!(is_public(ip), "{address}");
        }
    }
}
