//! The page about a load: whether it was sound, what came of every class, how long it took and when.

mod latency;
mod scale;
mod seconds;
mod tables;

use super::element::{Element, el};
use super::{exchange, field, page, section};
use crate::outcome::load::{LoadModel, LoadResult, LoadVerdict, Surprise};
use crate::report::load::{meaning, telling};
use crate::report::words::duration;
use crate::report::{ReportError, Style};

/// How many surprises are shown.
const SURPRISES: usize = 40;

#[expect(clippy::unnecessary_wraps, reason = "every format has the same signature")]
pub(super) fn render(result: &LoadResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let main = el("main")
        .all(tables::thresholds(result))
        .add(tables::classes(result))
        .all(latency::latency(result))
        .all(seconds::seconds(result))
        .all(surprises(result))
        .add(tables::generator(result));
    let title = format!("{}: {}", result.contract.api, meaning(result.verdict));
    Ok(page(&title, [head(result), main, foot(result)]))
}

fn head(result: &LoadResult) -> Element {
    let (tone, word) = match result.verdict {
        LoadVerdict::Sound => ("good", "sound"),
        LoadVerdict::Wrong => ("bad", "wrong"),
        LoadVerdict::Missed => ("bad", "missed"),
        LoadVerdict::Error => ("bad", "error"),
        LoadVerdict::Void => ("doubt", "void"),
        LoadVerdict::Inconclusive => ("doubt", "inconclusive"),
        LoadVerdict::Aborted => ("doubt", "aborted"),
    };
    let counts = format!(
        "{} planned, {} sent, {} answered; {} late, {} dropped, {} not started",
        result.planned, result.sent, result.completed, result.late, result.dropped, result.not_started
    );
    let verdict = el("div")
        .with("class", format!("verdict {tone}"))
        .add(el("p").class("word").text(word))
        .add(el("p").text(counts))
        .add(el("p").class("quiet").text(format!("exit {}: {}", result.exit_code, meaning(result.verdict))));
    let causes = result.generator.causes.iter().map(|cause| format!("void: {cause}"));
    let notices = result.notices.iter().map(ToString::to_string).chain(causes);
    el("header")
        .add(el("p").class("product").text(format!("{} {} load", result.tool.name, result.tool.version)))
        .add(el("h1").text(&result.contract.api))
        .add(verdict)
        .all(notices.map(|notice| el("p").class("notice").text(notice)))
        .add(facts(result))
}

fn facts(result: &LoadResult) -> Element {
    let model = match result.model {
        LoadModel::Open => "open: each request when it was due",
        LoadModel::Closed => "closed: each request when an answer had come",
    };
    let host = result.authorized.iter().flat_map(|host| field("Authorized", host.as_str()));
    el("dl")
        .class("facts")
        .all(field("Plan", &format!("{}: {}", result.plan, result.title)))
        .add(el("dt").text(format!("Target, {}", result.target.environment)))
        .add(el("dd").add(el("code").text(&result.target.url)))
        .all(host)
        .all(field("Model", model))
        .all(field("Started", &format!("{}, for {}", result.started, duration(result.duration_ms))))
        .all(field("Seed", &result.seed.to_string()))
}

/// What was not to come: the first that looks as it does, of each kind and class, in full.
fn surprises(result: &LoadResult) -> Option<Element> {
    let told = telling(result);
    let all = told.iter().take(SURPRISES).map(|surprise| one(surprise));
    let more = told.len().checked_sub(SURPRISES).filter(|more| *more > 0);
    let more = more.map(|more| el("p").class("quiet").text(format!("and {more} more; load.json has them")));
    (!told.is_empty()).then(|| section("surprises", "What was not to come").all(all).all(more))
}

fn one(surprise: &Surprise) -> Element {
    let (class, word) = if surprise.kind.is_wrong() { ("fail", "wrong") } else { ("warn", "doubt") };
    let words = (surprise.expected.as_str(), surprise.actual.as_str());
    let evidence = match &surprise.exchange {
        Some(exchange) => exchange::sides(exchange, words),
        None => el("dl").class("reasons").all(field("Expected", words.0)).all(field("Actual", words.1)),
    };
    let meta = el("p")
        .class("meta")
        .add(el("span").with("class", format!("tag {class}")).text(word))
        .add(el("code").text(&surprise.class))
        .add(el("span").text(format!("after {} ms", surprise.at_ms)));
    el("article")
        .with("class", format!("finding {class}"))
        .add(el("h3").text(surprise.kind.as_str()))
        .add(meta)
        .add(evidence)
}

fn foot(result: &LoadResult) -> Element {
    let again = format!("lockproof load {} --seed {}", result.plan, result.seed);
    el("footer").add(el("p").text("The same schedule: ").add(el("code").text(again)))
}
