// What the report shows, and what the person has decided so far.

const REPORT = dataOf("report");
const kept = new Kept("drift:" + REPORT.id);
const MARKS = {
  accept: { word: "Accept", done: "accepted", help: "the new pictures may take over" },
  hold: { word: "Hold", done: "held", help: "stay on the old model for now" },
  tune: { word: "Tune", done: "to be tuned", help: "try other options of the new model" },
};
const VERDICTS = {
  strong: { sign: "●", word: "strong", chip: "bad", rank: 3 },
  noticeable: { sign: "◐", word: "noticeable", chip: "warn", rank: 2 },
  undecided: { sign: "?", word: "undecided", chip: "list", rank: 1 },
  none: { sign: "·", word: "no evidence", chip: "no", rank: 0 },
};
const ASPECTS = Object.keys(REPORT.drift.aspects);
const ASSETS = REPORT.assets.map((each, at) => ({ ...each, at, row: REPORT.shown[at] }));
const listeners = [];

/** What was decided on an asset; `row` is that of its sweep that is accepted, if one is. */
function decided(asset) {
  const found = (kept.value.marks || {})[asset.at];
  const none = { mark: "", why: "", at: "" };
  if (!found || !Object.hasOwn(MARKS, found.mark)) return none;
  if (found.mark !== "accept" || !found.set) return found;
  const row = asset.swept.find((each) => keyOf(each) === found.set);
  return row ? { ...found, row } : none;
}

/** Decided in words, "" if nothing is. */
function doneOf(asset) {
  const { mark, row } = decided(asset);
  return mark ? MARKS[mark].done + (row ? " with " + wordsOf(row) : "") : "";
}

function keyOf(row) {
  return JSON.stringify(row.options);
}

function wordsOf(row) {
  return Object.entries(row.options).map(([name, value]) => name + " = " + value).join(", ");
}

/** Take a decision in, keep it in the browser, and show it everywhere. */
function decide(asset, values) {
  const next = { ...decided(asset), ...values, at: moment() };
  kept.value.marks = { ...(kept.value.marks || {}), [asset.at]: next };
  kept.value.saved = false;
  kept.save();
  for (const each of listeners) each();
}

function decisions() {
  return ASSETS.filter((each) => decided(each).mark).map((each) => {
    const [asset, step, variant, digest] = each.row;
    const { mark, why, at, row } = decided(each);
    const more = row ? { digest: row.digest, set: row.options } : {};
    return { did: mark, asset, step, variant, digest, at, why: (why || "").trim(), ...more };
  });
}

/** How far an effect is beyond its gate: what assets are sorted by. */
function weight(found) {
  return found ? VERDICTS[found.verdict].rank * 1000 + Math.min(999, found.effect / found.gate) : -1;
}

function weightOf(asset) {
  return Math.max(-1, ...Object.values(asset.aspects).map(weight));
}

/** The address of a picture's view; its text is in the page already. */
function viewOf(picture) {
  return "data:image/webp;base64," + document.getElementById("v" + picture.view).textContent;
}

function number(value) {
  return Math.abs(value) >= 10 ? value.toFixed(0) : Math.abs(value) >= 1 ? value.toFixed(1) : value.toFixed(2);
}

function chance(value) {
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}

function verdictChip(verdict) {
  const told = VERDICTS[verdict];
  return el("span", { class: "chip " + told.chip }, el("span", { "aria-hidden": "true", text: told.sign }), told.word);
}

const SVG = "http://www.w3.org/2000/svg";
/** An SVG element with attributes and children. */
function draw(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.flat().filter(Boolean));
  return made;
}
