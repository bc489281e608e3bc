//! Recordings for tests: a header, and a tape played to its end into a board.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::Cursor;
use std::path::Path;

use watchfloor::link::News;
use watchfloor::model::board::Board;
use watchfloor::model::ids::{Epoch, OfficerId, Seq};
use watchfloor::model::officer::{Desks, Role};
use watchfloor::model::time::Timestamp;
use watchfloor::replay::{Speed, Tape, start};
use watchfloor::wire::frames::{Hello, Part, Roster};
use watchfloor::wire::limits::Limits;

pub(crate) fn hello(now: Timestamp) -> Hello {
    Hello {
        epoch: Epoch(uuid::Uuid::from_u128(1)),
        head: Seq(0),
        officer: OfficerId::new("anna").unwrap(),
        role: Role::Officer,
        desks: Desks::All,
        teams: Vec::new(),
        roster: Roster::default(),
        zone: "Europe/Lisbon".into(),
        now,
        limits: Limits::default(),
        version: "0".into(),
        demo: false,
    }
}

/// Folds what a console would be told.
pub(crate) fn fold(board: &mut Board, news: News) {
    match news {
        News::Items(items) => {
            if matches!(items.part, Part::First | Part::Only) {
                *board = Board::default();
            }
            for suppression in items.suppressions {
                board.insert_suppression(suppression);
            }
            for item in items.items {
                board.insert(item);
            }
            board.advance(items.at);
        }
        News::Events(events) => {
            for event in &events.events {
                board.apply(event).expect("a console can follow");
            }
            board.advance(events.to);
        }
        _ => {}
    }
}

/// The board at the end of a recording, played as fast as it goes.
pub(crate) fn played(bytes: Vec<u8>) -> Board {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (header, tape) = Tape::read(Path::new("tape"), Cursor::new(bytes)).unwrap();
        let end = Timestamp::from_millis(i64::MAX);
        let (_player, mut news) = start(header, tape, Speed::new(1.0).unwrap(), Some(end));
        let mut board = Board::default();
        while let Some(told) = news.recv().await {
            if matches!(&told, News::Playing(playback) if playback.over.is_some()) {
                break;
            }
            fold(&mut board, told);
        }
        board
    })
}
