//! Choosing a theme: by name, or in the picker, which shows each at once.

use super::pickers;
use crate::console::effect::Effect;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::overlay::What;
use crate::console::state::overlay::picker::{Purpose, Value};

/// Opens the picker with the cursor on the theme that is on.
pub(super) fn open(app: &mut App, press: KeyPress) {
    pickers::open(app, Purpose::Theme, Vec::new(), press);
    let now = Value::Theme(app.settings.themes.now.clone());
    if let Some(What::Picker(picker)) = app.overlays.last_mut().map(|top| &mut top.what) {
        let at = picker.choices.iter().position(|choice| choice.value == now);
        picker.at = at.unwrap_or(0);
    }
}

/// Keeps a theme.
pub(super) fn choose(app: &mut App, name: &str) -> Vec<Effect> {
    let themes = &mut app.settings.themes;
    let Some(named) = themes.all.iter().find(|theme| theme.name == name) else {
        let names: Vec<&str> = themes.all.iter().map(|theme| theme.name.as_str()).collect();
        let says = format!(
            "There is no theme of that name; there are {}.",
            names.join(", ")
        );
        app.refuse(says);
        return Vec::new();
    };
    if !named.is_right {
        let says = named.says.clone();
        app.refuse(says);
        return Vec::new();
    }
    name.clone_into(&mut themes.now);
    if let Some(origin) = &themes.set_by {
        let says = format!("The theme is {name} until the console closes; {origin} sets one.");
        app.say(says);
        return Vec::new();
    }
    app.say(format!("The theme is {name}."));
    vec![Effect::RememberTheme(name.to_owned())]
}
