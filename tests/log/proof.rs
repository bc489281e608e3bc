//! `verify`, backup, restore and the head that is kept elsewhere.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use watchfloor::model::ids::Seq;
use watchfloor::model::time::Timestamp;
use watchfloor::store::{
    EventLog, Head, LogError, SqliteLog, VerifyError, Wrong, backup, export_head, hex, restore,
    unhex, verify,
};

use crate::support::{AT, OnDisk, arrives, place, stored, takes};

async fn some(log: &SqliteLog) {
    for number in 1..=20 {
        stored(log, arrives(number, "the river is over the road")).await;
        stored(log, takes(number.into(), number, number * 2 - 1)).await;
    }
}

fn change(path: &Path, sql: &str) {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(sql).unwrap();
}

fn first_bad(path: &Path) -> (u64, Wrong) {
    match verify(path, None) {
        Err(VerifyError::Entry { seq, wrong, .. }) => (seq.0, wrong),
        other => panic!("not found: {other:?}"),
    }
}

#[tokio::test]
async fn a_sound_log_is_proved_while_the_hub_writes() {
    let disk = OnDisk::new();
    some(&disk.log).await;
    let proof = verify(disk.log.path(), None).unwrap();
    assert_eq!((proof.events, proof.erased), (40, 0));
    assert_eq!(proof.head, disk.log.head().await.unwrap());
    stored(&disk.log, arrives(99, "more")).await;
    // A head of before is still in it.
    let later = verify(disk.log.path(), Some(proof.head.hash)).unwrap();
    assert_eq!(later.events, 41);
    disk.log.close();
    verify(disk.log.path(), Some(proof.head.hash)).unwrap();
}

/// What somebody may do to the file, and where it shows.
const CHANGES: [(&str, u64, Wrong); 15] = [
    (
        "UPDATE events SET body = CAST('{\"type\":\"item_released\"}' AS BLOB) WHERE seq = 6",
        6,
        Wrong::Content,
    ),
    (
        "UPDATE raws SET bytes = x'00' WHERE seq = 7",
        7,
        Wrong::Content,
    ),
    ("DELETE FROM raws WHERE seq = 7", 7, Wrong::Content),
    (
        "UPDATE events SET at = at + 1 WHERE seq = 9",
        9,
        Wrong::Chain,
    ),
    (
        "UPDATE events SET actor = '{\"officer\":\"omar\"}' WHERE seq = 2",
        2,
        Wrong::Chain,
    ),
    (
        "UPDATE events SET desk = 'harbour' WHERE seq = 40",
        40,
        Wrong::Chain,
    ),
    (
        "UPDATE events SET key = zeroblob(16) WHERE seq = 40",
        40,
        Wrong::Chain,
    ),
    ("DELETE FROM events WHERE seq = 12", 12, Wrong::Missing),
    (
        "DELETE FROM events WHERE seq = 12; UPDATE events SET seq = seq - 1 WHERE seq > 12",
        12,
        Wrong::Content,
    ),
    ("UPDATE events SET id = 7 WHERE seq = 15", 15, Wrong::Number),
    (
        "UPDATE events SET prev = 0 WHERE seq = 16",
        16,
        Wrong::Number,
    ),
    (
        "UPDATE items SET key = zeroblob(16) WHERE id = 3",
        40,
        Wrong::Number,
    ),
    ("DELETE FROM items WHERE id = 20", 39, Wrong::Number),
    (
        "UPDATE events SET body = NULL, salt = NULL WHERE seq = 6",
        6,
        Wrong::Erasure,
    ),
    (
        "UPDATE events SET hash = 'short' WHERE seq = 6",
        6,
        Wrong::Unreadable,
    ),
];

#[tokio::test]
async fn each_change_is_found_at_its_event() {
    let disk = OnDisk::new();
    some(&disk.log).await;
    disk.log.close();
    for (sql, seq, wrong) in CHANGES {
        let (_dir, copy) = place();
        std::fs::copy(disk.log.path(), &copy).unwrap();
        verify(&copy, None).unwrap();
        change(&copy, sql);
        assert_eq!(first_bad(&copy), (seq, wrong), "{sql}");
    }
}

#[tokio::test]
async fn what_was_cut_off_is_found_by_a_head_kept_elsewhere() {
    let disk = OnDisk::new();
    some(&disk.log).await;
    let head = disk.log.head().await.unwrap();
    let file = disk.log.path().with_file_name("heads.jsonl");
    let at = Timestamp::from_millis(AT);
    export_head(&file, head, at).unwrap();
    export_head(&file, head, at).unwrap();
    disk.log.close();
    let lines = std::fs::read_to_string(file).unwrap();
    assert_eq!(lines.lines().count(), 2);
    let line: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(line["seq"], 40);
    assert_eq!(line["hash"], hex(&head.hash));
    let kept = unhex(line["hash"].as_str().unwrap()).unwrap();
    assert_eq!(unhex("not a hash"), None);
    verify(disk.log.path(), Some(kept)).unwrap();
    change(
        disk.log.path(),
        "DELETE FROM events WHERE seq > 38; DELETE FROM items WHERE id = 20",
    );
    verify(disk.log.path(), None).unwrap();
    assert!(matches!(
        verify(disk.log.path(), Some(kept)),
        Err(VerifyError::Head { seq: Seq(38), .. })
    ));
}

#[test]
fn what_is_no_log_is_no_proof() {
    let (_dir, path) = place();
    let missing = verify(&path, None);
    assert!(
        matches!(missing, Err(VerifyError::Log(LogError::Missing { .. }))),
        "{missing:?}"
    );
    std::fs::write(&path, "a letter ".repeat(100)).unwrap();
    assert!(matches!(
        verify(&path, None),
        Err(VerifyError::Log(LogError::Damaged { .. }))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_log_in_use_is_restored_with_another_epoch() {
    let disk = OnDisk::new();
    some(&disk.log).await;
    let (dir, _) = place();
    let kept = dir.path().join("kept.db");
    let proof = backup(disk.log.path(), &kept).unwrap();
    assert_eq!(proof.head, disk.log.head().await.unwrap());
    let before = std::fs::read(&kept).unwrap();
    backup(disk.log.path(), &kept).unwrap_err();
    assert_eq!(std::fs::read(&kept).unwrap(), before);
    stored(&disk.log, arrives(99, "after the backup")).await;

    let (_dir, path) = place();
    let epoch = restore(&kept, path.parent().unwrap()).unwrap();
    assert_ne!(epoch, disk.log.epoch());
    let log = SqliteLog::open(&path).unwrap();
    assert_eq!(log.epoch(), epoch);
    assert_eq!(log.head().await.unwrap(), proof.head);
    assert_eq!(
        log.read(Seq(0), 100).await.unwrap(),
        disk.log.read(Seq(0), 40).await.unwrap()
    );
    assert_eq!(stored(&log, takes(500, 20, 40)).await, 41);
    verify(&path, Some(proof.head.hash)).unwrap();
    restore(&kept, path.parent().unwrap()).unwrap_err();
    // One file each, nothing left lying about.
    let names = |dir: &Path| std::fs::read_dir(dir).unwrap().count();
    assert_eq!(names(dir.path()), 1);
}

#[tokio::test]
async fn a_damaged_backup_is_not_restored() {
    let disk = OnDisk::new();
    some(&disk.log).await;
    disk.log.close();
    change(disk.log.path(), "UPDATE events SET at = 0 WHERE seq = 3");
    let (dir, path) = place();
    restore(disk.log.path(), dir.path()).unwrap_err();
    backup(disk.log.path(), &dir.path().join("kept.db")).unwrap_err();
    assert!(!path.exists());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

/// A log in good order, as bytes, and its head.
static SOUND: LazyLock<(Vec<u8>, Head)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let disk = OnDisk::new();
    let head = runtime.block_on(async {
        some(&disk.log).await;
        disk.log.head().await.unwrap()
    });
    disk.log.close();
    (std::fs::read(disk.log.path()).unwrap(), head)
});

proptest! {
    /// One byte of the file turned: either the log is still proved with the
    /// same head, or it is said not to be sound; never another head.
    #[test]
    fn a_turned_byte_is_found_or_harmless(at in 0_usize..1_000_000, to in any::<u8>()) {
        let (mut bytes, head) = SOUND.clone();
        let (_dir, path) = place();
        let at = at % bytes.len();
        bytes[at] = to;
        std::fs::write(&path, bytes).unwrap();
        if let Ok(proof) = verify(&path, Some(head.hash)) {
            prop_assert_eq!(proof.head, head);
        }
    }
}
