//! Commands: none lost, none doubled, none sent to another floor.

use watchfloor::link::{CAPACITY, News, Standing};
use watchfloor::model::command::{Outcome, Refusal, RefusalCode};
use watchfloor::wire::frames::{ClientFrame, ServerFrame};

use super::fake_hub::{Console, FakeHub, command, epoch, hello, reply, soon};

async fn waiting(console: &mut Console, count: usize) -> Vec<Standing> {
    console
        .wait("the outbox", |news| match news {
            News::Outbox(entries) if entries.len() == count => {
                Some(entries.iter().map(|entry| entry.standing).collect())
            }
            _ => None,
        })
        .await
}

#[tokio::test]
async fn what_was_not_answered_goes_again_under_the_same_id() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    console.wait_caught_up().await;
    for n in 1..=3 {
        console.link.send(command(n)).expect("the link listens");
    }
    let first = peer.hear_command().await;
    assert_eq!(first, command(1));
    peer.say(&reply(&first)).await;
    assert_eq!(peer.hear_command().await, command(2));
    console
        .wait("the reply", |news| match news {
            News::Reply { outcome, late } => {
                assert_eq!((outcome.command, *late), (command(1).id, false));
                Some(())
            }
            _ => None,
        })
        .await;
    peer.cut();
    assert_eq!(waiting(&mut console, 2).await, [Standing::Queued; 2]);
    let mut peer = hub.accept().await;
    peer.hear_resume().await;
    peer.say(&hello(epoch(1), 0)).await;
    assert_eq!(peer.hear_command().await, command(2));
    assert_eq!(peer.hear_command().await, command(3));
    let mut conflict = Outcome {
        command: command(2).id,
        verb: command(2).verb.name(),
        seq: None,
        items: Vec::new(),
        refused: Some(Refusal::new(RefusalCode::Held, "officer2 has it.")),
    };
    peer.say(&ServerFrame::Reply {
        outcome: conflict.clone(),
    })
    .await;
    let told = console
        .wait("the conflict", |news| match news {
            News::Reply {
                outcome,
                late: true,
            } => Some(outcome.clone()),
            _ => None,
        })
        .await;
    assert_eq!(told, conflict);
    // A hub that is too busy now gets it again, later.
    conflict.command = command(3).id;
    conflict.refused = Some(Refusal::new(RefusalCode::Busy, "Too many at once."));
    peer.say(&ServerFrame::Reply { outcome: conflict }).await;
    assert_eq!(peer.hear_command().await, command(3));
}

#[tokio::test]
async fn commands_given_without_a_link_wait_and_are_shown() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    console.wait_caught_up().await;
    peer.cut();
    console.wait_down().await;
    console.link.send(command(1)).expect("the link listens");
    waiting(&mut console, 1).await;
    let mut peer = hub.accept().await;
    peer.hear_resume().await;
    peer.say(&hello(epoch(1), 0)).await;
    let sent = peer.hear_command().await;
    assert_eq!(sent, command(1));
    peer.say(&reply(&sent)).await;
    console
        .wait("the late reply", |news| {
            matches!(news, News::Reply { late: true, .. }).then_some(())
        })
        .await;
}

#[tokio::test]
async fn another_log_gets_none_of_them() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 10).await;
    console.wait_caught_up().await;
    console.link.send(command(1)).expect("the link listens");
    assert_eq!(peer.hear_command().await, command(1));
    peer.cut();
    let mut peer = hub.accept().await;
    peer.hear_resume().await;
    peer.say(&hello(epoch(2), 5)).await;
    let given_back = console
        .wait("what is not sent", |news| match news {
            News::NotSent { commands, .. } => Some(commands.clone()),
            _ => None,
        })
        .await;
    assert_eq!(given_back, [command(1)]);
    console.link.send(command(2)).expect("the link listens");
    assert_eq!(
        peer.hear_command().await,
        command(2),
        "nothing came before it"
    );
}

#[tokio::test]
async fn a_full_outbox_refuses_with_a_sentence() {
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    for n in 0..=CAPACITY as u128 {
        while console.link.send(command(n)).is_err() {
            tokio::task::yield_now().await;
        }
    }
    let refused = console
        .wait("the refusal", |news| match news {
            News::Refused { command, says } => Some((*command, says.clone())),
            _ => None,
        })
        .await;
    assert_eq!(refused.0, Some(command(CAPACITY as u128).id));
    assert!(refused.1.contains("wait for the hub"), "{}", refused.1);
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    let drain = async {
        for n in 0..CAPACITY as u128 {
            let sent = peer.hear_command().await;
            assert_eq!(sent, command(n));
            peer.say(&reply(&sent)).await;
            while console.news.try_recv().is_ok() {}
        }
    };
    soon("all of them, under the hub's limit", drain).await;
}

#[tokio::test]
async fn a_killed_console_forgets_nothing() {
    let hub = FakeHub::bind().await;
    let dir = tempfile::tempdir().expect("a directory");
    let mut settings = hub.settings();
    settings.journal = Some(dir.path().join("outbox.jsonl"));
    let mut console = Console::start(settings.clone());
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    console.wait_caught_up().await;
    for n in 1..=2 {
        console.link.send(command(n)).expect("the link listens");
    }
    let first = peer.hear_command().await;
    peer.say(&reply(&first)).await;
    console
        .wait("the reply", |news| {
            matches!(news, News::Reply { .. }).then_some(())
        })
        .await;
    assert_eq!(peer.hear_command().await, command(2));
    console.link.close().await;

    let mut console = Console::start(settings);
    waiting(&mut console, 1).await;
    drop(peer);
    let mut peer = hub.accept().await;
    peer.begin(epoch(1), 0).await;
    assert_eq!(peer.hear_command().await, command(2));
}

#[tokio::test]
async fn a_bulk_command_is_sent_in_frames_that_the_hub_takes() {
    use watchfloor::model::command::Target;
    use watchfloor::model::ids::ItemKey;
    let hub = FakeHub::bind().await;
    let console = Console::start(hub.settings());
    let mut peer = hub.accept().await;
    peer.socket.get_mut().set_nodelay(true).expect("a socket");
    peer.begin(epoch(1), 0).await;
    let mut bulk = command(1);
    bulk.targets = (0..8000_u128)
        .map(|n| Target {
            key: ItemKey::from_bytes(n.to_be_bytes()),
            version: Some(3),
        })
        .collect();
    console.link.send(bulk.clone()).expect("the link listens");
    assert_eq!(peer.hear_command().await, bulk);
}

#[tokio::test]
async fn presence_is_told_once_and_again_to_a_new_session() {
    use std::time::Duration;
    use watchfloor::model::ids::ItemKey;
    use watchfloor::model::outgoing::Typing;
    let hub = FakeHub::bind().await;
    let mut console = Console::start(hub.settings());
    let key = ItemKey::from_bytes([7; 16]);
    console.link.viewing(Some(key));
    for _ in 0..100 {
        let typing = Typing {
            on: key,
            answer: false,
        };
        console.link.presence(Duration::ZERO, Some(typing));
    }
    for _ in 0..2 {
        let mut peer = hub.accept().await;
        peer.begin(epoch(1), 0).await;
        assert_eq!(peer.hear().await, ClientFrame::View { key: Some(key) });
        let told = peer.hear().await;
        assert!(
            matches!(
                told,
                ClientFrame::Presence {
                    typing: Some(_),
                    ..
                }
            ),
            "{told:?}"
        );
        console.link.send(command(1)).expect("the link listens");
        let next = peer.hear().await;
        assert!(matches!(next, ClientFrame::Command { .. }), "{next:?}");
        peer.cut();
        console.wait_down().await;
    }
}
