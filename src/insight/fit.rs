//! Learns a linear model over hashed features: softmax regression by `AdaGrad`.
//!
//! Owns [`Rows`] and [`fit`]. The order in which rows are met comes from a seed, so
//! that training twice gives the same model. Method: Duchi, Hazan and Singer,
//! "Adaptive subgradient methods", 2011; weights are averaged over the last passes.
//! Called by each model's `learn` function; not part of reading.

/// Texts as features, with what they are.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The features of all texts, one after another.
    pub features: Vec<u32>,
    /// Where each text's features end.
    pub ends: Vec<u32>,
    /// The class of each text.
    pub labels: Vec<u8>,
    /// How much each text counts.
    pub weights: Vec<f32>,
}

impl Rows {
    /// Adds a text.
    pub fn push(&mut self, features: &[u32], label: u8, weight: f32) {
        self.features.extend_from_slice(features);
        self.ends.push(self.features.len() as u32);
        self.labels.push(label);
        self.weights.push(weight);
    }

    /// The features of row `at`.
    #[must_use]
    pub fn row(&self, at: usize) -> &[u32] {
        let start = at
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        &self.features[start..self.ends[at] as usize]
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// How to learn.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The table has two to the power of so many rows.
    pub bits: u32,
    /// How many classes.
    pub classes: usize,
    /// How often every text is met.
    pub passes: usize,
    /// The size of the first step.
    pub rate: f32,
    /// How strongly weights are drawn to zero.
    pub decay: f32,
    /// The share of features left out of each step, so that none is relied upon alone.
    pub drop: f32,
    /// Where the order of the texts begins.
    pub seed: u64,
}

/// Weights as learnt, `classes` a feature; one more feature than the table has: the bias.
#[derive(Clone, Debug)]
pub struct Weights {
    /// How many classes.
    pub classes: usize,
    /// Row by row; the last row is the bias.
    pub table: Vec<f32>,
}

impl Weights {
    /// One score a class.
    pub fn score(&self, features: &[u32], out: &mut [f32]) {
        let k = self.classes;
        out.fill(0.0);
        for &feature in features {
            let at = feature as usize * k;
            for (sum, weight) in out.iter_mut().zip(&self.table[at..at + k]) {
                *sum += weight;
            }
        }
        let scale = scale(features.len());
        let bias = &self.table[self.table.len() - k..];
        for (sum, bias) in out.iter_mut().zip(bias) {
            *sum = *sum * scale + bias;
        }
    }
}

/// A text's features count for so much each: all texts are equally long.
#[must_use]
pub fn scale(features: usize) -> f32 {
    1.0 / (features.max(1) as f32).sqrt()
}

/// Turns scores into probabilities.
pub fn softmax(scores: &mut [f32]) {
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - top).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}

/// A small generator (`SplitMix64`), for orders that can be had again.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `most`.
    pub fn below(&mut self, most: usize) -> usize {
        (self.roll() % most.max(1) as u64) as usize
    }

    /// A number from 0 to 1.
    pub fn share(&mut self) -> f32 {
        (self.roll() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Puts `list` in another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// Learns from `rows`.
#[must_use]
pub fn fit(rows: &Rows, with: &Settings) -> Weights {
    let k = with.classes;
    let size = ((1_usize << with.bits) + 1) * k;
    let mut learner = Learner {
        table: vec![0.0; size],
        steps: vec![1e-3; size],
        with: *with,
        dice: Dice(with.seed),
        kept: Vec::new(),
        scores: vec![0.0; k],
    };
    let mut sum = vec![0.0_f32; size];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let averaged = with.passes.div_ceil(2);
    for pass in 0..with.passes {
        learner.dice.shuffle(&mut order);
        for &at in &order {
            learner.step(rows.row(at), rows.labels[at], rows.weights[at]);
        }
        if pass + averaged >= with.passes {
            for (sum, weight) in sum.iter_mut().zip(&learner.table) {
                *sum += weight / averaged as f32;
            }
        }
    }
    Weights {
        classes: k,
        table: sum,
    }
}

struct Learner {
    table: Vec<f32>,
    steps: Vec<f32>,
    with: Settings,
    dice: Dice,
    kept: Vec<u32>,
    scores: Vec<f32>,
}

impl Learner {
    fn step(&mut self, features: &[u32], label: u8, weight: f32) {
        self.kept.clear();
        for &feature in features {
            if self.with.drop == 0.0 || self.dice.share() >= self.with.drop {
                self.kept.push(feature);
            }
        }
        let k = self.with.classes;
        let scale = scale(self.kept.len());
        let bias = self.table.len() / k - 1;
        self.scores.fill(0.0);
        for &feature in &self.kept {
            let at = feature as usize * k;
            for (sum, w) in self.scores.iter_mut().zip(&self.table[at..at + k]) {
                *sum += w * scale;
            }
        }
        for (sum, w) in self.scores.iter_mut().zip(&self.table[bias * k..]) {
            *sum += w;
        }
        softmax(&mut self.scores);
        self.scores[usize::from(label)] -= 1.0;
        let (rate, decay) = (self.with.rate, self.with.decay);
        for &feature in self.kept.iter().chain([&(bias as u32)]) {
            let x = if feature as usize == bias { 1.0 } else { scale };
            let at = feature as usize * k;
            let weights = self.table[at..at + k].iter_mut();
            for ((w, n), g) in weights.zip(&mut self.steps[at..at + k]).zip(&self.scores) {
                let g = g * x * weight + decay * *w;
                *n += g * g;
                *w -= rate * g / n.sqrt();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings {
        bits: 4,
        classes: 2,
        passes: 10,
        rate: 0.3,
        decay: 0.0,
        drop: 0.0,
        seed: 3,
    };

    fn rows() -> Rows {
        let mut rows = Rows::default();
        for noise in 0..8 {
            rows.push(&[1, 4 + noise], 0, 1.0);
            rows.push(&[2, 4 + noise], 1, 1.0);
        }
        rows
    }

    #[test]
    fn what_parts_the_classes_is_learnt_and_what_does_not_is_not() {
        let weights = fit(&rows(), &SETTINGS);
        let mut scores = [0.0; 2];
        for (features, class) in [([1, 5], 0), ([2, 5], 1)] {
            weights.score(&features, &mut scores);
            softmax(&mut scores);
            assert!(scores[class] > 0.9, "{features:?}: {scores:?}");
        }
        weights.score(&[6], &mut scores);
        softmax(&mut scores);
        assert!((scores[0] - 0.5).abs() < 0.2, "{scores:?}");
    }

    #[test]
    fn learning_twice_gives_the_same_weights() {
        let dropping = Settings {
            drop: 0.5,
            ..SETTINGS
        };
        assert_eq!(fit(&rows(), &dropping).table, fit(&rows(), &dropping).table);
    }
}
