//! Medians, percentiles, and how they are printed.

use std::time::Duration;

/// The middle of `figures`; 0 when there is none.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}

/// The value that `share` (0 to 1) of `delays` are not above.
pub(crate) fn percentile(delays: &mut [Duration], share: f64) -> Duration {
    delays.sort_unstable();
    let last = delays.len().saturating_sub(1);
    let at = (last as f64 * share).round() as usize;
    delays.get(at).copied().unwrap_or_default()
}

/// One line: what, how much, and beside which limit.
pub(crate) fn rate(what: &str, figures: Vec<f64>, limit: Option<(&str, f64)>) {
    let spread = (
        figures.iter().copied().fold(f64::INFINITY, f64::min),
        figures.iter().copied().fold(0.0, f64::max),
    );
    let middle = median(figures);
    print!(
        "  {what}: {middle:.0}/s ({:.0} to {:.0})",
        spread.0, spread.1
    );
    if let Some((name, limit)) = limit {
        print!(", {:.2} of {name} ({limit:.0}/s)", middle / limit);
    }
    println!();
}

/// One line of delays.
pub(crate) fn delays(what: &str, delays: &mut [Duration]) {
    let ms = |share| percentile(&mut *delays, share).as_secs_f64() * 1e3;
    let mut ms = ms;
    let (p50, p99, most) = (ms(0.5), ms(0.99), ms(1.0));
    println!(
        "  {what}: p50 {p50:.2} ms, p99 {p99:.2} ms, longest {most:.2} ms ({} of them)",
        delays.len()
    );
}
