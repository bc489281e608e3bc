//! How colours look: luminance and contrast as WCAG 2.2 defines them, and what
//! is left of a colour for eyes without one kind of cone.
#![allow(dead_code, reason = "each test file uses a part of it")]

use ratatui::style::Color;

/// Linear light of a colour that is fixed.
fn linear(color: Color) -> Option<[f64; 3]> {
    let Color::Rgb(r, g, b) = color else {
        return None;
    };
    Some([r, g, b].map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    }))
}

/// The contrast of two fixed colours, 1 to 21:
/// <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.
pub(crate) fn contrast(a: Color, b: Color) -> Option<f64> {
    let luminance = |color| {
        let [r, g, b] = linear(color)?;
        Some(0.2126 * r + 0.7152 * g + 0.0722 * b)
    };
    let (a, b): (f64, f64) = (luminance(a)?, luminance(b)?);
    Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
}

/// Whose eyes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Eyes {
    /// All three kinds of cones.
    Usual,
    /// No L cones.
    Protanopia,
    /// No M cones.
    Deuteranopia,
}

impl Eyes {
    /// The matrices for severity 1.0, in linear light: Machado, Oliveira and
    /// Fernandes, "A Physiologically-based Model for Simulation of Color Vision
    /// Deficiency", IEEE TVCG 15(6), 2009, table 1.
    fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Self::Usual => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Self::Protanopia => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Self::Deuteranopia => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        }
    }
}

/// CIE L*a*b* (D65) of what these eyes see of a fixed colour.
fn lab(color: Color, eyes: Eyes) -> Option<[f64; 3]> {
    // Linear sRGB to XYZ, each by its white, IEC 61966-2-1.
    const XYZ: [[f64; 3]; 3] = [
        [
            0.412_456_4 / 0.950_47,
            0.357_576_1 / 0.950_47,
            0.180_437_5 / 0.950_47,
        ],
        [0.212_672_9, 0.715_152_2, 0.072_175_0],
        [
            0.019_333_9 / 1.088_83,
            0.119_192_0 / 1.088_83,
            0.950_304_1 / 1.088_83,
        ],
    ];
    let seen = times(eyes.matrix(), linear(color)?).map(|part| part.clamp(0.0, 1.0));
    let [x, y, z] = times(XYZ, seen).map(|part| {
        if part > 216.0 / 24_389.0 {
            part.cbrt()
        } else {
            (24_389.0 / 27.0 * part + 16.0) / 116.0
        }
    });
    Some([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)])
}

fn times(matrix: [[f64; 3]; 3], by: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(by).map(|(a, b)| a * b).sum())
}

/// How far apart two fixed colours are for these eyes: CIE 1976 ΔE*ab, of which
/// about 2.3 can just be seen side by side.
pub(crate) fn apart(a: Color, b: Color, eyes: Eyes) -> Option<f64> {
    let (a, b) = (lab(a, eyes)?, lab(b, eyes)?);
    let sum: f64 = a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum();
    Some(sum.sqrt())
}
