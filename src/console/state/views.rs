//! Which rows the stream shows: a queue, a saved view, a filter; and the way
//! back through earlier choices.

use crate::model::filter::Filter;
use crate::model::queue::Queue;

/// One choice of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The queue.
    pub queue: Queue,
    /// The saved view, 1 to 9, when it is one.
    pub saved: Option<u8>,
    /// The filter on top, as the officer typed it.
    pub filter: Option<Filter>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            queue: Queue::All,
            saved: None,
            filter: None,
        }
    }
}

impl View {
    /// Whether it is less than a whole queue.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.saved.is_some() || self.filter.is_some()
    }
}

/// The choice in force and those before and after it.
#[derive(Debug)]
pub struct Views {
    past: Vec<View>,
    at: usize,
}

/// Choices that are remembered.
const REMEMBERED: usize = 32;

impl Default for Views {
    fn default() -> Self {
        Self {
            past: vec![View::default()],
            at: 0,
        }
    }
}

impl Views {
    /// The choice in force.
    #[must_use]
    pub fn now(&self) -> &View {
        &self.past[self.at]
    }

    /// Changes the choice in force without remembering it (live filter).
    pub fn adjust(&mut self, view: View) {
        if let Some(now) = self.past.get_mut(self.at) {
            *now = view;
        }
    }

    /// Goes to another choice.
    pub fn go(&mut self, view: View) {
        if *self.now() == view {
            return;
        }
        self.past.truncate(self.at + 1);
        self.past.push(view);
        if self.past.len() > REMEMBERED {
            self.past.remove(0);
        }
        self.at = self.past.len() - 1;
    }

    /// The choice before this one, as a new choice: pressed twice it is back.
    pub fn swap(&mut self) -> bool {
        let Some(last) = self.at.checked_sub(1).and_then(|at| self.past.get(at)) else {
            return false;
        };
        self.go(last.clone());
        true
    }

    /// One choice back; whether there was one.
    pub fn back(&mut self) -> bool {
        let there = self.at > 0;
        self.at = self.at.saturating_sub(1);
        there
    }

    /// One choice forward; whether there was one.
    pub fn forward(&mut self) -> bool {
        let there = self.at + 1 < self.past.len();
        self.at += usize::from(there);
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(queue: Queue) -> View {
        View {
            queue,
            ..View::default()
        }
    }

    #[test]
    fn one_goes_back_forward_and_to_and_fro() {
        let mut views = Views::default();
        views.go(of(Queue::Mine));
        views.go(of(Queue::Team));
        assert!(views.back() && views.now().queue == Queue::Mine);
        assert!(views.forward() && views.now().queue == Queue::Team);
        assert!(!views.forward());
        assert!(views.swap() && views.now().queue == Queue::Mine);
        assert!(views.swap() && views.now().queue == Queue::Team);
    }
}
