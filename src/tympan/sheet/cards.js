// The cards of candidates, as a grid with an order and a filter.

const RATIO_LEAST = 0.7, RATIO_MOST = 1.8;

/** The shape of all pictures of a group: that of the most, within reason. */
function ratioOf(entries) {
  const ratios = entries.map((each) => {
    const [width, height] = each.pictures[0].size || [1, 1];
    return width && height ? width / height : 1;
  }).sort((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)] || 1;
  return Math.min(RATIO_MOST, Math.max(RATIO_LEAST, middle));
}

/** One candidate. The picture opens it; its other buttons are reached by Tab while it is the current card. */
function card(entry, small = false) {
  const picture = entry.pictures[0];
  const mat = el("span", { class: "mat" + (picture.clear ? " checker" : "") },
    picture.trouble ? el("span", { class: "trouble", text: "Cannot be shown: " + picture.trouble })
      : thumb(picture, ""));
  const flag = el("span", { class: "flag" });
  const talk = el("span", { class: "talks" });
  const open = el("button", {
    type: "button", class: "open", tabindex: "-1", on: { click: () => openViewer(entry) },
  }, mat, flag, talk);
  const stars = starsOf(entry, "-1"), marks = marksOf(entry, "-1"), reason = reasonOf(entry, "-1");
  const aids = aidsOf(picture);
  const compare = el("button", {
    type: "button", class: "pick", tabindex: "-1", title: "Compare (C)", "aria-label": "Compare " + entry.name,
    on: { click: () => toggleCompared(entry) },
  }, icon("both"));
  const made = el("article", { class: "card", data: { entry: entry.at } },
    open,
    el("div", { class: "line" },
      el("span", { class: "number", text: String(entry.number) }), stars.place, compare),
    small ? null : el("p", { class: "aids" }, aids.map(([name, value, title]) =>
      el("span", { title }, el("b", { text: value }), " " + name))),
    marks.place, small ? null : reason.place);
  const show = () => {
    const { mark } = entry.now;
    made.dataset.mark = mark;
    made.dataset.seen = mark || entry.now.stars ? "yes" : "no";
    open.setAttribute("aria-label", entry.label + ". Open");
    flag.replaceChildren(...(mark ? [icon(MARKS[mark].icon), MARKS[mark].done] : []));
    const count = entry.allComments.length;
    talk.replaceChildren(...(count ? [icon("talk"), String(count)] : []));
    compare.setAttribute("aria-pressed", String(compared.includes(entry)));
    for (const each of [stars, marks, reason]) each.show();
  };
  entry.views.add(show);
  show();
  return made;
}

const ORDERS = {
  number: ["As they came", (a, b) => a.number - b.number],
  stars: ["Most stars first", (a, b) => b.now.stars - a.now.stars || a.number - b.number],
  sharp: ["Sharpest first", (a, b) => aid(b, "sharpness", 0) - aid(a, "sharpness", 0) || a.number - b.number],
  colour: ["Nearest to the brand first", (a, b) => aid(a, "colour", 999) - aid(b, "colour", 999) || a.number - b.number],
};
const FILTERS = { all: "All", shortlist: "In the running", unseen: "Not judged yet" };

function aid(entry, name, otherwise) {
  const value = (entry.pictures[0].aids || {})[name];
  return value === undefined || value === null ? otherwise : value;
}

function passes(entry, filter) {
  if (filter === "shortlist") return ["shortlist", "select"].includes(entry.now.mark);
  return filter !== "unseen" || !(entry.now.mark || entry.now.stars);
}

/** The section of one step: heading, tools, and the candidates as a grid or as a plot. */
function stepSection(part, step) {
  const entries = ENTRIES_OF.get(step) || [];
  const id = "step-" + entries[0].at;
  const grid = el("div", { class: "grid", "aria-labelledby": id, role: "group" });
  grid.style.setProperty("--ratio", String(ratioOf(entries)));
  const place = el("div", { class: "place" }, grid);
  const cards = new Map(entries.map((each) => [each, card(each)]));
  const state = { filter: "all", order: "number", plot: false };
  const none = el("p", { class: "soft none", hidden: true, text: "None of them, so far." });
  const order = el("select", { class: "field", "aria-label": "Order" },
    Object.entries(ORDERS).filter(([name]) => isKnown(entries, name)).map(([name, [word]]) =>
      el("option", { value: name, text: word })));
  const filters = Object.entries(FILTERS).map(([name, word]) =>
    el("button", { type: "button", class: "button tab", data: { filter: name }, text: word,
      on: { click: () => { state.filter = name; fill(); } } }));
  const fill = () => {
    grid.hidden = state.plot;
    const shown = entries.filter((each) => passes(each, state.filter)).sort(ORDERS[state.order][1]);
    if (!state.plot) grid.replaceChildren(...shown.map((each) => cards.get(each)));
    none.hidden = state.plot || shown.length > 0;
    for (const each of filters) each.setAttribute("aria-pressed", String(each.dataset.filter === state.filter));
    settleFocus();
  };
  order.addEventListener("change", () => { state.order = order.value; fill(); });
  const tools = el("div", { class: "tools no-print" }, el("div", { class: "tabs" }, filters), order);
  if ((step.axes || []).length) addPlot(step, entries, place, grid, tools, state, fill);
  fill();
  return el("section", { class: "step" },
    el("div", { class: "top" },
      el("h3", { id, text: step.heading }),
      el("span", { class: "soft", text: entries.length === 1 ? "1 picture" : entries.length + " pictures" }),
      tools),
    step.prompt ? el("p", { class: "prompt soft small", text: step.prompt }) : null,
    place, none);
}

function isKnown(entries, name) {
  if (name === "sharp") return entries.some((each) => aid(each, "sharpness", null) !== null);
  return name !== "colour" || entries.some((each) => aid(each, "colour", null) !== null);
}

/** Tab reaches one card of each grid; its own buttons are in reach while it is that one. */
function settleFocus() {
  for (const grid of document.querySelectorAll(".grid, .plot")) {
    const cards = [...grid.querySelectorAll(".card")];
    if (cards.length && !cards.some((each) => each.classList.contains("current"))) setCurrent(cards[0], false);
  }
}

function setCurrent(made, focus = true) {
  const grid = made.closest(".grid, .plot");
  for (const other of grid.querySelectorAll(".card.current")) {
    if (other === made) continue;
    other.classList.remove("current");
    for (const each of other.querySelectorAll("button, textarea")) each.tabIndex = -1;
  }
  made.classList.add("current");
  for (const each of made.querySelectorAll("button, textarea")) each.tabIndex = 0;
  if (focus) {
    made.querySelector(".open").focus({ preventScroll: true });
    made.scrollIntoView({ block: "nearest", behavior: "auto" });
  }
}
