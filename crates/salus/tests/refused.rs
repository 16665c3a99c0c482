//! What the compiler refuses: each file in `tests/refused` is a mistake, and its `.stderr` is what the compiler says.

#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}
