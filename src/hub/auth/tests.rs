//! Officers come, go, change and try; the private door and who may read it.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::model::ids::{DeskName, OfficerId};
use crate::model::officer::{Desks, Officer, Role};
use crate::model::time::Timestamp;

const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

fn at(s: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + s * 1000)
}

fn id(name: &str) -> OfficerId {
    OfficerId::new(name).unwrap()
}

fn new_officer(name: &str, certificates: &[&str]) -> NewOfficer {
    NewOfficer {
        id: id(name),
        role: Role::Officer,
        desks: Desks::Only([DeskName::new("water").unwrap()].into()),
        teams: BTreeSet::new(),
        certificates: certificates.iter().map(|n| n.parse().unwrap()).collect(),
        good_for: Duration::from_hours(1),
    }
}

fn add(folder: &Path, name: &str, certificates: &[&str]) -> Token {
    Accounts::change(folder, |a| a.add(new_officer(name, certificates), at(0))).unwrap()
}

fn floor() -> (TempDir, Token, Access) {
    let folder = tempfile::tempdir().unwrap();
    let token = add(folder.path(), "officer1", &["email:Officer1@floor.example"]);
    let access = Access::open(folder.path()).unwrap();
    (folder, token, access)
}

fn certificate(names: &[&str]) -> Credential {
    Credential::Certificate(ClientCert {
        names: names.iter().map(|n| n.parse().unwrap()).collect(),
        chain: Arc::from([]),
    })
}

fn enter(access: &Access, credential: &Credential, s: i64) -> Result<Grant, AccessError> {
    access.authenticate(Some(credential), PEER, at(s))
}

#[test]
fn a_token_opens_for_its_officer_until_it_ends() {
    let (_folder, token, access) = floor();
    let header = format!("Bearer {}", token.reveal());
    let credential = Credential::bearer(&header).unwrap();
    let grant = enter(&access, &credential, 0).unwrap();
    assert_eq!(grant.officer.id, id("officer1"));
    assert_eq!(grant.officer.role, Role::Officer);
    assert_eq!(access.still_valid(&grant, at(3599)), Ok(()));
    let ended = AccessError::Expired(at(3600).to_string());
    assert_eq!(access.still_valid(&grant, at(3600)), Err(ended.clone()));
    assert_eq!(enter(&access, &credential, 3600).unwrap_err(), ended);
}

#[test]
fn what_is_no_credential_of_ours_is_told_so() {
    let (_folder, _token, access) = floor();
    assert!(Credential::bearer("Basic b2ZmaWNlcjE6").is_none());
    let nothing = access.authenticate(None, PEER, at(0)).unwrap_err();
    assert_eq!(nothing, AccessError::Nothing);
    let other = Credential::Token(Token::generate().unwrap());
    assert_eq!(
        enter(&access, &other, 0).unwrap_err(),
        AccessError::UnknownToken
    );
}

#[test]
fn failures_are_held_back_but_never_a_right_token() {
    let (_folder, token, access) = floor();
    let wrong = Credential::Token(Token::generate().unwrap());
    let tries: Vec<AccessError> = (0..11)
        .map(|_| enter(&access, &wrong, 0).unwrap_err())
        .collect();
    assert_eq!(tries[9], AccessError::UnknownToken);
    assert_eq!(tries[10], AccessError::Throttled { seconds: 60 });
    assert!(enter(&access, &Credential::Token(token), 0).is_ok());
}

#[test]
fn a_running_hub_notices_what_the_command_line_does() {
    let (folder, token, access) = floor();
    let mut changes = access.changes();
    let credential = Credential::Token(token);
    let grant = enter(&access, &credential, 0).unwrap();
    access.look();
    assert!(!changes.has_changed().unwrap(), "nothing changed yet");

    let second = add(folder.path(), "officer2", &[]);
    access.look();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    assert!(enter(&access, &Credential::Token(second), 0).is_ok());
    assert_eq!(access.still_valid(&grant, at(0)), Ok(()), "others stay");

    let hour = Duration::from_hours(1);
    let rotated = Accounts::change(folder.path(), |a| a.rotate(&id("officer1"), hour, at(5)));
    access.look();
    let gone = access.still_valid(&grant, at(5)).unwrap_err();
    assert_eq!(gone, AccessError::Changed("officer1".into()));
    let grant = enter(&access, &Credential::Token(rotated.unwrap()), 5).unwrap();

    Accounts::change(folder.path(), |a| a.revoke(&id("officer1"), at(6))).unwrap();
    access.look();
    let gone = access.still_valid(&grant, at(6)).unwrap_err();
    assert_eq!(gone, AccessError::Revoked("officer1".into()));
}

#[tokio::test]
async fn the_watch_tells_sessions_within_seconds() {
    let (folder, _token, access) = floor();
    let access = Arc::new(access);
    let mut changes = access.changes();
    let shutdown = tokio_util::sync::CancellationToken::new();
    let watch = tokio::spawn(Arc::clone(&access).watch(shutdown.clone()));
    Accounts::change(folder.path(), |a| a.revoke(&id("officer1"), at(6))).unwrap();
    changes.changed().await.unwrap();
    shutdown.cancel();
    watch.await.unwrap();
}

#[test]
fn a_damaged_file_throws_nobody_out_and_is_told() {
    let (folder, token, access) = floor();
    private::replace(&Accounts::path(folder.path()), b"{ \"version\": 1, ").unwrap();
    access.look();
    assert!(enter(&access, &Credential::Token(token), 0).is_ok());
    let trouble = access.trouble().unwrap();
    assert!(
        trouble.ends_with("officers.json is damaged: line 1, column 16."),
        "{trouble}"
    );
    private::replace(&Accounts::path(folder.path()), b"{ \"version\": 9 }").unwrap();
    let refused = Access::open(folder.path()).unwrap_err().to_string();
    assert!(refused.contains("later watchfloor (form 9)"), "{refused}");
}

#[test]
fn a_certificate_stands_for_its_officer_by_any_case_of_a_mail_address() {
    let (_folder, _token, access) = floor();
    let mine = certificate(&["dns:laptop7.example", "email:officer1@FLOOR.example"]);
    assert_eq!(enter(&access, &mine, 0).unwrap().officer.id, id("officer1"));
    let other = certificate(&["email:officer9@floor.example"]);
    assert_eq!(
        enter(&access, &other, 0).unwrap_err(),
        AccessError::UnknownCertificate
    );
    let none = certificate(&[]);
    assert_eq!(
        enter(&access, &none, 0).unwrap_err(),
        AccessError::UnknownCertificate
    );
}

#[test]
fn a_certificate_of_two_officers_is_nobodys() {
    let (folder, _token, access) = floor();
    add(folder.path(), "officer2", &["uri:urn:floor:2"]);
    access.look();
    let both = certificate(&["email:officer1@floor.example", "uri:urn:floor:2"]);
    assert_eq!(
        enter(&access, &both, 0).unwrap_err(),
        AccessError::UnknownCertificate
    );
    let taken = Accounts::change(folder.path(), |a| {
        a.add(new_officer("officer3", &["uri:urn:floor:2"]), at(0))
    });
    assert!(matches!(taken, Err(AccountsError::CertificateTaken { .. })));
}

#[test]
fn a_certificate_that_was_revoked_meanwhile_ends_the_session() {
    let (folder, _token, _) = floor();
    let good = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let asked = Arc::clone(&good);
    let check = Arc::new(move |_: &ClientCert| asked.load(std::sync::atomic::Ordering::SeqCst));
    let access = Access::open(folder.path())
        .unwrap()
        .with_certificates(check);
    let grant = enter(&access, &certificate(&["email:officer1@floor.example"]), 0).unwrap();
    assert_eq!(access.still_valid(&grant, at(1)), Ok(()));
    good.store(false, std::sync::atomic::Ordering::SeqCst);
    assert!(access.still_valid(&grant, at(2)).is_err());
}

#[test]
fn the_file_holds_no_token_and_nobody_else_may_read_it() {
    let (folder, token, _access) = floor();
    let path = Accounts::path(folder.path());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(token.reveal()));
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let refused = Accounts::load(folder.path()).unwrap_err().to_string();
    assert!(
        refused.ends_with("others may read it (mode 0640); set it to 0600."),
        "{refused}"
    );
}

#[test]
fn two_changes_at_once_both_count() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let path = folder.path();
            scope.spawn(move || add(path, &format!("officer{n}"), &[]));
        }
    });
    assert_eq!(Accounts::load(folder.path()).unwrap().iter().count(), 8);
}

#[test]
fn names_are_given_once_and_again_after_a_revocation() {
    let (folder, _token, _) = floor();
    let path = folder.path();
    let twice = Accounts::change(path, |a| a.add(new_officer("officer1", &[]), at(1)));
    assert!(matches!(twice, Err(AccountsError::Exists(_))));
    let nobody = Accounts::change(path, |a| a.revoke(&id("officer9"), at(1)));
    assert!(matches!(nobody, Err(AccountsError::Missing(_))));
    Accounts::change(path, |a| a.revoke(&id("officer1"), at(1))).unwrap();
    add(path, "officer1", &[]);
}

#[test]
fn certificate_names_are_of_three_kinds() {
    for good in [
        "uri:spiffe://floor/Officer1",
        "dns:a.example",
        "email:o@x.example",
    ] {
        assert!(good.parse::<CertName>().is_ok(), "{good}");
    }
    for bad in [
        "officer1",
        "cn:officer1",
        "dns:",
        "email:o\u{202e}@x",
        "dns:a b",
    ] {
        assert!(bad.parse::<CertName>().is_err(), "{bad}");
    }
}

fn doorkeeper() -> Officer {
    Officer {
        id: id("me"),
        role: Role::Admin,
        desks: Desks::All,
        teams: BTreeSet::new(),
    }
}

#[test]
fn the_same_user_finds_the_door_and_it_closes_with_its_hub() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Door::find(folder.path()).unwrap().is_none());
    let token = Token::generate().unwrap();
    let access = Access::open(folder.path())
        .unwrap()
        .with_door(&token, doorkeeper());
    let guard = Door::open(folder.path(), 4781, &token).unwrap();
    let door = Door::find(folder.path()).unwrap().unwrap();
    assert_eq!(door.addr.to_string(), "127.0.0.1:4781");
    let grant = enter(&access, &Credential::Token(door.token), 0).unwrap();
    assert_eq!(grant.officer, doorkeeper());
    assert_eq!(access.still_valid(&grant, at(1_000_000)), Ok(()));
    drop(guard);
    assert!(Door::find(folder.path()).unwrap().is_none());
}

#[test]
fn a_door_that_others_may_read_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let token = Token::generate().unwrap();
    let _guard = Door::open(folder.path(), 4781, &token).unwrap();
    let path = folder.path().join("door.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(
        Door::find(folder.path()),
        Err(DoorError::Untrusted(_))
    ));
}

#[test]
fn a_hub_removes_only_its_own_door() {
    let folder = tempfile::tempdir().unwrap();
    let first = Door::open(folder.path(), 4781, &Token::generate().unwrap()).unwrap();
    let _second = Door::open(folder.path(), 4782, &Token::generate().unwrap()).unwrap();
    drop(first);
    assert_eq!(
        Door::find(folder.path()).unwrap().unwrap().addr.port(),
        4782
    );
}
