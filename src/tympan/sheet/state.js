// What the sheet shows, and what the person has said of it so far.

const SHEET = dataOf("sheet");
const SERVED = SHEET.served === true;
const kept = new Kept("sheet:" + SHEET.id);
const MARKS = {
  shortlist: { word: "Shortlist", done: "Shortlisted", key: "L", icon: "flag" },
  select: { word: "Select", done: "Selected", key: "S", icon: "check" },
  reject: { word: "Reject", done: "Rejected", key: "X", icon: "cross" },
  approve: { word: "Approve", done: "Approved", key: "A", icon: "check" },
  "request-changes": { word: "Request changes", done: "Changes requested", key: "R", icon: "pen" },
};
const ON_CANDIDATES = ["shortlist", "select", "reject"];
const ON_TARGETS = ["approve", "request-changes"];

/** One thing that can be decided on: a candidate, or a target with its files. */
class Entry {
  constructor(at, part, group, pictures, said) {
    Object.assign(this, { at, part, group, pictures });
    this.row = SHEET.shown[at];
    this.isTarget = this.row[1].startsWith("target:");
    this.marks = this.isTarget ? ON_TARGETS : ON_CANDIDATES;
    this.number = pictures[0] ? pictures[0].number : 0;
    this.before = { mark: said.mark || "", why: said.why || "", stars: said.stars || 0 };
    this.by = said.by || "";
    this.told = (said.comments || []).map((each) => ({ ...each, place: each.place || [] }));
    const mine = SERVED ? null : (kept.value.entries || {})[at];
    this.now = { ...this.before, ...clean(mine, this.marks) };
    this.comments = mine && Array.isArray(mine.comments) ? mine.comments.map(cleanComment).filter(Boolean) : [];
    this.views = new Set();
  }

  /** What to call it in a sentence. */
  get name() {
    if (!this.isTarget) return "Candidate " + this.number;
    const target = this.row[1].slice("target:".length);
    return this.group.variant ? target + ", " + this.group.variant : target;
  }

  /** One sentence on how it stands, for those who do not see it. */
  get label() {
    const words = [this.name];
    if (this.now.stars) words.push(this.now.stars === 1 ? "1 star" : this.now.stars + " stars");
    if (this.now.mark) words.push(MARKS[this.now.mark].done.toLowerCase());
    const count = this.allComments.length;
    if (count) words.push(count === 1 ? "1 comment" : count + " comments");
    return words.join(", ");
  }

  get allComments() {
    return [...this.told, ...this.comments];
  }

  /** Take a change in, keep it, show it everywhere, and tell the server if there is one. */
  change(values) {
    Object.assign(this.now, values);
    if (!this.now.mark) this.now.why = "";
    this.changedAt = moment();
    keep();
    for (const view of [...this.views]) view();
    changed();
    if (SERVED) send(this);
  }

  comment(text, place) {
    this.comments.push({ text, place, at: moment() });
    this.change({});
  }

  uncomment(comment) {
    this.comments = this.comments.filter((each) => each !== comment);
    this.change({});
  }

  /** The decisions that lead from what was said before to what is said now. */
  decisions() {
    const [asset, where, variant, digest] = this.row;
    const place = this.isTarget ? { target: where.slice("target:".length) } : { step: where };
    const common = { asset, ...place, variant, digest, at: this.changedAt || moment() };
    const found = [];
    const { mark, why, stars } = this.now;
    if (mark !== this.before.mark || (mark && why.trim() !== this.before.why)) {
      found.push(mark ? { did: mark, ...common, why: why.trim() } : { did: "withdraw", ...common });
    }
    if (stars !== this.before.stars) found.push({ did: "rate", ...common, stars });
    for (const each of this.comments) {
      found.push({ did: "comment", ...common, at: each.at, why: each.text, place: each.place });
    }
    return found;
  }

  /** Take what was said for known: the server has it. */
  settle(sent, comments) {
    this.before = sent;
    this.told.push(...comments.map((each) => ({ ...each, by: reviewer() })));
    this.comments = this.comments.filter((each) => !comments.includes(each));
  }
}

/** What was kept in the browser, as far as it makes sense. */
function clean(found, marks) {
  if (!found || typeof found !== "object") return {};
  const made = {};
  if (found.mark === "" || marks.includes(found.mark)) made.mark = found.mark;
  if (typeof found.why === "string") made.why = found.why.slice(0, 4000);
  if (Number.isInteger(found.stars) && found.stars >= 0 && found.stars <= 5) made.stars = found.stars;
  return made;
}

function cleanComment(found) {
  if (!found || typeof found.text !== "string" || !found.text) return null;
  const isPlace = Array.isArray(found.place) && found.place.length === 2 && found.place.every(Number.isFinite);
  const at = typeof found.at === "string" ? found.at : moment();
  return { text: found.text.slice(0, 4000), place: isPlace ? found.place : [], at };
}

const ENTRIES = [];
for (const part of SHEET.parts) {
  for (const step of part.steps || []) {
    for (const each of step.pictures || []) {
      ENTRIES.push(new Entry(ENTRIES.length, part, step, [each], each.said || {}));
    }
  }
  for (const target of part.targets || []) {
    ENTRIES.push(new Entry(ENTRIES.length, part, target, target.pictures || [], target.said || {}));
  }
}
const ENTRIES_OF = new Map();
for (const entry of ENTRIES) {
  if (!ENTRIES_OF.has(entry.group)) ENTRIES_OF.set(entry.group, []);
  ENTRIES_OF.get(entry.group).push(entry);
}

/** Keep everything in the browser, so that a closed tab loses nothing. */
function keep() {
  if (SERVED) return;
  const entries = {};
  for (const each of ENTRIES) {
    if (each.changedAt || each.comments.length || (kept.value.entries || {})[each.at]) {
      entries[each.at] = { ...each.now, comments: each.comments };
    }
  }
  kept.value.entries = entries;
  kept.value.saved = false;
  kept.save();
}

function reviewer() {
  return (kept.value.by || "").trim();
}

/** Give an entry a mark, or take it away if it has it; only one of a step is the selected one. */
function mark(entry, word) {
  if (!entry.marks.includes(word)) return;
  const next = entry.now.mark === word ? "" : word;
  if (next === "select") {
    for (const other of ENTRIES_OF.get(entry.group)) {
      if (other !== entry && other.now.mark === "select") other.change({ mark: "shortlist" });
    }
  }
  entry.change({ mark: next });
  say(next ? entry.name + ": " + MARKS[next].done.toLowerCase() : entry.name + ": no mark");
}

function rate(entry, stars) {
  const next = entry.now.stars === stars ? 0 : stars;
  entry.change({ stars: next });
  say(entry.name + ": " + (next === 1 ? "1 star" : next ? next + " stars" : "no stars"));
}

const listeners = [];
/** Tell everybody who counts decisions that one has changed. */
function changed() {
  for (const each of listeners) each();
}

/** Where the bytes of a view are: an address, or "" while they have not come yet. */
function source(picture, kind) {
  if (picture.trouble) return "";
  if (SERVED) return "picture/" + picture.digest + "/" + kind;
  const block = document.getElementById(kind + SHEET.here[picture.digest]);
  if (!block) return "";
  return (kind === "vector" ? "data:image/svg+xml;base64," : "data:image/webp;base64,") + block.textContent;
}

const HAS_VECTOR = new Set(SHEET.vectors);
