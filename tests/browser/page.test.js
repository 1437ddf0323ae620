// The page as somebody sees it who opens it from a disk.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";
import { Parser } from "tap-parser";
import { hostile, huge, lockproof, read, render } from "./results.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [RUN, PAGE, LOAD, EVIL, MANY] = ["run.json", "page.html", "load.html", "evil.html", "many.html"].map((name) => resolve(name));

let browser;
let result;
let made;

before(async () => {
  const defects = ["ignore-expiry", "echo-key"].flatMap((id) => ["--defect", id]);
  lockproof(1, "run", "--seed", "42", "--quiet", ...defects, "--report", `json=${RUN}`, "--report", `html=${PAGE}`);
  lockproof(0, "report", "reports/reference/load/load.json", "--format", "html", "--output", LOAD);
  result = read(RUN);
  render(hostile(result), EVIL);
  made = render(huge(result), MANY);
  browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run"],
  });
});

after(() => browser?.close());

// Opens a page; whatever it complains of or reaches for fails the test.
async function open(file, { scheme = "light", width = 1200, hash = "", script = true, media = "screen" } = {}) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== pathToFileURL(file).href) complaints.push(`request: ${request.url()}`);
  });
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  // Last: what is told of features makes it a screen again.
  if (media !== "screen") await page.emulateMediaType(media);
  await page.goto(pathToFileURL(file).href + hash, { waitUntil: "load" });
  return {
    page,
    async close() {
      await page.close();
      assert.deepEqual(complaints, []);
    },
  };
}

// Waits for the page to have drawn what it was told to.
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));

async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).slice(0, 3)} ${one.help}`);
}

async function type(page, words) {
  await page.locator("#search").fill(words);
  await new Promise((done) => setTimeout(done, 120));
  await drawn(page);
}

const found = (page) => page.$eval("#found", (element) => element.textContent);
const numbers = (fits) => result.cases.filter(fits).length;
const cases = (number) => (number === 1 ? "1 case" : `${number} cases`);

for (const [name, file] of [["run", PAGE], ["load", LOAD]]) {
  for (const [scheme, width] of [["light", 1200], ["dark", 420]]) {
    test(`the page of a ${name} is accessible, ${scheme}, ${width} wide`, async () => {
      const { page, close } = await open(file, { scheme, width });
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      await drawn(page);
      assert.deepEqual(await violations(page), []);
      await close();
    });
  }
}

test("dark mode is dark, and light mode light", async () => {
  const shade = async (scheme) => {
    const { page, close } = await open(PAGE, { scheme });
    const colour = await page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
    await close();
    return Math.max(...colour.match(/\d+/g).map(Number));
  };
  assert.ok((await shade("dark")) < 60);
  assert.ok((await shade("light")) > 200);
});

test("the filter finds what the result has, by text, verdict and family", async () => {
  const { page, close } = await open(PAGE);
  await type(page, "key-missing/sandbox");
  const words = (one) => `${one.id} ${one.expected} ${one.actual}`.toLowerCase();
  const wanted = numbers((one) => words(one).includes("key-missing/sandbox"));
  assert.ok(wanted > 0);
  assert.equal(await found(page), `${cases(wanted)} of ${result.cases.length}`);
  assert.equal((await page.$$("details.case")).length, wanted);

  await page.click("#clear");
  assert.equal(await found(page), "");
  await page.click('#filter [data-verdict="fail"]');
  assert.equal(await found(page), `${cases(numbers((one) => one.verdict === "fail"))} of ${result.cases.length}`);
  await page.select("#family", "core");
  const both = numbers((one) => one.verdict === "fail" && one.family === "core");
  assert.equal(await found(page), `${cases(both)} of ${result.cases.length}`);
  await type(page, "no such words anywhere");
  assert.equal(await found(page), `0 cases of ${result.cases.length}`);
  await close();
});

test("a link to any case leads to it", async () => {
  const last = (verdict) => result.cases.filter((one) => one.verdict === verdict).at(-1).id;
  for (const id of ["pass", "fail", "skip"].map(last)) {
    const { page, close } = await open(PAGE, { hash: `#${encodeURIComponent(id)}` });
    await drawn(page);
    const shown = await page.$eval(".target", (element) => ({
      id: element.id || element.dataset.id,
      top: element.getBoundingClientRect().top,
      visible: element.checkVisibility(),
    }));
    assert.equal(shown.id, id);
    assert.ok(shown.visible && shown.top > -100 && shown.top < 900, JSON.stringify(shown));
    await close();
  }
});

test("a cell of the map leads to its case", async () => {
  const { page, close } = await open(PAGE);
  const link = await page.$(".map .wrong a");
  const id = decodeURIComponent((await link.evaluate((one) => one.getAttribute("href"))).slice(1));
  await link.click();
  await drawn(page);
  assert.equal(await page.$eval(".target", (element) => element.id || element.dataset.id), id);
  await close();
});

test("it can be used by keyboard alone", async () => {
  const { page, close } = await open(PAGE);
  for (let presses = 0; presses < 400; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(() => document.activeElement.id)) === "search") break;
  }
  await page.keyboard.type("order-");
  await new Promise((done) => setTimeout(done, 120));
  assert.match(await found(page), /^\d+ cases? of/);
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.matches(".check > summary"))) break;
  }
  const open_ = () => page.evaluate(() => document.activeElement.parentElement.open);
  const was = await open_();
  await page.keyboard.press("Enter");
  assert.equal(await open_(), !was);
  await close();
});

test("what is shown beyond the first rows keeps the keyboard there, and what is unfolded unfolded", async () => {
  const { page, close } = await open(MANY);
  await page.evaluate(() => document.querySelectorAll("details.check").forEach((one) => (one.open = true)));
  await drawn(page);
  const more = await page.$(".cases > button");
  const list = await more.evaluateHandle((one) => one.parentElement);
  const rows = () => list.evaluate((one) => one.querySelectorAll(".case").length);
  const made = await rows();
  await list.evaluate((one) => (one.firstElementChild.open = true));
  await more.focus();
  await page.keyboard.press("Enter");
  const seen = await list.evaluate((one) => ({
    focused: [...one.children].findIndex((child) => child.contains(document.activeElement)),
    unfolded: one.firstElementChild.open,
    button: one.querySelector("button") !== null,
  }));
  assert.deepEqual(seen, { focused: made, unfolded: true, button: false });
  assert.ok((await rows()) > made);
  await close();
});

test("without a script everything important is there", async () => {
  const { page, close } = await open(PAGE, { script: false });
  const text = await page.$eval("body", (body) => body.textContent);
  for (const one of result.checks.filter((check) => result.cases.some((case_) => case_.check === check.id && case_.verdict === "fail"))) {
    assert.ok(text.includes(one.advice.split(". ")[0]), one.id);
  }
  assert.ok(text.includes("Permissions") && text.includes("non-conformant"));
  assert.equal(await page.$eval("#filter", (element) => element.checkVisibility()), false);
  await close();
});

test("it prints without what is only for a screen", async () => {
  const { page, close } = await open(PAGE, { media: "print" });
  for (const part of ["nav", "#filter"]) {
    assert.equal(await page.$eval(part, (element) => element.checkVisibility()), false, part);
  }
  assert.ok((await page.pdf({ format: "A4" })).length > 10_000);
  await close();
});

test("a narrow screen need not be scrolled sideways", async () => {
  for (const file of [PAGE, LOAD, EVIL]) {
    const { page, close } = await open(file, { width: 390 });
    const [inside, outside] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(inside <= outside, `${file}: ${inside} > ${outside}`);
    await close();
  }
});

test("nothing that a target wrote is executed, fetched or an element", async () => {
  const { page, close } = await open(EVIL);
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  await drawn(page);
  await type(page, "harmed");
  for (const element of await page.$$("pre, code, dd")) await element.hover().catch(() => {});
  const seen = await page.evaluate(() => ({
    harmed: window.harmed ?? null,
    scripts: document.scripts.length,
    foreign: document.querySelectorAll("img, iframe, object, embed, link, form, base, [onload], [onerror], [style]").length,
    links: [...document.querySelectorAll("a")].filter((one) => !one.getAttribute("href").startsWith("#")).length,
  }));
  assert.deepEqual(seen, { harmed: null, scripts: 2, foreign: 0, links: 0 });
  assert.ok(statSync(EVIL).size < 5 * 1024 * 1024, "a line of 1 MiB is not repeated");
  await close();
});

test("ten thousand cases: made, small, shown and searched within a second", async () => {
  const size = statSync(MANY).size;
  assert.ok(made < 1000, `made in ${made} ms`);
  assert.ok(size < 5 * 1024 * 1024, `${size} bytes`);
  const { page, close } = await open(MANY);
  await page.waitForFunction(() => performance.getEntriesByType("paint").length > 0);
  const shown = await page.evaluate(() => performance.getEntriesByType("paint").at(-1).startTime);
  const loaded = await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
  assert.ok(shown < 1000 && loaded < 1000, `drawn after ${shown} ms, loaded after ${loaded} ms`);
  const searched = await page.evaluate(() => {
    const begun = performance.now();
    for (const check of document.querySelectorAll("details.check")) check.open = true;
    document.querySelector('#filter [data-verdict="pass"]').click();
    document.body.getBoundingClientRect();
    return performance.now() - begun;
  });
  assert.ok(searched < 500, `searched in ${searched} ms`);
  console.log(`# 10,000 cases: made in ${made.toFixed(0)} ms, ${(size / 1048576).toFixed(1)} MiB, drawn after ${shown.toFixed(0)} ms, filtered in ${searched.toFixed(0)} ms`);
  await close();
});

test("whatever a target wrote, a browser reads JUnit and a reader of TAP reads TAP", async () => {
  const evil = read(`${EVIL}.json`);
  const points = 1 + evil.controls.length + evil.cases.length;
  const tap = Parser.parse(lockproof(0, "report", `${EVIL}.json`, "--format", "tap"));
  assert.equal(tap.filter(([kind]) => kind === "assert").length, points);
  assert.equal(tap.filter(([kind]) => kind === "extra").length, 0);
  const junit = lockproof(0, "report", `${EVIL}.json`, "--format", "junit");
  const { page, close } = await open(PAGE);
  const cases = await page.evaluate((text) => {
    const read = new DOMParser().parseFromString(text, "application/xml");
    return read.querySelector("parsererror")?.textContent ?? read.querySelectorAll("testcase").length;
  }, junit);
  assert.equal(cases, points);
  await close();
});

test("a reader of TAP reads every test point", () => {
  const tap = lockproof(0, "report", RUN, "--format", "tap");
  const points = Parser.parse(tap).filter(([kind]) => kind === "assert").map(([, point]) => point);
  const verdicts = points.slice(1 + result.controls.length);
  assert.equal(verdicts.length, result.cases.length);
  const failed = result.cases.filter((one) => ["fail", "inconclusive", "error"].includes(one.verdict));
  assert.deepEqual(verdicts.filter((one) => !one.ok).map((one) => one.name), failed.map((one) => one.id));
  assert.equal(verdicts.find((one) => !one.ok).diag.actual, failed[0].actual);
});
