// What goes back: a file to mail from a page on the disk, or one message at once to the server the page came from.

/** Everything decided so far, in the order of the page. */
function allDecisions() {
  return ENTRIES.flatMap((each) => each.decisions());
}

function saveDecisions() {
  const by = reviewer();
  if (!by) {
    document.getElementById("name").focus();
    say("Your name first, so that they know who decided");
    return;
  }
  const decisions = allDecisions();
  if (!decisions.length) {
    say("Nothing is decided yet: rate, shortlist or select something first");
    return;
  }
  saveFile("decisions-" + SHEET.id + "-" + slug(by) + ".json", decisionsFile(SHEET.id, by, SHEET.shown, decisions));
  kept.value.saved = true;
  kept.save();
  changed();
  say("Saved. Now mail the file back to whoever sent you this page");
}

/** One line a decision, to be read by people. */
function asText() {
  const lines = [SHEET.title, reviewer() ? "by " + reviewer() : "", ""];
  for (const part of SHEET.parts) {
    const mine = ENTRIES.filter((each) => each.part === part && isJudged(each));
    if (!mine.length) continue;
    lines.push(part.title || part.asset);
    for (const each of mine) lines.push("- " + sentence(each));
    lines.push("");
  }
  return lines.join("\n").trim() + "\n";
}

function isJudged(entry) {
  return Boolean(entry.now.mark || entry.now.stars || entry.allComments.length);
}

function sentence(entry) {
  const isPlain = entry.isTarget || entry.group.heading === "Candidates";
  const step = isPlain ? "" : " (" + entry.group.heading.toLowerCase() + ")";
  const words = [entry.name + step + ": " + (entry.now.mark ? MARKS[entry.now.mark].done.toLowerCase() : "no decision")];
  if (entry.now.stars) words.push(entry.now.stars + " of 5 stars");
  if (entry.now.why) words.push("“" + entry.now.why + "”");
  for (const each of entry.allComments) words.push("comment: “" + each.text + "”");
  return words.join("; ");
}

let line = Promise.resolve();
/** Tell the server what has changed about an entry; one message after the other. */
function send(entry) {
  line = line.then(() => sendNow(entry));
}

async function sendNow(entry) {
  const decisions = entry.decisions();
  if (!decisions.length) return;
  const sent = { ...entry.now, why: entry.now.why.trim() }, comments = [...entry.comments];
  const body = decisionsFile(SHEET.id, reviewer() || SHEET.by, SHEET.shown, decisions);
  try {
    const answer = await fetch("decisions", { method: "POST", body, headers: { "Content-Type": "application/json" } });
    if (!answer.ok) throw new Error(await answer.text());
    entry.settle(sent, comments);
    entry.by = reviewer() || SHEET.by;
    unsent.delete(entry);
  } catch (error) {
    unsent.add(entry);
    say("Not on record: " + (error.message || "the server does not answer").slice(0, 200));
  }
  for (const view of [...entry.views]) view();
  changed();
}
const unsent = new Set();

/** The bar that stays in sight: name, what was decided so far, and the way back. */
function fillBar() {
  const name = el("input", { id: "name", class: "field", type: "text", maxlength: 100, autocomplete: "name", placeholder: "Your name",
    "aria-label": "Your name", on: { input: () => { kept.value.by = name.value; kept.save(); } } });
  name.value = kept.value.by || (SERVED ? SHEET.by : "");
  if (SERVED) kept.value.by = name.value;
  const told = el("div", { class: "tally", role: "status" });
  const compare = el("button", { type: "button", class: "button", hidden: true, on: { click: openComparison } }, icon("both"), "Compare");
  const main = SERVED
    ? el("button", { type: "button", class: "button main", text: "Try again", hidden: true, on: { click: () => [...unsent].forEach(send) } })
    : el("button", { type: "button", class: "button main", id: "save", text: "Save decisions", on: { click: saveDecisions } });
  document.getElementById("bar").append(el("div", { class: "wrap" }, told, compare, name, main));
  listeners.push(() => {
    const count = (word) => ENTRIES.filter((each) => each.now.mark === word).length;
    const parts = Object.keys(MARKS).filter(count).map((word) => [icon(MARKS[word].icon), count(word) + " " + MARKS[word].done.toLowerCase()]);
    const talks = ENTRIES.reduce((sum, each) => sum + each.allComments.length, 0);
    if (talks) parts.push([icon("talk"), talks === 1 ? "1 comment" : talks + " comments"]);
    const words = parts.map(([sign, text]) => el("span", { class: "count" }, sign, text));
    const state = SERVED ? (unsent.size ? "not on record: " + unsent.size : parts.length ? "on record" : "")
      : kept.value.saved ? "saved to a file" : !kept.works ? "this browser keeps nothing: save before you close" : "";
    told.replaceChildren(...words, words.length ? "" : el("span", { class: "soft", text: "Nothing decided yet" }),
      state ? el("span", { class: "soft small", text: state }) : "");
    if (SERVED) main.hidden = !unsent.size;
    compare.hidden = compared.length !== 1;
    compare.lastChild.textContent = compared.length === 1 ? "Choose a second" : "Compare";
    compare.disabled = compared.length < 2;
  });
}

/** The last section: what is being sent back, in words; also what a printed sheet says. */
function answerSection() {
  const list = el("ul", { class: "answer" });
  const none = el("p", { class: "soft", text: "Nothing yet." });
  const copy = el("button", { type: "button", class: "button no-print", text: "Copy as text", on: { click: async () => {
    say(await copyText(asText()) ? "Copied" : "The browser does not let a page copy: select the list instead");
  } } });
  listeners.push(() => {
    const mine = ENTRIES.filter(isJudged);
    none.hidden = mine.length > 0;
    copy.hidden = !mine.length;
    list.replaceChildren(...mine.map((each) => el("li", {},
      SHEET.parts.length > 1 ? el("b", { text: (each.part.title || each.part.asset) + ". " }) : null, sentence(each))));
  });
  return el("section", { class: "panel last" },
    el("h2", { text: SERVED ? "What is on record" : "What you send back" }), none, list, copy);
}
