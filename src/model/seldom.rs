//! [`Seldom`]: a part that is empty in most items.
//!
//! Owns nothing but the room that it does not take: one word while it is empty.
//! A floor has very many items, and most of them have no note, no member and no
//! answer. Reads, changes and is written like the part itself.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

use super::transparent::transparent;

/// What can be empty without taking room.
pub trait Blank: Default + 'static {
    /// One with nothing in it.
    fn blank() -> &'static Self;

    /// Whether there is nothing in it.
    fn is_blank(&self) -> bool;

    /// Gives back the room that it keeps for growing.
    fn tighten(&mut self) {}
}

impl<T: 'static> Blank for Vec<T> {
    fn blank() -> &'static Self {
        const { &Self::new() }
    }

    fn is_blank(&self) -> bool {
        self.is_empty()
    }

    fn tighten(&mut self) {
        self.shrink_to_fit();
    }
}

impl<T: Ord + 'static> Blank for BTreeSet<T> {
    fn blank() -> &'static Self {
        const { &Self::new() }
    }

    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

impl<K: Ord + 'static, V: 'static> Blank for BTreeMap<K, V> {
    fn blank() -> &'static Self {
        const { &Self::new() }
    }

    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

/// A part that is mostly empty, one word wide.
#[derive(Clone, Default)]
pub struct Seldom<T>(Option<Box<T>>);

impl<T: Blank> Seldom<T> {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.is_blank()
    }

    /// Gives back the room that it keeps for growing, all of it when it is empty.
    pub fn tighten(&mut self) {
        if self.is_empty() {
            self.0 = None;
        } else {
            self.deref_mut().tighten();
        }
    }

    /// The part itself.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0.map(|inner| *inner).unwrap_or_default()
    }
}

impl<T: Blank> Deref for Seldom<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(inner) => inner,
            None => T::blank(),
        }
    }
}

impl<T: Blank> DerefMut for Seldom<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T: Blank> From<T> for Seldom<T> {
    fn from(inner: T) -> Self {
        Self((!inner.is_blank()).then(|| Box::new(inner)))
    }
}

impl<E, T: Blank + FromIterator<E>> FromIterator<E> for Seldom<T> {
    fn from_iter<I: IntoIterator<Item = E>>(items: I) -> Self {
        items.into_iter().collect::<T>().into()
    }
}

impl<T: Blank + IntoIterator> IntoIterator for Seldom<T> {
    type Item = T::Item;
    type IntoIter = T::IntoIter;

    fn into_iter(self) -> T::IntoIter {
        self.into_inner().into_iter()
    }
}

#[allow(
    clippy::into_iter_without_iter,
    reason = "what it holds has the methods"
)]
impl<'a, T: Blank> IntoIterator for &'a Seldom<T>
where
    &'a T: IntoIterator,
{
    type Item = <&'a T as IntoIterator>::Item;
    type IntoIter = <&'a T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (**self).into_iter()
    }
}

#[allow(
    clippy::into_iter_without_iter,
    reason = "what it holds has the methods"
)]
impl<'a, T: Blank> IntoIterator for &'a mut Seldom<T>
where
    &'a mut T: IntoIterator,
{
    type Item = <&'a mut T as IntoIterator>::Item;
    type IntoIter = <&'a mut T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (**self).into_iter()
    }
}

impl<T: Blank + PartialEq> PartialEq for Seldom<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Blank + Eq> Eq for Seldom<T> {}

impl<T: Blank + PartialEq> PartialEq<T> for Seldom<T> {
    fn eq(&self, other: &T) -> bool {
        **self == *other
    }
}

transparent!(Seldom<T> where T: Blank);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_word_wide_and_equal_to_what_it_holds() {
        assert_eq!(size_of::<Seldom<Vec<u8>>>(), size_of::<usize>());
        let mut list = Seldom::<Vec<u8>>::default();
        assert!(list.is_empty());
        list.push(7);
        assert_eq!(list, vec![7]);
        list.clear();
        list.tighten();
        assert_eq!(list, Seldom::default());
        assert!(list.0.is_none());
    }

    #[test]
    fn is_written_and_read_like_what_it_holds() {
        let tags: Seldom<BTreeSet<String>> = ["b", "a"].map(str::to_owned).into_iter().collect();
        let json = serde_json::to_string(&tags).expect("json");
        assert_eq!(json, r#"["a","b"]"#);
        let back: Seldom<BTreeSet<String>> = serde_json::from_str(&json).expect("a set");
        assert_eq!(back, tags);
    }
}
