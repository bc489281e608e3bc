//! Sketches of sets, and the places where like sketches meet.
//!
//! Owns [`Sketch`] (`MinHash`: Broder, "On the resemblance and containment of
//! documents", 1997) and [`Bands`] (locality-sensitive hashing over bands of a
//! sketch, a fixed table: when a place is full its oldest entry goes). Knows no
//! posts. Called by `clusters`.

/// Bands of a sketch and the minima of one band. Two sets that share a half of
/// their shingles meet in one band of 32 with probability .9997, a quarter .87,
/// a twentieth .08.
pub const BANDS: usize = 32;
const ROWS: usize = 2;
/// Minima of a sketch.
pub const MINIMA: usize = BANDS * ROWS;

/// Places of a band, as a power of two, and entries of a place.
const PLACES: u32 = 16;
const ENTRIES: usize = 4;

/// The least hashes of a set under 64 permutations.
pub type Sketch = [u32; MINIMA];

/// The sketch of a set of hashes.
#[must_use]
pub fn sketch(hashes: &[u32]) -> Sketch {
    let mut minima = [u32::MAX; MINIMA];
    for hash in hashes {
        // Two independent hashes make as many as are needed (Kirsch and
        // Mitzenmacher, 2006), mixed by one multiplication each.
        let mut at = hash.wrapping_mul(0x85eb_ca6b) ^ (hash >> 13);
        let step = (hash.wrapping_mul(0xc2b2_ae35) ^ (hash >> 16)) | 1;
        for least in &mut minima {
            at = at.wrapping_add(step);
            let mixed = (at ^ (at >> 15)).wrapping_mul(0x2c1b_3c6d);
            *least = (*least).min(mixed ^ (mixed >> 12));
        }
    }
    minima
}

/// How many minima two sketches share: of 64, their likeness.
#[must_use]
pub fn agreement(one: &Sketch, other: &Sketch) -> usize {
    one.iter().zip(other).filter(|(a, b)| a == b).count()
}

/// Where sketches meet.
#[derive(Clone, Debug)]
pub struct Bands {
    /// By band and place; an entry is a number, 0 for none, newest first.
    entries: Vec<[u32; ENTRIES]>,
}

impl Default for Bands {
    fn default() -> Self {
        Self {
            entries: vec![[0; ENTRIES]; BANDS << PLACES],
        }
    }
}

impl Bands {
    /// The numbers that meet `sketch`, with doubles.
    pub fn meet(&self, sketch: &Sketch) -> impl Iterator<Item = u32> {
        places(sketch)
            .filter_map(|place| self.entries.get(place))
            .flatten()
            .copied()
            .filter(|number| *number != 0)
    }

    /// Puts `number` where `sketch` will be met.
    pub fn put(&mut self, sketch: &Sketch, number: u32) {
        for place in places(sketch) {
            if let Some(entries) = self.entries.get_mut(place) {
                entries.rotate_right(1);
                if let Some(newest) = entries.first_mut() {
                    *newest = number;
                }
            }
        }
    }
}

fn places(sketch: &Sketch) -> impl Iterator<Item = usize> + use<> {
    let mut places = [0; BANDS];
    for ((band, place), rows) in places.iter_mut().enumerate().zip(sketch.chunks_exact(ROWS)) {
        let mixed = rows.iter().fold(0_u32, |hash, row| {
            (hash ^ row).wrapping_mul(0x9e37_79b1).rotate_left(13)
        });
        let low = (mixed.wrapping_mul(0x85eb_ca77) >> (32 - PLACES)) as usize;
        *place = (band << PLACES) + low;
    }
    places.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(from: u32, to: u32) -> Vec<u32> {
        (from..to)
            .map(|n| n.wrapping_mul(0x9e37_79b1) ^ (n << 7))
            .collect()
    }

    #[test]
    fn a_sketch_agrees_as_far_as_the_sets_do() {
        for (shared, truth) in [(180, 0.818), (100, 0.333), (20, 0.053)] {
            let one = sketch(&set(0, 200));
            let other = sketch(&set(200 - shared, 400 - shared));
            #[allow(clippy::cast_precision_loss)] // at most 64
            let seen = agreement(&one, &other) as f64 / 64.0;
            assert!((seen - truth).abs() < 0.16, "{shared}: {seen} for {truth}");
        }
    }

    #[test]
    fn like_sets_meet_and_unlike_ones_seldom_do() {
        let mut bands = Bands::default();
        for n in 0..500 {
            bands.put(&sketch(&set(n * 1000, n * 1000 + 100)), n + 1);
        }
        let met = |from: u32| {
            bands
                .meet(&sketch(&set(from, from + 100)))
                .collect::<Vec<_>>()
        };
        assert!(met(250_030).contains(&251));
        assert!(met(900_000).len() < 20);
    }
}
