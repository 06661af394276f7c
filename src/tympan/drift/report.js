// The whole page: what is said first, the matrix, the assets, how it was come by; and the bar with the way back.

function fillHead() {
  const count = (test) => ASSETS.filter(test).length;
  const drifted = count((each) => each.main), undecided = count((each) => each.verdict === "undecided");
  const calm = ASSETS.length - drifted - undecided;
  const [, first, rest] = /^(.*? drifted): (.*)$/.exec(REPORT.drift.sentence) || [, REPORT.drift.sentence, ""];
  document.getElementById("head").append(
    el("div", { class: "row" }, el("p", { class: "eyebrow", text: "Drift report · " + REPORT.title }), el("span", { class: "grow" }), themeButton()),
    el("h1", { text: first.charAt(0).toUpperCase() + first.slice(1) }),
    rest ? el("p", { class: "rest", text: rest.charAt(0).toUpperCase() + rest.slice(1) + "." }) : "",
    el("p", { class: "chips" }, el("span", { class: "chip" + (drifted ? " bad" : " no"), text: drifted + " drifted" }),
      calm ? el("span", { class: "chip no", text: calm + " no evidence" }) : "",
      undecided ? el("span", { class: "chip list", text: undecided + " undecided" }) : ""));
}

function factsSection() {
  const rows = REPORT.facts.filter(([, text]) => text).map(([name, text]) => [el("dt", { text: name }), el("dd", { text })]);
  return el("section", { class: "facts" }, el("h2", { text: "How this was come by" }), el("dl", {}, rows.flat()));
}

function saveAll() {
  const by = (kept.value.by || "").trim(), made = decisions();
  if (!by) {
    document.getElementById("name").focus();
    say("Your name first, so that they know who decided");
  } else if (!made.length) {
    say("Nothing is decided yet: accept, hold or tune something first");
  } else {
    saveFile("decisions-" + REPORT.id + "-" + slug(by) + ".json", decisionsFile(REPORT.id, by, REPORT.shown, made));
    kept.value.saved = true;
    kept.save();
    for (const each of listeners) each();
    say("Saved. Mail the file back to whoever sent you this page, or take it in: tympan review import");
  }
}

function fillBar() {
  const name = el("input", { id: "name", class: "field", type: "text", maxlength: 100, autocomplete: "name", placeholder: "Your name",
    "aria-label": "Your name", value: kept.value.by || "", on: { input: () => { kept.value.by = name.value; kept.save(); } } });
  const tally = el("div", { class: "tally", role: "status" });
  const all = el("button", { type: "button", class: "button", text: "Accept what did not drift", on: { click: () => {
    for (const each of ASSETS) if (each.verdict === "none" && !decided(each).mark) decide(each, { mark: "accept" });
  } } });
  const save = el("button", { type: "button", class: "button main", id: "save", text: "Save decisions", on: { click: saveAll } });
  document.getElementById("bar").append(el("div", { class: "wrap" }, tally, all, name, save));
  const show = () => {
    const counts = Object.entries(MARKS).map(([mark, told]) => [ASSETS.filter((each) => decided(each).mark === mark).length, told.done]).filter(([n]) => n);
    const words = counts.map(([n, done]) => n + " " + done).join(", ") || "Nothing decided yet";
    tally.textContent = words + (kept.value.saved ? " · saved to a file" : kept.works ? "" : " · this browser keeps nothing: save before you close");
    all.hidden = !ASSETS.some((each) => each.verdict === "none" && !decided(each).mark);
  };
  listeners.push(show);
  show();
}

function fill() {
  const cards = el("div", { class: "cards" });
  const made = new Map(ASSETS.map((each) => [each.at, card(each)]));
  const arrange = (assets) => cards.append(...assets.map((each) => made.get(each.at)));
  document.getElementById("main").append(...[
    ASPECTS.length ? librarySection() : null, matrixSection(arrange),
    el("section", {}, el("h2", { text: "Asset by asset" }), cards), factsSection()].filter(Boolean));
  arrange(sorted());
}

fillHead();
fill();
fillBar();
