//! From pieces of words to what a text is about: 512 numbers of length one.
//!
//! Owns [`Network`]: the averaging and convolving network of the "Multilingual
//! Universal Sentence Encoder for Semantic Retrieval" (Yang et al., 2019), forwards
//! only. Each piece has numbers of one byte with a step and a floor a group; three
//! convolutions look at two, three and five pieces at once; the mean of all goes
//! through a small network with a short cut. Knows no texts and no files. Called by
//! `mod`.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis, Slice};

/// How many pieces each convolution looks at, and how many of them lie before.
pub const WINDOWS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];

/// No part of a network is wider.
const MOST_WIDE: usize = 4096;

/// How wide each part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Widths {
    /// Pieces are dealt out to so many groups: piece `n` is of group `n % groups`.
    pub groups: usize,
    /// How many pieces there are.
    pub pieces: usize,
    /// Numbers of a piece, and of a text.
    pub text: usize,
    /// Numbers of a convolution.
    pub window: usize,
    /// Numbers between the layers at the end.
    pub between: usize,
}

impl Widths {
    /// Numbers of a piece with its three convolutions.
    #[must_use]
    pub fn all(&self) -> usize {
        self.text + WINDOWS.len() * self.window
    }

    /// How many numbers [`Network::new`] takes; none when that is beyond counting.
    #[must_use]
    pub fn numbers(&self) -> Option<usize> {
        let widest = self
            .groups
            .max(self.text)
            .max(self.window)
            .max(self.between);
        if widest > MOST_WIDE {
            return None;
        }
        let seen = (self.text + 3) * WINDOWS.len() * self.window;
        let windows = WINDOWS
            .iter()
            .map(|(many, _)| 2 * (many * self.window + 1) * self.window);
        let last = self.all() * 2 + self.all() * self.text + self.text;
        let layers = 2 * self.text * self.between
            + self.between * self.between
            + 2 * self.between * self.text
            + self.text * self.text;
        Some(2 * self.groups + seen + windows.sum::<usize>() + last + layers + 1)
    }
}

/// A layer: weights and bias.
type Layer = (Array2<f32>, Array1<f32>);

/// What a row is multiplied by and lifted to after it was made even.
#[derive(Clone, Debug, PartialEq)]
struct Norm {
    gain: Array1<f32>,
    bias: Array1<f32>,
}

/// The weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    widths: Widths,
    /// A byte a number, piece by piece.
    pieces: Vec<u8>,
    step: Array1<f32>,
    floor: Array1<f32>,
    /// What the convolutions see of a piece, side by side.
    seen: Layer,
    seen_norm: Norm,
    /// The two layers of each.
    windows: Vec<[Layer; 2]>,
    norm: Norm,
    mean: Layer,
    /// In, on, past the first; in and out, past the second.
    layers: [Array2<f32>; 6],
    least: f32,
}

/// Takes numbers from a list, one shape after the other.
struct Taking<'a>(std::slice::Iter<'a, f32>);

impl Taking<'_> {
    fn row(&mut self, length: usize) -> Option<Array1<f32>> {
        let row: Array1<f32> = self.0.by_ref().take(length).copied().collect();
        (row.len() == length).then_some(row)
    }

    fn grid(&mut self, rows: usize, columns: usize) -> Option<Array2<f32>> {
        let all = self.row(rows * columns)?;
        all.into_shape_with_order((rows, columns)).ok()
    }

    fn norm(&mut self, length: usize) -> Option<Norm> {
        Some(Norm {
            gain: self.row(length)?,
            bias: self.row(length)?,
        })
    }

    fn layer(&mut self, rows: usize, columns: usize) -> Option<Layer> {
        Some((self.grid(rows, columns)?, self.row(columns)?))
    }
}

impl Network {
    /// From the bytes of all pieces, and all other numbers in their order: steps
    /// and floors by group; what the convolutions see (weights by row, bias, gain,
    /// bias); each one's two layers (weights, bias); gain and bias of all; what makes
    /// the mean (weights, bias); the last layers (text to between, between to between, text
    /// to between past it, between to text, between to text past it, text to text);
    /// the least variance. None when there are not exactly as many as `widths` say.
    #[must_use]
    pub fn new(widths: Widths, pieces: Vec<u8>, numbers: &[f32]) -> Option<Self> {
        let whole = pieces.len() == widths.pieces * widths.text
            && Some(numbers.len()) == widths.numbers()
            && widths.groups > 0;
        if !whole {
            return None;
        }
        let Widths { text, between, .. } = widths;
        let mut taking = Taking(numbers.iter());
        let (step, floor) = (taking.row(widths.groups)?, taking.row(widths.groups)?);
        let (window, all) = (widths.window, WINDOWS.len() * widths.window);
        let (seen, seen_norm) = (taking.layer(text, all)?, taking.norm(all)?);
        let windows = WINDOWS.iter().map(|(many, _)| {
            let mut layer = || taking.layer(many * window, window);
            Some([layer()?, layer()?])
        });
        let windows: Option<Vec<[Layer; 2]>> = windows.collect();
        Some(Self {
            widths,
            pieces,
            step,
            floor,
            seen,
            seen_norm,
            windows: windows?,
            norm: taking.norm(widths.all())?,
            mean: taking.layer(widths.all(), text)?,
            layers: [
                taking.grid(text, between)?,
                taking.grid(between, between)?,
                taking.grid(text, between)?,
                taking.grid(between, text)?,
                taking.grid(between, text)?,
                taking.grid(text, text)?,
            ],
            least: *taking.0.next()?,
        })
    }

    /// How wide each part is.
    #[must_use]
    pub fn widths(&self) -> Widths {
        self.widths
    }

    /// What the text of these pieces is about. A piece that is not known counts as
    /// the first.
    #[must_use]
    pub fn forward(&self, pieces: &[u32]) -> Array1<f32> {
        let widths = &self.widths;
        let mut all = Array2::zeros((pieces.len(), widths.all()));
        let mut own = columns_mut(&mut all, 0..widths.text);
        for (piece, row) in pieces.iter().zip(own.axis_iter_mut(Axis(0))) {
            self.look_up(*piece, row);
        }
        let mut seen = columns(&all, 0..widths.text).dot(&self.seen.0) + &self.seen.1;
        self.seen_norm.apply(&mut seen, self.least);
        for (nth, (layers, of)) in self.windows.iter().zip(WINDOWS).enumerate() {
            let own = nth * widths.window..(nth + 1) * widths.window;
            let out = convolved(columns(&seen, own.clone()).to_owned(), layers, of);
            let own = widths.text + own.start..widths.text + own.end;
            columns_mut(&mut all, own).assign(&out);
        }
        self.norm.apply(&mut all, self.least);
        // The mean of a linear map is the map of the mean; texts of more pieces
        // count for more, by the square root.
        let many = (pieces.len().max(1) as f32).sqrt();
        let sum = all.sum_axis(Axis(0)).insert_axis(Axis(0));
        let mean = sum.dot(&self.mean.0) / many + &self.mean.1 * many;
        self.last(&mean)
    }

    fn look_up(&self, piece: u32, row: ArrayViewMut1<'_, f32>) {
        let known = (piece as usize) < self.widths.pieces;
        let piece = if known { piece as usize } else { 0 };
        let group = piece % self.widths.groups;
        let (step, floor) = (self.step[group], self.floor[group]);
        let bytes = self.pieces.iter().skip(piece * self.widths.text);
        for (number, byte) in row.into_iter().zip(bytes) {
            *number = f32::from(*byte) * step + floor;
        }
    }

    /// The layers at the end, of one row.
    fn last(&self, mean: &Array2<f32>) -> Array1<f32> {
        let [into, on, past, next, out, over] = &self.layers;
        let first = positive(mean.dot(past) + positive(mean.dot(into)).dot(on));
        let second = positive(first.dot(next));
        let text = first.dot(out) + second.dot(over);
        let mut text: Array1<f32> = text.into_iter().map(f32::tanh).collect();
        text /= square(&text.view()).max(self.least).sqrt();
        text
    }
}

/// Two layers, each added to what it was made of.
fn convolved(mut seen: Array2<f32>, layers: &[Layer; 2], of: (usize, usize)) -> Array2<f32> {
    for (weights, bias) in layers {
        seen += &positive(beside(&seen, of).dot(weights) + bias);
    }
    seen
}

/// Each row with its neighbours: `many` in all, `before` of them before it; beyond
/// the ends there is nothing.
fn beside(rows: &Array2<f32>, (many, before): (usize, usize)) -> Array2<f32> {
    let (count, width) = rows.dim();
    let mut wide = Array2::zeros((count, many * width));
    for place in 0..many {
        let mut own = columns_mut(&mut wide, place * width..(place + 1) * width);
        // Row `to` takes row `to + place - before`.
        let (to, from) = (before.saturating_sub(place), place.saturating_sub(before));
        let length = count.saturating_sub(to.max(from));
        let rows = rows.slice_axis(Axis(0), Slice::from(from..from + length));
        own.slice_axis_mut(Axis(0), Slice::from(to..to + length))
            .assign(&rows);
    }
    wide
}

impl Norm {
    /// Makes each row even (Ba, Kiros and Hinton, "Layer normalization", 2016).
    fn apply(&self, rows: &mut Array2<f32>, least: f32) {
        for mut row in rows.axis_iter_mut(Axis(0)) {
            let mean = row.mean().unwrap_or_default();
            row -= mean;
            let even = 1.0 / (square(&row.view()) / row.len().max(1) as f32 + least).sqrt();
            row *= even;
            row *= &self.gain;
            row += &self.bias;
        }
    }
}

fn columns(rows: &Array2<f32>, which: Range<usize>) -> ArrayView2<'_, f32> {
    rows.slice_axis(Axis(1), Slice::from(which))
}

fn columns_mut(rows: &mut Array2<f32>, which: Range<usize>) -> ArrayViewMut2<'_, f32> {
    rows.slice_axis_mut(Axis(1), Slice::from(which))
}

fn square(row: &ArrayView1<'_, f32>) -> f32 {
    row.dot(row)
}

fn positive(mut rows: Array2<f32>) -> Array2<f32> {
    rows.mapv_inplace(|number| number.max(0.0));
    rows
}
