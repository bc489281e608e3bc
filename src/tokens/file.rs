//! Tokens in files: one a hub, mode 0600, in a folder of mode 0700.
//!
//! Owns the file's name and what is refused: a folder or file that others may
//! open or that is a link, and a network's drive, whose server and other
//! clients can read it, unless files were asked for. Called by [`super`].

use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::TokenError;
use crate::config::private;
use crate::config::secret::{self, Secret, SecretError, own_uid};

/// What a file's name keeps of a URL as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-');

/// File systems of a network by their numbers (statfs(2)): NFS, SMB, SMB2,
/// CIFS, AFS.
#[cfg(target_os = "linux")]
const OF_A_NETWORK: [i64; 5] = [0x6969, 0x517b, 0xfe53_4d42, 0xff53_4d42, 0x5346_414f];

/// The token for a hub and its file; none when there is none.
pub fn find(
    folder: &Path,
    hub: &str,
    allow_network: bool,
) -> Result<Option<(Secret, PathBuf)>, TokenError> {
    let path = folder.join(name(hub));
    match std::fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        _ => judge(folder, allow_network)?,
    }
    match secret::read_own(&path) {
        Ok(secret) => Ok(Some((secret, path))),
        Err(SecretError::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts a token into its file.
pub fn put(
    folder: &Path,
    hub: &str,
    token: &Secret,
    allow_network: bool,
) -> Result<PathBuf, TokenError> {
    let path = folder.join(name(hub));
    let failed = |source| TokenError::Write {
        path: path.clone(),
        source,
    };
    private::make_folder(folder).map_err(failed)?;
    judge(folder, allow_network)?;
    // Written beside and renamed: a link in its place is replaced, not followed.
    private::replace(&path, token.expose().as_bytes()).map_err(failed)?;
    Ok(path)
}

/// Removes it; its file when there was one.
pub fn forget(folder: &Path, hub: &str) -> Result<Option<PathBuf>, TokenError> {
    let path = folder.join(name(hub));
    match std::fs::remove_file(&path) {
        Ok(()) => Ok(Some(path)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(TokenError::Write { path, source }),
    }
}

fn name(hub: &str) -> String {
    let (_, place) = hub.split_once("://").unwrap_or(("", hub));
    utf8_percent_encode(place.trim_end_matches('/'), KEPT).to_string()
}

/// Refuses a folder in which others could read or replace a token.
fn judge(folder: &Path, allow_network: bool) -> Result<(), TokenError> {
    let refused = |why: String| {
        Err(TokenError::Folder {
            folder: folder.to_owned(),
            why,
        })
    };
    let about = match std::fs::symlink_metadata(folder) {
        Ok(about) => about,
        Err(error) => return refused(format!("can't be looked at: {error}.")),
    };
    if !about.is_dir() {
        return refused(
            "is no folder of its own, and a token is kept in one only; remove it.".into(),
        );
    }
    if about.uid() != own_uid() {
        return refused("holds tokens and belongs to another user; it has to be yours.".into());
    }
    let mode = about.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return refused(format!(
            "holds tokens and others may open it (mode {mode:04o}); set it to 0700."
        ));
    }
    if !allow_network && is_of_a_network(folder) {
        return refused(
            "is on a network's drive, where others may read a token; set link.token_store = \"file\" to keep it there all the same.".into(),
        );
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[allow(
    clippy::useless_conversion,
    reason = "the number's type is another one on other processors"
)]
fn is_of_a_network(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|about| {
        let kind = i64::try_from(about.f_type).unwrap_or_default();
        is_kind_of_a_network(kind)
    })
}

#[cfg(target_os = "linux")]
fn is_kind_of_a_network(kind: i64) -> bool {
    // Some systems give the number with its sign.
    OF_A_NETWORK.contains(&kind) || OF_A_NETWORK.contains(&(kind & 0xffff_ffff))
}

#[cfg(not(target_os = "linux"))]
fn is_of_a_network(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;

    const HUB: &str = "https://floor.example:4780/night/";

    fn secret() -> Secret {
        Secret::new("hush".into())
    }

    #[test]
    fn a_token_comes_back_and_goes() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("tokens");
        assert!(find(&folder, HUB, false).unwrap().is_none());
        let path = put(&folder, HUB, &secret(), false).unwrap();
        assert_eq!(path.file_name().unwrap(), "floor.example%3A4780%2Fnight");
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&path)), (0o700, 0o600));
        let (found, at) = find(&folder, HUB, false).unwrap().unwrap();
        assert_eq!((found.expose(), at), ("hush", path.clone()));
        assert_eq!(forget(&folder, HUB).unwrap(), Some(path));
        assert_eq!(forget(&folder, HUB).unwrap(), None);
        assert!(find(&folder, HUB, false).unwrap().is_none());
    }

    #[test]
    fn what_others_may_open_or_is_a_link_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("tokens");
        let path = put(&folder, HUB, &secret(), false).unwrap();
        let says = || find(&folder, HUB, false).unwrap_err().to_string();
        let set = |path: &Path, mode| {
            std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        };
        set(&path, 0o640);
        assert!(says().contains("0600"), "{}", says());
        set(&path, 0o600);
        set(&folder, 0o750);
        assert!(says().contains("0700"), "{}", says());
        assert!(put(&folder, HUB, &secret(), false).is_err());
        set(&folder, 0o700);

        let elsewhere = home.path().join("elsewhere");
        std::fs::rename(&path, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        assert!(says().contains("is a link"), "{}", says());
        // Putting one there replaces the link and leaves what it led to.
        put(&folder, HUB, &Secret::new("new".into()), false).unwrap();
        assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "hush");
        assert!(path.symlink_metadata().unwrap().is_file());

        let link = home.path().join("link");
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        let error = find(&link, HUB, false).unwrap_err().to_string();
        assert!(error.contains("no folder of its own"), "{error}");
    }

    /// No network's drive can be mounted here; their numbers are statfs(2)'s.
    #[cfg(target_os = "linux")]
    #[test]
    fn drives_of_a_network_are_told_from_those_of_a_machine() {
        for (name, kind) in [
            ("NFS", 0x6969),
            ("CIFS", 0xff53_4d42),
            ("CIFS with a sign", i64::from(0xff53_4d42_u32.cast_signed())),
            ("SMB2", 0xfe53_4d42),
            ("AFS", 0x5346_414f),
        ] {
            assert!(is_kind_of_a_network(kind), "{name}");
        }
        for (name, kind) in [
            ("ext4", 0xef53),
            ("tmpfs", 0x0102_1994),
            ("overlayfs", 0x794c_7630),
            ("XFS", 0x5846_5342),
            ("btrfs", 0x9123_683e),
            ("nothing", 0),
        ] {
            assert!(!is_kind_of_a_network(kind), "{name}");
        }
        let home = tempfile::tempdir().unwrap();
        assert!(!is_of_a_network(home.path()));
    }
}
