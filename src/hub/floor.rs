//! From the configuration to what the hub's rooms need: settings, routing,
//! teams. Names and filters are parsed here, and what is wrong with one names
//! its place in the file.

use std::collections::{BTreeMap, BTreeSet};

use super::routing::{Routing, Rule, Sla};
use super::settings::Settings;
use crate::config::floor::{Canned as CannedText, Rule as RuleText, Sla as SlaText};
use crate::config::words::{Grade, Privacy, Sort};
use crate::config::{Config, Located, Origin, Problem};
use crate::model::filter::Filter;
use crate::model::ids::{ChannelName, DeskName, OfficerId, RuleName, Tag, TeamName};
use crate::model::item::Kind;
use crate::model::outgoing::Canned;
use crate::model::severity::Severity;
use crate::wire::limits::NoticesTell;

/// The desk that a floor without desks has.
const ONLY_DESK: &str = "floor";

/// A floor as configured.
#[derive(Clone, Debug)]
pub struct Floor {
    /// What sessions and desk are held to.
    pub settings: Settings,
    /// Where items go.
    pub routing: Routing,
    /// Who answers for which team.
    pub teams: BTreeMap<TeamName, BTreeSet<OfficerId>>,
}

/// Reads the floor out of a configuration.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn read(config: &Config) -> Result<Floor, Vec<Problem>> {
    let mut problems = Vec::new();
    let hub = &config.hub;
    let settings = Settings {
        name: hub.name.value.clone(),
        zone: hub.zone.value.name().to_owned(),
        idle_limit: hub.idle_limit.value,
        link_lost: hub.link_lost.value,
        ack_rest: hub.ack_rest.value,
        notices: match hub.notices_tell.value {
            Privacy::Counts => NoticesTell::Counts,
            Privacy::Rule => NoticesTell::Rule,
        },
        lock_ceiling: hub.lock_ceiling.value.span(),
        keep_closed: hub.keep_closed.value,
        hold: hub.hold.value,
        canned: config.canned.iter().map(canned).collect(),
        ..Settings::default()
    };
    let mut reader = Reader {
        problems: &mut problems,
        desks: BTreeSet::new(),
    };
    let routing = reader.routing(config, &settings.zone);
    let teams = reader.teams(config);
    match routing {
        Some(routing) if problems.is_empty() => Ok(Floor {
            settings,
            routing,
            teams,
        }),
        _ => Err(problems),
    }
}

fn canned(text: &CannedText) -> Canned {
    Canned {
        name: text.name.value.clone(),
        lang: text.lang.as_ref().map(|lang| lang.value.clone()),
        text: text.text.value.clone(),
    }
}

struct Reader<'a> {
    problems: &'a mut Vec<Problem>,
    desks: BTreeSet<DeskName>,
}

impl Reader<'_> {
    fn routing(&mut self, config: &Config, zone: &str) -> Option<Routing> {
        for desk in &config.desks {
            if let Some(name) = self.parse(&desk.name, DeskName::new) {
                self.desks.insert(name);
            }
        }
        let first = config
            .desks
            .first()
            .and_then(|desk| DeskName::new(&desk.name.value).ok());
        let default_desk = first.or_else(|| DeskName::new(ONLY_DESK).ok())?;
        self.desks.insert(default_desk.clone());
        let mut desks = BTreeMap::new();
        for (name, channel) in &config.channels {
            let origin = &channel.origin;
            let name = Located {
                value: name.clone(),
                origin: origin.clone(),
            };
            let name = self.parse(&name, ChannelName::new);
            let desk = channel.desk.as_ref().and_then(|desk| self.desk(desk));
            if let (Some(name), Some(desk)) = (name, desk) {
                desks.insert(name, desk);
            }
        }
        Some(Routing {
            rules: config
                .rules
                .iter()
                .filter_map(|rule| self.rule(rule))
                .collect(),
            sla: config.slas.iter().map(|row| self.sla(row)).collect(),
            desks,
            default_desk,
            zone: jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC),
        })
    }

    fn teams(&mut self, config: &Config) -> BTreeMap<TeamName, BTreeSet<OfficerId>> {
        let mut teams = BTreeMap::new();
        for team in &config.teams {
            let members = &team.members;
            let parsed = members.value.iter().filter_map(|member| {
                let member = Located {
                    value: member.clone(),
                    origin: members.origin.clone(),
                };
                self.parse(&member, OfficerId::new)
            });
            let parsed: BTreeSet<OfficerId> = parsed.collect();
            if let Some(name) = self.parse(&team.name, TeamName::new) {
                teams.insert(name, parsed);
            }
        }
        teams
    }

    fn rule(&mut self, rule: &RuleText) -> Option<Rule> {
        let tags = rule.tags.value.iter().filter_map(|tag| {
            let tag = Located {
                value: tag.clone(),
                origin: rule.tags.origin.clone(),
            };
            self.parse(&tag, Tag::new)
        });
        let tags: Vec<Tag> = tags.collect();
        let when = self.parse(&rule.when, Filter::parse);
        let name = self.parse(&rule.name, RuleName::new);
        let desk = rule.desk.as_ref().map(|desk| self.desk(desk));
        Some(Rule {
            name: name?,
            when: when?,
            desk: desk.flatten(),
            severity: rule.severity.as_ref().map(|grade| severity(grade.value)),
            tags,
            first_response: rule.first_response.as_ref().map(|span| span.value),
            resolution: rule.resolution.as_ref().map(|span| span.value),
            notify: rule.notify.value,
            says: rule
                .says
                .as_ref()
                .map(|says| says.value.clone())
                .unwrap_or_default(),
            stop: rule.stop.value,
        })
    }

    fn sla(&mut self, row: &SlaText) -> Sla {
        Sla {
            kind: row.kind.as_ref().map(|sort| kind(sort.value)),
            severity: row.severity.as_ref().map(|grade| severity(grade.value)),
            desk: row.desk.as_ref().and_then(|desk| self.desk(desk)),
            first_response: row.first_response.as_ref().map(|span| span.value),
            resolution: row.resolution.as_ref().map(|span| span.value),
        }
    }

    /// A desk that there is.
    fn desk(&mut self, text: &Located<String>) -> Option<DeskName> {
        let desk = self.parse(text, DeskName::new)?;
        if self.desks.contains(&desk) {
            return Some(desk);
        }
        let known: Vec<&str> = self.desks.iter().map(DeskName::as_str).collect();
        let says = format!(
            "There is no desk {desk}; the desks are {}.",
            known.join(", ")
        );
        self.wrong(&text.origin, says);
        None
    }

    fn parse<T, E: std::fmt::Display>(
        &mut self,
        text: &Located<String>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match parse(&text.value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(&text.origin, format!("{:?}: {error}", text.value));
                None
            }
        }
    }

    fn wrong(&mut self, origin: &Origin, says: String) {
        self.problems.push(Problem {
            origin: origin.clone(),
            says,
        });
    }
}

fn severity(grade: Grade) -> Severity {
    match grade {
        Grade::Critical => Severity::Critical,
        Grade::High => Severity::High,
        Grade::Medium => Severity::Medium,
        Grade::Low => Severity::Low,
        Grade::Info => Severity::Info,
    }
}

fn kind(sort: Sort) -> Kind {
    match sort {
        Sort::Mention => Kind::Mention,
        Sort::Alert => Kind::Alert,
        Sort::Escalation => Kind::Escalation,
    }
}
