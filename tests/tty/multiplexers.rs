//! The console inside real tmux and GNU screen: drawn, resized, detached and
//! attached again, focus told, and nothing of the start's questions on screen.

use std::process::Command;
use std::time::Duration;

use crate::stage::{Stage, entry};
use crate::terminal::{Look, Terminal};

fn wanted(test: &str) -> bool {
    let wanted = std::env::var_os("WATCHFLOOR_PEERS").is_some_and(|value| value == "1");
    if !wanted {
        eprintln!("{test}: skipped, because WATCHFLOOR_PEERS is not 1; .ci/peers runs it.");
    }
    wanted
}

async fn stage() -> Stage {
    let stage = Stage::town().await;
    let body = serde_json::json!([entry("1", "Água castanha ⚠️ em Mill Road")]);
    assert_eq!(stage.post(body.to_string()).await.status, 200);
    stage
}

fn shows_the_floor(screen: &vt100::Screen) -> bool {
    let text = screen.contents();
    text.contains("live") && text.contains("gua castanha") && text.contains("help")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inside_tmux_it_is_drawn_resized_detached_and_attached() {
    if !wanted("tmux") {
        return;
    }
    let stage = stage().await;
    let socket = stage.folder.path().join("tmux");
    let tmux = |words: &str| {
        let status = Command::new("tmux")
            .arg("-S")
            .arg(&socket)
            .args(words.split_whitespace())
            .status()
            .unwrap();
        assert!(status.success(), "tmux {words}");
    };
    let port = stage.running.address.port();
    let attach = format!("tmux -S {} new-session -A -s floor", socket.display());
    let mut outer = Terminal::shell(port, stage.token("ana"), Look::COLOUR).unwrap();
    outer
        .until("the shell", |screen| screen.contents().contains("ready$"))
        .unwrap();
    outer.press(&format!("{attach} $CONSOLE\r")).unwrap();
    outer.until("the floor", shows_the_floor).unwrap();
    let clean = |screen: &vt100::Screen| {
        let text = screen.contents();
        !text.contains("2026$p") && !text.contains("i=wf") && !text.contains(">0q")
    };
    assert!(outer.look(clean));
    tmux("set -g focus-events on");
    tmux("set -g status off");
    outer.press("\u{1b}[O").unwrap();
    outer.press("\u{1b}[I").unwrap();
    outer.until("the floor", shows_the_floor).unwrap();
    tmux("detach-client -s floor");
    outer
        .until("the shell", |screen| screen.contents().contains("detached"))
        .unwrap();
    outer.resize(120, 40);
    outer.press(&format!("{attach}\r")).unwrap();
    outer
        .until("the floor at its new size", |screen| {
            shows_the_floor(screen)
                && screen
                    .rows(0, 120)
                    .nth(39)
                    .is_some_and(|row| row.contains("help"))
        })
        .unwrap();
    tmux("kill-server");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inside_screen_it_is_drawn_detached_and_attached() {
    if !wanted("screen") {
        return;
    }
    let stage = stage().await;
    let port = stage.running.address.port();
    let mut outer = Terminal::shell(port, stage.token("ana"), Look::COLOUR).unwrap();
    outer
        .until("the shell", |screen| screen.contents().contains("ready$"))
        .unwrap();
    outer.press("screen -U -S floor $CONSOLE\r").unwrap();
    outer.until("the floor", shows_the_floor).unwrap();
    outer.quiet(Duration::from_millis(300));
    // Ctrl-A d.
    outer.press("\u{1}d").unwrap();
    outer
        .until("the shell", |screen| screen.contents().contains("detached"))
        .unwrap();
    outer.press("clear; screen -r floor\r").unwrap();
    outer.until("the floor again", shows_the_floor).unwrap();
    outer.press("q").unwrap();
    outer
        .until("the shell", |screen| {
            screen.contents().contains("terminating")
        })
        .unwrap();
    stage.stop().await;
}
