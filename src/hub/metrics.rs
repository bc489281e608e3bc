//! Counters for `/metrics`, in the Prometheus text format.
//!
//! Owns the registry; names start with `watchfloor_`. Nothing of an item's
//! content is ever a label.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::model::command::Outcome;
use crate::model::ids::ChannelName;
use crate::model::inbound::Receipt;

/// Which channel, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReceiptLabels {
    channel: String,
    receipt: &'static str,
}

/// Which verb, and whether it went through.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CommandLabels {
    verb: &'static str,
    outcome: &'static str,
}

/// Which door, and why it was refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    door: String,
    why: &'static str,
}

/// The hub's counters.
pub struct Metrics {
    registry: Registry,
    receipts: Family<ReceiptLabels, Counter>,
    commands: Family<CommandLabels, Counter>,
    refusals: Family<RefusalLabels, Counter>,
    events: Counter,
    /// Batches that the log did not take.
    pub append_failures: Counter,
    /// Sessions that fell behind and were replayed from the log.
    pub resyncs: Counter,
    /// Times that the machine's clock jumped.
    pub clock_jumps: Counter,
    /// Frames of consoles that were refused.
    pub bad_frames: Counter,
    /// Milliseconds that the newest delivery waited between the door and the
    /// fan-out.
    pub lag_ms: Gauge<u64, AtomicU64>,
    /// Sessions now.
    pub sessions: Gauge<i64>,
    /// Open items now.
    pub open_items: Gauge<u64, AtomicU64>,
    /// Keys that the lookout counts posts by.
    pub lookout_keys: Gauge<u64, AtomicU64>,
    /// Keys that it gave up for want of room.
    pub lookout_forgotten: Gauge<u64, AtomicU64>,
    /// Posts that came too late to count in any window.
    pub lookout_late: Gauge<u64, AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("watchfloor"),
            receipts: Family::default(),
            commands: Family::default(),
            refusals: Family::default(),
            events: Counter::default(),
            append_failures: Counter::default(),
            resyncs: Counter::default(),
            clock_jumps: Counter::default(),
            bad_frames: Counter::default(),
            lag_ms: Gauge::default(),
            sessions: Gauge::default(),
            open_items: Gauge::default(),
            lookout_keys: Gauge::default(),
            lookout_forgotten: Gauge::default(),
            lookout_late: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let r = &mut self.registry;
        r.register(
            "deliveries",
            "What channels delivered, by receipt",
            self.receipts.clone(),
        );
        r.register(
            "commands",
            "Officers' commands, by outcome",
            self.commands.clone(),
        );
        r.register(
            "refusals",
            "Requests refused at a door",
            self.refusals.clone(),
        );
        r.register(
            "events",
            "Events stored and fanned out",
            self.events.clone(),
        );
        r.register(
            "append_failures",
            "Batches not stored",
            self.append_failures.clone(),
        );
        r.register(
            "resyncs",
            "Sessions replayed from the log",
            self.resyncs.clone(),
        );
        r.register(
            "clock_jumps",
            "Jumps of the machine's clock",
            self.clock_jumps.clone(),
        );
        r.register(
            "bad_frames",
            "Frames of consoles refused",
            self.bad_frames.clone(),
        );
        r.register(
            "lag_milliseconds",
            "What the newest delivery waited before the fan-out",
            self.lag_ms.clone(),
        );
        r.register("sessions", "Sessions connected", self.sessions.clone());
        r.register("open_items", "Items that are open", self.open_items.clone());
        self.register_lookout();
    }

    fn register_lookout(&mut self) {
        let r = &mut self.registry;
        for (name, help, gauge) in [
            (
                "lookout_keys",
                "Keys that posts are counted by",
                &self.lookout_keys,
            ),
            (
                "lookout_forgotten",
                "Keys given up for want of room",
                &self.lookout_forgotten,
            ),
            (
                "lookout_late",
                "Posts too late for any window",
                &self.lookout_late,
            ),
        ] {
            r.register(name, help, gauge.clone());
        }
    }

    /// Counts what became of one delivery.
    pub fn receipt(&self, channel: &ChannelName, receipt: Receipt) {
        let receipt = match receipt {
            Receipt::Arrived => "arrived",
            Receipt::Updated => "updated",
            Receipt::Duplicate => "duplicate",
            Receipt::Unmapped => "unmapped",
            Receipt::Ignored => "ignored",
        };
        let channel = channel.to_string();
        self.receipts
            .get_or_create(&ReceiptLabels { channel, receipt })
            .inc();
    }

    /// Counts what became of a command.
    pub fn command(&self, outcome: &Outcome) {
        let result = if outcome.accepted() > 0 || outcome.first_refusal().is_none() {
            "accepted"
        } else {
            "refused"
        };
        let labels = CommandLabels {
            verb: outcome.verb.word(),
            outcome: result,
        };
        self.commands.get_or_create(&labels).inc();
    }

    /// Counts a refusal at a door ("stream", a channel's name, "api").
    pub fn refused(&self, door: &str, why: &'static str) {
        let labels = RefusalLabels {
            door: door.to_owned(),
            why,
        };
        self.refusals.get_or_create(&labels).inc();
    }

    /// Counts events that went out.
    pub fn fanned_out(&self, events: usize) {
        self.events.inc_by(events as u64);
    }

    /// The exposition text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            tracing::error!(message = "The metrics could not be written out.");
        }
        text
    }
}
