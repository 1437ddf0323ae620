"use strict";
// Finds and unfolds. Whatever stands in the page stands there without this; every text goes in as text.
(() => {
  const source = document.getElementById("data");
  if (!source) return;
  const { verdicts, texts, cases, again } = JSON.parse(source.textContent);
  const [ID, CHECK, VERDICT, EXPECTED, ACTUAL, MICROS] = [0, 1, 2, 3, 4, 5];
  // Rows of one check that are made at once; the others come when they are asked for.
  const AT_ONCE = 200;
  // Checks unfold by themselves where no more than so many cases are found.
  const UNFOLDED = 200;

  const checks = new Map();
  for (const element of document.querySelectorAll("details.check")) {
    const check = {
      element,
      list: element.querySelector(".cases"),
      count: element.querySelector(".count"),
      family: element.closest(".family"),
      all: [],
      shown: [],
      made: -1,
    };
    checks.set(Number(element.dataset.check), check);
  }
  for (const one of cases) checks.get(one[CHECK]).all.push(one);
  for (const check of checks.values()) check.shown = check.all;
  const families = new Set([...checks.values()].map((check) => check.family));

  function make(name, className, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function plural(number) {
    return number === 1 ? "1 case" : `${number} cases`;
  }

  function row(one) {
    const verdict = verdicts[one[VERDICT]];
    const details = make("details", "case");
    details.dataset.id = one[ID];
    const summary = make("summary");
    summary.append(make("span", `tag ${verdict}`, verdict), make("code", "", one[ID]));
    summary.append(make("span", "actual", texts[one[ACTUAL]]));
    details.append(summary);
    details.addEventListener("toggle", () => unfold(details, one), { once: true });
    return details;
  }

  function unfold(details, one) {
    const list = make("dl", "reasons");
    const add = (name, text) => text && list.append(make("dt", "", name), make("dd", "", text));
    add("Expected", texts[one[EXPECTED]]);
    add("Actual", texts[one[ACTUAL]]);
    add("Took", `${(one[MICROS] / 1000).toFixed(1)} ms`);
    if (again) {
      const command = make("dd");
      command.append(make("code", "", `${again} ${one[ID]}`));
      list.append(make("dt", "", "Again"), command);
    }
    const shown = document.getElementById(one[ID]);
    if (shown) {
      const link = make("a", "", "the exchange");
      link.href = `#${encodeURIComponent(one[ID])}`;
      const place = make("dd");
      place.append(link);
      list.append(make("dt", "", "Evidence"), place);
    }
    details.append(list);
  }

  // Makes rows up to a number of them, and a button for the rest.
  function fill(check, most) {
    const made = Math.min(most, check.shown.length);
    const rows = check.shown.slice(0, made).map(row);
    const left = check.shown.length - made;
    if (left > 0) {
      const more = make("button", "", `Show ${left} more`);
      more.type = "button";
      more.addEventListener("click", () => {
        // What is unfolded stays so, and the keyboard goes on at the first of what comes in the button's place.
        const rest = check.shown.slice(made).map(row);
        more.replaceWith(...rest);
        check.made = check.shown.length;
        rest[0].querySelector("summary").focus();
      });
      rows.push(more);
    }
    check.list.replaceChildren(...rows);
    check.made = made;
  }

  for (const check of checks.values()) {
    check.element.addEventListener("toggle", () => {
      if (check.element.open && check.made < 0) fill(check, AT_ONCE);
    });
  }

  const search = document.getElementById("search");
  const family = document.getElementById("family");
  const found = document.getElementById("found");
  const buttons = [...document.querySelectorAll("#filter [data-verdict]")];
  const haystack = cases.map(() => undefined);
  cases.forEach((one, at) => (one.at = at));

  function text(one) {
    const at = one.at;
    haystack[at] ??= `${one[ID]} ${texts[one[EXPECTED]]} ${texts[one[ACTUAL]]}`.toLowerCase();
    return haystack[at];
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(buttons.filter((one) => one.ariaPressed === "true").map((one) => one.dataset.verdict));
    const narrowed = words.length > 0 || wanted.size > 0;
    const fits = (one) =>
      (wanted.size === 0 || wanted.has(verdicts[one[VERDICT]])) && words.every((word) => text(one).includes(word));
    let total = 0;
    for (const check of checks.values()) {
      const inFamily = family.value === "" || check.family.dataset.family === family.value;
      check.shown = !inFamily ? [] : narrowed ? check.all.filter(fits) : check.all;
      check.made = -1;
      total += check.shown.length;
    }
    for (const check of checks.values()) {
      check.element.hidden = check.shown.length === 0;
      const all = check.shown.length === check.all.length;
      check.count.textContent = all ? plural(check.all.length) : `${check.shown.length} of ${plural(check.all.length)}`;
      check.element.open = narrowed && total <= UNFOLDED && !check.element.hidden;
      check.list.replaceChildren();
      if (check.element.open) fill(check, AT_ONCE);
    }
    for (const one of families) one.hidden = !one.querySelector("details.check:not([hidden])");
    found.textContent = narrowed || family.value ? `${plural(total)} of ${cases.length}` : "";
  }

  function clear() {
    search.value = "";
    family.value = "";
    for (const button of buttons) button.ariaPressed = "false";
    filter();
  }

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  family.addEventListener("change", filter);
  document.getElementById("clear").addEventListener("click", clear);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.ariaPressed = button.ariaPressed === "true" ? "false" : "true";
      filter();
    });
  }
  document.getElementById("filter").hidden = false;

  // Unfolds everything around an element, and goes there.
  function show(element) {
    for (let around = element; around; around = around.parentElement) {
      if (around.tagName === "DETAILS") around.open = true;
    }
    document.querySelector(".target")?.classList.remove("target");
    element.classList.add("target");
    element.scrollIntoView({ block: "center" });
    (element.querySelector("summary") ?? element).focus({ preventScroll: true });
  }

  function follow() {
    let id;
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    if (!id) return;
    const there = document.getElementById(id);
    if (there) {
      if (there.matches(".example, .other")) show(there);
      return;
    }
    const one = cases.find((one) => one[ID] === id);
    if (!one) return;
    const check = checks.get(one[CHECK]);
    if (check.shown !== check.all) clear();
    if (check.made < check.all.length) fill(check, Math.max(AT_ONCE, check.all.indexOf(one) + 1));
    check.element.open = true;
    show([...check.list.children].find((element) => element.dataset.id === id));
  }

  addEventListener("hashchange", follow);
  // The same link once more leads there once more.
  addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });
  // What is printed is unfolded, and folded again behind it.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll(".finding details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
  follow();
})();
