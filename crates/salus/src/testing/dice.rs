//! Chance that says the same every time.

/// A generator: xorshift64*. Its seed is not zero.
pub struct Dice(pub u64);

impl Dice {
    /// A number below so many.
    pub fn below(&mut self, many: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % u64::try_from(many).unwrap()).unwrap()
    }

    /// Whether what happens so often in a hundred happens.
    pub fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }

    /// One of these.
    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}
