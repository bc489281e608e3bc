//! What a delivery holds, between its reading and the intake's word, and the
//! answer that follows from both.

use super::answer::{self, Answer, Told};
use crate::channels::IntakeError;
use crate::model::inbound::{Inbound, Receipt};

/// What is to be handed over before the sender is answered.
#[derive(Debug)]
pub struct Delivered {
    /// To hand over.
    pub inbound: Vec<Inbound>,
    /// What should worry the operator.
    pub warnings: Vec<String>,
    pub(super) told: Vec<Told>,
    pub(super) unmapped_status: u16,
    /// What the vendor wants to hear when all is well.
    pub(super) respond: Option<Answer>,
}

impl Delivered {
    /// The answer, once the intake has spoken.
    #[must_use]
    pub fn answer(&self, outcome: &Result<Vec<Receipt>, IntakeError>) -> Answer {
        match outcome {
            Ok(receipts) => {
                let kept = answer::kept(&self.told, receipts, self.unmapped_status);
                match &self.respond {
                    Some(own) if kept.status == 200 => own.clone(),
                    _ => kept,
                }
            }
            Err(error) => answer::not_kept(error),
        }
    }

    /// How many were mapped, and how many were not.
    #[must_use]
    pub fn counts(&self) -> (u32, u32) {
        let count = |unmapped: bool| {
            let of = |t: &&Told| match t {
                Told::Kept(why) => why.is_some() == unmapped,
                Told::LeftOut => false,
            };
            u32::try_from(self.told.iter().filter(of).count()).unwrap_or(u32::MAX)
        };
        (count(false), count(true))
    }
}
