//! Unpacking with a bound, for what others post and for what we fetch.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

/// Why a body can't be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum NotUnpacked {
    /// It would be larger than allowed.
    TooLarge,
    /// It is not gzip.
    Broken,
}

/// Unpacks gzip up to `most` bytes: a bomb is left the moment it is larger.
pub(in crate::channels) fn gunzip(packed: &[u8], most: usize) -> Result<Bytes, NotUnpacked> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut body = Vec::new();
    MultiGzDecoder::new(packed)
        .take(limit)
        .read_to_end(&mut body)
        .map_err(|_| NotUnpacked::Broken)?;
    if body.len() > most {
        return Err(NotUnpacked::TooLarge);
    }
    Ok(Bytes::from(body))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_bomb_stops_at_the_cap() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let zeros = vec![0_u8; 64 * 1024];
        for _ in 0..256 {
            packer.write_all(&zeros).expect("memory takes it");
        }
        let bomb = packer.finish().expect("memory takes it");
        assert!(bomb.len() < 64 * 1024);
        assert_eq!(gunzip(&bomb, 1024), Err(NotUnpacked::TooLarge));
        assert_eq!(
            gunzip(&bomb, 16 * 1024 * 1024).map(|b| b.len()),
            Ok(16 * 1024 * 1024)
        );
        assert_eq!(gunzip(b"plain", 1024), Err(NotUnpacked::Broken));
    }
}
