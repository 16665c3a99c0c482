//! Counting and times.

use std::time::Duration;

/// A count as a number that can be divided by.
pub fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Whole microseconds.
pub fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

/// The value that so many in a hundred don't exceed (nearest rank); nothing of nothing is 0. Sorts.
pub fn percentile<T: Copy + Default + PartialOrd>(values: &mut [T], hundredths: usize) -> T {
    values.sort_by(|left, right| left.partial_cmp(right).unwrap_or(std::cmp::Ordering::Equal));
    let rank = values.len().saturating_mul(hundredths).div_ceil(100).max(1);
    values.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let mut all: Vec<u32> = (1..=200).rev().collect();
        assert_eq!(percentile(&mut all, 50), 100);
        assert_eq!(percentile(&mut all, 99), 198);
        assert_eq!(percentile(&mut all, 100), 200);
        assert_eq!(percentile(&mut [7.5], 99), 7.5);
        assert_eq!(percentile::<u32>(&mut [], 50), 0);
    }
}
