//! [`Shared`]: a part that many items have alike.
//!
//! Owns nothing but the room that it saves: one word, and what it points to once
//! for all that have it. A person writes many posts, and one version of the models
//! reads very many. Reads, changes and is written like the part itself: whoever
//! changes one has a copy of its own from then on. Which ones point to the same is
//! [`Pool`]'s.

use std::collections::HashSet;
use std::hash::Hash;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::transparent::transparent;
use crate::text::Untrusted;

/// A part that many items have alike, one word wide.
#[derive(PartialEq, Eq, Hash)]
pub struct Shared<T>(Arc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(inner: T) -> Self {
        Self(Arc::new(inner))
    }
}

impl From<&str> for Shared<Untrusted> {
    fn from(text: &str) -> Self {
        Untrusted::from(text).into()
    }
}

impl<T: Default> Default for Shared<T> {
    fn default() -> Self {
        T::default().into()
    }
}

transparent!(Shared<T>);

/// What is pointed to, each once. What nobody else points to any more goes when
/// the pool has doubled, so that it is never more than twice what is in use.
#[derive(Clone, Debug)]
pub struct Pool<T: Eq + Hash> {
    parts: HashSet<Shared<T>, foldhash::fast::RandomState>,
    sweep_at: usize,
}

/// The first sweep.
const SWEEP: usize = 1024;

impl<T: Eq + Hash> Default for Pool<T> {
    fn default() -> Self {
        Self {
            parts: HashSet::default(),
            sweep_at: SWEEP,
        }
    }
}

impl<T: Eq + Hash> Pool<T> {
    /// Lets `part` point to what an equal one before it points to.
    pub fn share(&mut self, part: &mut Shared<T>) {
        if let Some(known) = self.parts.get(part) {
            part.clone_from(known);
            return;
        }
        if self.parts.len() >= self.sweep_at {
            self.parts.retain(|part| Arc::strong_count(&part.0) > 1);
            self.sweep_at = SWEEP.max(2 * self.parts.len());
        }
        self.parts.insert(part.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one(one: &Shared<String>, other: &Shared<String>) -> bool {
        Arc::ptr_eq(&one.0, &other.0)
    }

    #[test]
    fn equals_share_until_one_is_changed() {
        let mut pool = Pool::default();
        let part = |text: &str| Shared::from(text.to_owned());
        let (mut one, mut other) = (part("a"), part("a"));
        pool.share(&mut one);
        pool.share(&mut other);
        assert!(is_one(&one, &other));
        other.push('b');
        assert_eq!((one.as_str(), other.as_str()), ("a", "ab"));
    }

    #[test]
    fn what_is_in_use_stays_and_the_rest_goes() {
        let mut pool = Pool::default();
        let mut kept = Vec::new();
        for n in 0..20 * SWEEP {
            let mut part = Shared::from(n.to_string());
            pool.share(&mut part);
            if n % 16 == 0 {
                kept.push(part);
            }
        }
        assert!(pool.parts.len() <= 2 * kept.len() + SWEEP);
        for part in &kept {
            let mut again = Shared::from(part.to_string());
            pool.share(&mut again);
            assert!(is_one(part, &again));
        }
    }
}
