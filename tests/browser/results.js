// Results to look at: a real one, one in which a target wrote whatever harms, and one that is huge.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const program = process.env.LOCKPROOF;

// Runs the program; it must end with this exit code.
export function lockproof(exit, ...parameters) {
  const done = spawnSync(program, parameters, { encoding: "utf8", maxBuffer: 1 << 28, cwd: process.env.ROOT });
  if (done.status !== exit) throw new Error(`exit ${done.status}, not ${exit}: ${done.stderr}`);
  return done.stdout;
}

export function read(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

// Renders a result as a page, and says how long that took.
export function render(result, file) {
  writeFileSync(`${file}.json`, JSON.stringify(result));
  const before = performance.now();
  lockproof(0, "report", `${file}.json`, "--format", "html", "--output", file);
  return performance.now() - before;
}

// Text that does something wherever it is taken for more than text.
export const HARMFUL = [
  "<script>window.harmed = 1</script>",
  '"><img src=x onerror="window.harmed = 1">',
  "</script><script>window.harmed = 1</script><!--",
  "</style><svg onload=window.harmed=1>",
  "' onmouseover='window.harmed=1' x='",
  "javascript:window.harmed=1",
  "<a href=javascript:window.harmed=1 id=data>x</a>",
  '<meta http-equiv=refresh content="0;url=http://127.0.0.1:9/">',
  "\u202eevil\u2066 \u0000 \u001b[2J ::error::x ]]> ${window.harmed=1} {{constructor}}",
  "x".repeat(1024 * 1024),
].join("\n");

// Makes the summary of a result that of its cases.
function sumUp(result) {
  result.summary = { pass: 0, fail: 0, warn: 0, skip: 0, inconclusive: 0, error: 0 };
  for (const one of result.cases) result.summary[one.verdict] += 1;
}

// The same result with harmful text wherever a target, a key or a check can put any.
export function hostile(result) {
  const copy = structuredClone(result);
  copy.contract.api = HARMFUL;
  copy.notices = [HARMFUL];
  for (const check of copy.checks) Object.assign(check, { title: HARMFUL, why: HARMFUL, advice: HARMFUL });
  copy.checks = copy.checks.slice(0, 3);
  copy.cases = copy.cases.filter((one) => one.verdict !== "pass").slice(0, 6);
  for (const one of copy.cases) {
    Object.assign(one, { requirement: HARMFUL, expected: HARMFUL, actual: HARMFUL, reproduce: HARMFUL });
    one.id += `/${HARMFUL.slice(0, 200)}`;
    if (one.exchange?.received) {
      one.exchange.received.body = HARMFUL;
      one.exchange.received.headers.push([HARMFUL.slice(0, 300), HARMFUL]);
    }
  }
  sumUp(copy);
  return copy;
}

// Ten thousand cases, each an own one.
export function huge(result) {
  const copy = structuredClone(result);
  copy.cases = Array.from({ length: 10_000 }, (_, at) => {
    const one = result.cases[at % result.cases.length];
    return { ...one, id: `${one.id}-${at}` };
  });
  sumUp(copy);
  return copy;
}
