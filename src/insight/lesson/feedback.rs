//! What officers' words teach about thresholds.
//!
//! Owns [`rarity`] (how rare a burst must be so that fewer false alarms come) and
//! [`relevance`] (what an urgency is worth on this floor). It only advises: an
//! operator sets what they believe. Pure. Called by the command line.

/// With fewer judged alerts of each sort nothing is advised.
pub const FEWEST: usize = 5;
/// The share of right alerts that an advice may cost.
const MOST_LOST: f64 = 0.05;

/// An alert that officers have dealt with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Weeks between two like it by chance, as it was told.
    pub weeks: f64,
    /// Whether an officer called it a false alarm.
    pub wrong: bool,
}

/// What another rarity would have done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Weeks between two like it by chance that a burst must reach.
    pub weeks: f64,
    /// False alarms that would not have come.
    pub spared: usize,
    /// Right alerts that would not have come.
    pub lost: usize,
}

/// The rarity that spares the most false alarms at the cost of at most one right
/// alert in twenty; none when too few were judged or nothing is spared.
#[must_use]
pub fn rarity(judged: &[Judged]) -> Option<Cut> {
    let (wrong, right): (Vec<Judged>, Vec<Judged>) = judged.iter().partition(|alert| alert.wrong);
    if wrong.len() < FEWEST || right.len() < FEWEST {
        return None;
    }
    let below = |alerts: &[Judged], weeks: f64| alerts.iter().filter(|a| a.weeks < weeks).count();
    let allowed = (right.len() as f64 * MOST_LOST).floor() as usize;
    let cuts = wrong.iter().map(|alert| {
        let weeks = alert.weeks.ceil() + 1.0;
        Cut {
            weeks,
            spared: below(&wrong, weeks),
            lost: below(&right, weeks),
        }
    });
    cuts.filter(|cut| cut.lost <= allowed)
        .max_by(|a, b| a.spared.cmp(&b.spared).then(b.weeks.total_cmp(&a.weeks)))
}

/// A post that officers have dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dealt {
    /// Its urgency, 0 to 100.
    pub urgency: u8,
    /// Whether an officer called it not relevant.
    pub irrelevant: bool,
}

/// Of the posts at or above each urgency: how many, and how many of them were not
/// relevant.
#[must_use]
pub fn relevance(dealt: &[Dealt]) -> Vec<(u8, usize, usize)> {
    let at = |least: u8| {
        let above = dealt.iter().filter(|post| post.urgency >= least);
        let (mut all, mut irrelevant) = (0, 0);
        for post in above {
            all += 1;
            irrelevant += usize::from(post.irrelevant);
        }
        (least, all, irrelevant)
    };
    [0, 20, 40, 60, 80].map(at).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alerts(weeks: &[f64], wrong: bool) -> Vec<Judged> {
        let one = |weeks: &f64| Judged {
            weeks: *weeks,
            wrong,
        };
        weeks.iter().map(one).collect()
    }

    #[test]
    fn the_advice_spares_false_alarms_and_costs_no_right_one() {
        let mut judged = alerts(&[11.0, 12.5, 14.0, 20.0, 900.0], true);
        judged.extend(alerts(&[60.0, 80.0, 200.0, 4000.0, 1e6], false));
        let cut = rarity(&judged).expect("an advice");
        assert_eq!((cut.spared, cut.lost), (4, 0));
        assert!(cut.weeks > 20.0 && cut.weeks <= 60.0, "{cut:?}");
        assert_eq!(rarity(&judged[1..]), None, "too few were judged");
    }

    #[test]
    fn where_false_and_right_look_alike_nothing_is_advised() {
        let mut judged = alerts(&[500.0; 5], true);
        judged.extend(alerts(&[12.0; 5], false));
        assert_eq!(rarity(&judged), None);
    }

    #[test]
    fn relevance_counts_from_each_urgency_on() {
        let post = |urgency, irrelevant| Dealt {
            urgency,
            irrelevant,
        };
        let told = relevance(&[post(10, true), post(45, true), post(90, false)]);
        assert_eq!(
            told,
            [(0, 3, 2), (20, 2, 1), (40, 2, 1), (60, 1, 0), (80, 1, 0)]
        );
    }
}
