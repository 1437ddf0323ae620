// The pictures of the README, made of the real thing: the terminal, and the page in light and in dark.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { writeFileSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { lockproof } from "./results.js";

const folder = process.env.PICTURES;
const run = ["run", "--seed", "42", "--quiet", "--defect", "ignore-expiry", "--tag", "core"];

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });

async function picture(file, name, { scheme, width, height, anchor }) {
  const page = await browser.newPage();
  await page.setViewport({ width, height, deviceScaleFactor: 1.25 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  if (anchor) await page.evaluate((id) => document.getElementById(id).scrollIntoView(), anchor);
  await page.screenshot({ path: resolve(folder, name) });
  await page.close();
}

// What a terminal shows, as a page: the styles that Lockproof uses, and nothing else.
function terminal(text) {
  const classes = { 1: "strong", 2: "faint", 31: "red", 32: "green", 33: "yellow" };
  let open = [];
  const escaped = text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
  const marked = escaped.replace(/\u001b\[([\d;]*)m/g, (_, codes) => {
    const closed = open.map(() => "</span>").join("");
    open = codes === "0" || codes === "" ? [] : [...open, ...codes.split(";").map((code) => classes[code] ?? "")];
    return closed + open.map((name) => `<span class="${name}">`).join("");
  });
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; background: #16181b; color: #d6d9dc; font: 13px/1.45 "DejaVu Sans Mono", monospace; }
    pre { margin: 0; padding: 22px 26px; font: inherit; }
    .strong { font-weight: bold; color: #fff; } .faint { color: #8b929a; }
    .red { color: #f28b82; } .green { color: #8fd3a6; } .yellow { color: #e6c07b; }
    .prompt { color: #8b929a; }
  </style><pre><span class="prompt">$ lockproof run --defect ignore-expiry --tag core</span>\n\n${marked}</pre>`;
}

const shown = spawnSync(process.env.LOCKPROOF, [...run, "--color", "always"], { encoding: "utf8", cwd: process.env.ROOT });
writeFileSync("terminal.html", terminal(shown.stdout));
lockproof(1, ...run, "--report", `html=${resolve("picture.html")}`);
await picture("terminal.html", "terminal.png", { scheme: "dark", width: 900, height: 760 });
for (const scheme of ["light", "dark"]) {
  await picture("picture.html", `page-${scheme}.png`, { scheme, width: 1180, height: 1180 });
}
await picture("picture.html", "permissions.png", { scheme: "light", width: 1180, height: 590, anchor: "permissions" });
await browser.close();
