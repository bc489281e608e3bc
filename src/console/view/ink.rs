//! From what a piece of a page stands for to the theme's role.

use crate::console::state::document::Ink;
use crate::model::item::Speaker;
use crate::model::severity::Severity;
use crate::theme::Role;

/// The role of an ink.
pub(super) fn role(ink: Ink) -> Role {
    match ink {
        Ink::Text => Role::Text,
        Ink::Muted => Role::Muted,
        Ink::Title => Role::Title,
        Ink::Rule => Role::Border,
        Ink::Key => Role::Key,
        Ink::Good => Role::Good,
        Ink::Warn => Role::Warn,
        Ink::Bad => Role::Error,
        Ink::Mine => Role::StateMine,
        Ink::Theirs => Role::StateTheirs,
        Ink::Pending => Role::StatePending,
        Ink::Struck => Role::StateRetracted,
        Ink::Severity(severity) => of_severity(severity),
        Ink::Speaker(Speaker::Bot) => Role::SpeakerBot,
        Ink::Speaker(Speaker::Citizen) => Role::SpeakerCitizen,
        Ink::Speaker(Speaker::Officer) => Role::SpeakerOfficer,
    }
}

/// The role of a severity.
pub(super) fn of_severity(severity: Severity) -> Role {
    match severity {
        Severity::Critical => Role::SeverityCritical,
        Severity::High => Role::SeverityHigh,
        Severity::Medium => Role::SeverityMedium,
        Severity::Low => Role::SeverityLow,
        Severity::Info => Role::SeverityInfo,
    }
}
