//! Changing what the stream shows: queues, saved views, and the way back.

use crate::console::action::Action;
use crate::console::state::App;
use crate::console::state::views::View;
use crate::model::queue::Queue;

/// Goes to another view.
pub(super) fn act(app: &mut App, action: Action) {
    let went = match action {
        Action::NextQueue => queue(app, 1),
        Action::PreviousQueue => queue(app, -1),
        Action::SavedView(n) => return saved(app, n),
        Action::AllItems => {
            app.views.go(View::default());
            true
        }
        Action::LastView => app.views.swap(),
        Action::OlderView => app.views.back(),
        Action::NewerView => app.views.forward(),
        _ => false,
    };
    if went {
        changed(app);
    } else {
        app.say("There is no view there.");
    }
}

/// The next queue; the typed filter stays, a saved view is left.
fn queue(app: &mut App, by: isize) -> bool {
    let now = app.views.now();
    let count = Queue::EVERY.len();
    let at = Queue::EVERY
        .iter()
        .position(|q| *q == now.queue)
        .unwrap_or(0);
    let next = (at + count).saturating_add_signed(by) % count;
    let view = View {
        queue: Queue::EVERY.get(next).copied().unwrap_or(Queue::All),
        saved: None,
        filter: now.filter.clone(),
    };
    app.views.go(view);
    true
}

/// A saved view by its number.
pub(super) fn saved(app: &mut App, n: u8) {
    let Some(queue) = app.settings.view(n).map(|view| view.queue) else {
        app.say(format!(
            "There is no saved view {n}; :view save {n} NAME saves what is shown."
        ));
        return;
    };
    app.views.go(View {
        queue,
        saved: Some(n),
        filter: None,
    });
    changed(app);
}

/// All items, no filter.
pub(super) fn all(app: &mut App) {
    act(app, Action::AllItems);
}

/// The rows are others now. The cursor stays on its item where it is among
/// them.
pub(super) fn changed(app: &mut App) {
    app.stream.restart();
    app.marks.anchor = None;
    app.detail.open = false;
    app.detail.scroll = 0;
    app.floor.touch();
}
