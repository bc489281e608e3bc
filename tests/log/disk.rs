//! What only a log on a disk can promise: it is there after a crash, one hub
//! has it, and what is not right is refused untouched.

use std::path::Path;

use watchfloor::model::ids::{ItemId, Seq};
use watchfloor::store::{EventLog, LogError, SqliteLog};

use crate::support::{OnDisk, append, arrives, key, place, stored, takes};

/// What a crash would leave: the files as they are, without closing.
fn crash_copy(from: &Path, to: &Path) {
    for end in ["", "-wal"] {
        let name = |path: &Path| format!("{}{end}", path.display());
        if Path::new(&name(from)).exists() {
            std::fs::copy(name(from), name(to)).unwrap();
        }
    }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_crash() {
    let disk = OnDisk::new();
    for number in 1..=50 {
        stored(&disk.log, arrives(number, "flood")).await;
    }
    let (_dir, copy) = place();
    crash_copy(disk.log.path(), &copy);
    let again = SqliteLog::open(&copy).unwrap();
    assert_eq!(again.epoch(), disk.log.epoch());
    assert_eq!(again.head().await.unwrap(), disk.log.head().await.unwrap());
    assert_eq!(
        again.read(Seq(0), 100).await.unwrap(),
        disk.log.read(Seq(0), 100).await.unwrap()
    );
    // Keys are known again although their index was not copied.
    assert_eq!(stored(&again, takes(1, 50, 50)).await, 51);
    assert_eq!(stored(&again, arrives(51, "")).await, 52);
    assert_eq!(again.key_of(ItemId(51)).await.unwrap(), Some(key(51)));
}

#[tokio::test]
async fn a_log_opens_again_with_its_index() {
    let (_dir, path) = place();
    let log = SqliteLog::open(&path).unwrap();
    stored(&log, arrives(1, "flood")).await;
    stored(&log, takes(1, 1, 1)).await;
    let head = log.head().await.unwrap();
    log.close();
    assert!(matches!(log.append(vec![]).await, Err(LogError::Closed)));
    drop(log);
    let wal = std::fs::metadata(path.with_extension("db-wal"));
    assert_eq!(wal.map_or(0, |meta| meta.len()), 0);
    let log = SqliteLog::open(&path).unwrap();
    assert_eq!(log.head().await.unwrap(), head);
    assert_eq!(stored(&log, takes(2, 1, 2)).await, 3);
    // An index that knows nothing, or something else, is made again.
    log.close();
    for junk in [
        b"".as_slice(),
        b"junk in place of an index, long enough to be read",
    ] {
        std::fs::write(path.with_file_name("derived.db"), junk).unwrap();
        let log = SqliteLog::open(&path).unwrap();
        assert_eq!(log.history(key(1)).await.unwrap().len(), 3);
        log.close();
    }
}

#[tokio::test]
async fn two_hubs_do_not_share_a_log() {
    let disk = OnDisk::new();
    let Err(LogError::InUse { holder, .. }) = SqliteLog::open(disk.log.path()) else {
        panic!("opened twice");
    };
    assert_eq!(holder, std::process::id().to_string());
    disk.log.close();
    SqliteLog::open(disk.log.path()).unwrap();
}

#[tokio::test]
async fn what_is_not_right_is_refused_untouched() {
    let (_dir, path) = place();
    std::fs::write(&path, "this is a letter, not a database. ".repeat(50)).unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = SqliteLog::open(&path).unwrap_err();
    assert!(matches!(refused, LogError::Damaged { .. }), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let (_dir, path) = place();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE recipes(soup)").unwrap();
    drop(other);
    let before = std::fs::read(&path).unwrap();
    let refused = SqliteLog::open(&path).unwrap_err();
    assert!(matches!(refused, LogError::Damaged { .. }), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let (_dir, path) = place();
    let log = SqliteLog::open(&path).unwrap();
    stored(&log, arrives(1, "flood")).await;
    stored(&log, arrives(2, "smoke")).await;
    log.close();
    let tamper = |sql: &str| {
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.execute_batch(sql).unwrap();
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        drop(conn);
        let before = std::fs::read(&path).unwrap();
        let refused = SqliteLog::open(&path).unwrap_err();
        assert_eq!(std::fs::read(&path).unwrap(), before);
        refused
    };
    let refused = tamper("PRAGMA user_version = 99");
    assert!(matches!(refused, LogError::Newer { found: 99, .. }));
    let refused =
        tamper("PRAGMA user_version = 2; UPDATE events SET actor = '\"hub\"' WHERE seq = 2");
    assert!(
        matches!(&refused, LogError::Damaged { what, .. } if what.contains("event 2")),
        "{refused}"
    );
}

#[tokio::test]
async fn a_full_disk_refuses_whole_and_heals() {
    let disk = OnDisk::new();
    stored(&disk.log, arrives(1, "flood")).await;
    let head = disk.log.head().await.unwrap();
    disk.log.limit(Some(1)).await.unwrap();
    let big = "x".repeat(40_000);
    let units = vec![arrives(2, "fits"), arrives(3, &big), arrives(4, &big)];
    let refused = disk.log.append(units.clone()).await.unwrap_err();
    assert!(matches!(refused, LogError::DiskFull { .. }), "{refused}");
    // Nothing of the batch, not even in memory; reading goes on.
    assert_eq!(disk.log.head().await.unwrap(), head);
    assert_eq!(disk.log.known(vec![key(2)]).await.unwrap(), [None]);
    assert_eq!(disk.log.read(Seq(0), 9).await.unwrap().len(), 1);
    disk.log.limit(None).await.unwrap();
    let answers = disk.log.append(units).await.unwrap();
    assert_eq!(answers.len(), 3);
    assert_eq!(disk.log.head().await.unwrap().seq, Seq(4));
    append(&disk.log, arrives(5, "")).await;
    assert_eq!(
        disk.log.history(key(5)).await.unwrap()[0].id,
        Some(ItemId(5))
    );
}

#[tokio::test]
async fn the_newest_sound_checkpoint_is_given_out() {
    let disk = OnDisk::new();
    let log = &disk.log;
    assert_eq!(log.load_checkpoint().await.unwrap(), None);
    for number in 1..=4 {
        let seq = stored(log, arrives(number, "flood")).await;
        let board = format!("board {number}");
        log.save_checkpoint(Seq(seq), board.into()).await.unwrap();
    }
    // Of what is not in the log there is no board.
    log.save_checkpoint(Seq(9), "board 9".into()).await.unwrap();
    let newest = log.load_checkpoint().await.unwrap();
    assert_eq!(newest, Some((Seq(4), b"board 4".to_vec())));
    let derived = rusqlite::Connection::open(log.path().with_file_name("derived.db")).unwrap();
    let kept: i64 = derived
        .query_row("SELECT count(*) FROM checkpoints", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 2);
    let damage = |seq: u64| {
        let sql = format!("UPDATE checkpoints SET bytes = x'00' WHERE seq = {seq}");
        derived.execute_batch(&sql).unwrap();
    };
    damage(4);
    let before = log.load_checkpoint().await.unwrap();
    assert_eq!(before, Some((Seq(3), b"board 3".to_vec())));
    damage(3);
    assert_eq!(log.load_checkpoint().await.unwrap(), None);
}
