//! The core beside the bare primitive it stands on, so that what it adds can be seen.
//!
//! `cargo bench -p countermark-core` measures with criterion. With `--loop CASE COUNT`, the program does one
//! case that often and ends, for tools that count instructions (see `benches/instructions.py`); with
//! `--list`, it names the cases. With `--serve`, it reads lines of a case and a count, separated by a tab, does the
//! case that often, and answers with the nanoseconds that took, so that others can take turns with it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a bench that cannot set up its case is to stop"
)]

mod case;
mod fixed;
mod keys;
mod loading;
mod signing;
mod wire;

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::time::Instant;

use case::Case;
use criterion::Criterion;

fn main() {
    let cases: Vec<Case> =
        [signing::sign(), signing::verify(), wire::cases(), loading::cases(), fixed::cases()]
            .into_iter()
            .flatten()
            .collect();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--list", ..] => cases.iter().for_each(|case| println!("{}", case.name())),
        ["--loop", name, count, ..] => {
            let count: u32 = count.parse().expect("a number of repetitions");
            let mut work = named(&cases, name).prepare();
            (0..count).for_each(|_| work());
        }
        ["--serve", ..] => serve(&cases),
        _ => measure(&cases),
    }
}

fn named<'a>(cases: &'a [Case], name: &str) -> &'a Case {
    cases.iter().find(|case| case.name() == name).expect("the name of a case (see --list)")
}

fn serve(cases: &[Case]) {
    let mut prepared = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let (name, count) = line.split_once('\t').expect("a case, a tab and a count");
        let count: u32 = count.parse().expect("a number of repetitions");
        let work = prepared.entry(name.to_owned()).or_insert_with(|| named(cases, name).prepare());
        let start = Instant::now();
        (0..count).for_each(|_| work());
        println!("{}", start.elapsed().as_nanos());
        std::io::stdout().flush().expect("an open pipe");
    }
}

fn measure(cases: &[Case]) {
    let mut criterion = Criterion::default().configure_from_args();
    for together in cases.chunk_by(|a, b| a.group == b.group) {
        for case in together {
            let mut group = criterion.benchmark_group(case.group.as_str());
            group.bench_function(case.side, |bencher| {
                let mut work = case.prepare();
                bencher.iter(&mut work);
            });
            group.finish();
        }
    }
    criterion.final_summary();
}
