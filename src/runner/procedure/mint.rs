//! Mints many tokens, one after the other, and asks whether somebody who has some could guess another.

use std::time::{Duration, Instant};

use super::{Bench, Came, Kind, chance, is_shed};
use crate::contract::Secret;
use crate::judge::statistics::{Guessed, Guessing, Way, guess};
use crate::judge::{Finding, decoded, seconds};
use crate::runner::carry::{Carried, fresh};
use crate::runner::tokens;
use crate::scenario::Mint;
use crate::wire::{Answer, Exchange};

/// After so many tokens they are examined for the first time: what is wrong with them is mostly seen by then.
const FIRST_LOOK: usize = 1000;
/// So many are needed to say anything.
const FEWEST: usize = 100;
/// The longest that a target may ask us to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Mints, looks, and goes on where nothing is wrong yet. Two looks share what may be found by chance.
pub(super) async fn carry(bench: &Bench<'_>, mint: &Mint) -> Result<Carried, String> {
    let rules = Guessing { alpha: mint.alpha / 2.0, bits: f64::from(mint.bits) };
    let wanted = usize::try_from(mint.tokens).unwrap_or(usize::MAX);
    let began = Instant::now();
    let (mut minted, mut last) = (Vec::new(), None);
    while minted.len() < wanted && began.elapsed() < mint.longest() {
        if let Some((token, exchange)) = one(bench).await? {
            minted.push(token);
            last = Some(exchange);
        }
        if minted.len() == FIRST_LOOK && wanted > FIRST_LOOK {
            let seen = examine(&minted, &rules);
            if !seen.is_sound(&rules) {
                return Ok(came(bench, (mint, &rules), &seen, last));
            }
        }
    }
    if minted.len() < FEWEST.min(wanted) {
        return Err(format!("only {} tokens were minted in time; {FEWEST} are needed", minted.len()));
    }
    Ok(came(bench, (mint, &rules), &examine(&minted, &rules), last))
}

fn examine(minted: &[String], rules: &Guessing) -> Guessed {
    guess(&minted.iter().map(String::as_str).collect::<Vec<_>>(), rules)
}

/// Mints a token; nothing where the target asks to wait.
async fn one(bench: &Bench<'_>) -> Result<Option<(String, Exchange)>, String> {
    let request = bench.request(0, &fresh(), &mut bench.dice("mint"))?;
    let exchange = bench.send(0, request).await?;
    let (judgement, kind) = bench.judge(0, &exchange)?;
    if let (Kind::Shed, Some(answer)) = (kind, &exchange.answer) {
        tokio::time::sleep(wait(answer)?).await;
        return Ok(None);
    }
    if judgement.finding != Finding::Holds {
        return Err(format!("a token is not minted as it must be: {}", judgement.actual));
    }
    let tokens = bench.job.contract.tokens.as_ref().ok_or("the contract says nothing of tokens")?;
    let body = exchange.answer.as_ref().and_then(|answer| decoded(answer).ok());
    let json: serde_json::Value =
        body.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
    let token = tokens.mint.capture.select(&json).first().and_then(|value| value.as_str()).map(str::to_owned);
    let token = token.ok_or_else(|| format!("an answer lacks the token, {}", tokens.mint.capture))?;
    Ok(Some((token, exchange)))
}

/// How long the target asks to wait.
fn wait(answer: &Answer) -> Result<Duration, String> {
    let seconds = answer.header("retry-after").next().and_then(seconds);
    let wait = seconds.map_or(Duration::from_secs(1), Duration::from_secs);
    if is_shed(answer.status) && wait <= LONGEST_WAIT {
        return Ok(wait);
    }
    Err(format!("the target asks to wait for {} s before the next token", wait.as_secs()))
}

fn came(
    bench: &Bench<'_>,
    (mint, rules): (&Mint, &Guessing),
    seen: &Guessed,
    last: Option<Exchange>,
) -> Carried {
    // Of so many tokens only the one that is shown has to be kept out of reports.
    let shown: Vec<Secret> = last.iter().flat_map(|exchange| tokens::minted(bench.job, exchange)).collect();
    tokens::keep(bench.job, &shown);
    let finding = if seen.is_sound(rules) { Finding::Holds } else { Finding::Broken };
    let expected = format!(
        "tokens of which none repeats, at least {} bits are free, and no character follows the order in which they are \
         minted (chi-square, alpha {} over all characters and both looks)",
        mint.bits, mint.alpha
    );
    Came { expected, finding, actual: words(seen, rules), shown: last.map(|exchange| (0, exchange)) }
        .carried()
}

/// Every number that the verdict is made of.
fn words(seen: &Guessed, rules: &Guessing) -> String {
    let Guessed { tokens, length: (shortest, longest), alphabet, repeats, bits, ordered, visible } = seen;
    let mut faults = Vec::new();
    if *repeats > 0 {
        faults.push(format!("{repeats} repeat an earlier one - this counts"));
    }
    if *bits < rules.bits {
        faults.push("too few bits are free - this counts".to_owned());
    }
    let way = |way: Way| match way {
        Way::Drifts => "is another at the end than in the beginning",
        Way::Steps => "goes on by equal steps",
    };
    let told = ordered.iter().take(4);
    faults.extend(told.map(|one| {
        format!("character {} {} ({}) - this counts", one.character, way(one.way), chance(one.p))
    }));
    let faults: Vec<String> = faults.iter().map(|fault| format!("{fault}; ")).collect();
    format!(
        "{}{tokens} tokens of {shortest} to {longest} characters out of {alphabet}, of which at most {bits:.0} bits \
         differ; the smallest drift of a character that so many would show in four of five runs is w = {visible:.3}",
        faults.concat()
    )
}
