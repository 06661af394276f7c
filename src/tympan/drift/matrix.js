// The library aspect by aspect, and the matrix of assets by aspects, which sorts by any column.

/** An effect on a scale of gates, `most` of them long: its interval, its place, and the gate. */
function scale(found, most = 3) {
  const at = (effect) => Math.max(1, Math.min(239, 240 / most * Math.max(0, effect) / found.gate));
  const parts = [
    draw("line", { x1: 0, x2: 240, y1: 9, y2: 9, class: "rail" }),
    draw("line", { x1: at(found.gate), x2: at(found.gate), y1: 1, y2: 17, class: "gate" }),
  ];
  if (found.interval) parts.push(draw("line", { x1: at(found.interval[0]), x2: at(found.interval[1]), y1: 9, y2: 9, class: "span" }));
  parts.push(draw("circle", { cx: at(found.effect), cy: 9, r: 5, class: "spot" }));
  const words = "effect " + number(found.effect) + ", gate " + number(found.gate);
  return draw("svg", { viewBox: "0 0 240 18", preserveAspectRatio: "xMinYMid meet", class: "scale " + found.verdict, role: "img", "aria-label": words }, ...parts);
}

function librarySection() {
  const rows = ASPECTS.map((name) => [name, REPORT.drift.aspects[name]])
    .sort((one, other) => weight(other[1]) - weight(one[1]))
    .map(([name, found]) => el("li", { class: "aspect" },
      el("div", { class: "aspect-name" }, el("h3", { text: name }), verdictChip(found.verdict)),
      el("div", {}, scale(found), el("p", { class: "small soft figures",
        text: "effect " + number(found.effect) + (found.interval ? " (" + found.interval.map(number).join(" to ") + ")" : "")
          + " · gate " + number(found.gate) + " · q " + chance(found.q) })),
      el("p", { class: "words", text: found.sentence })));
  return el("section", {},
    el("h2", { text: "The library, aspect by aspect" }),
    el("p", { class: "soft small", text: "The upright line is the gate: from there on a difference is a drift. An effect of 1 is as far as two seeds of one request are apart." }),
    el("ul", { class: "aspects" }, rows));
}

const order = { by: "verdict", down: true };
const COLUMNS = [
  { id: "asset", word: "Asset", value: (each) => each.name },
  { id: "verdict", word: "Verdict", value: weightOf },
  ...ASPECTS.map((name) => ({ id: "aspect:" + name, word: name, value: (each) => weight(each.aspects[name]) })),
  { id: "decision", word: "Decision", value: (each) => decided(each).mark },
];

function sorted() {
  const { value } = COLUMNS.find((each) => each.id === order.by);
  const turn = order.down ? -1 : 1;
  return [...ASSETS].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    return (a < b ? -turn : a > b ? turn : 0) || (one.name < other.name ? -1 : 1);
  });
}

function matrixCell(asset, name) {
  const found = asset.aspects[name];
  if (!found) return el("td", { class: "none" }, el("span", { class: "unseen", text: "not measured" }));
  const told = VERDICTS[found.verdict];
  return el("td", { class: found.verdict, title: found.sentence + " (q " + chance(found.q) + ")" },
    el("span", { class: "sign", "aria-hidden": "true", text: told.sign }), number(Math.max(0, found.effect)),
    el("span", { class: "unseen", text: " " + told.word }));
}

function matrixSection(after) {
  const body = el("tbody");
  const heads = COLUMNS.map((column) => {
    const button = el("button", { type: "button", class: "sort", on: { click: () => {
      order.down = order.by === column.id ? !order.down : !["asset", "decision"].includes(column.id);
      order.by = column.id;
      fill();
      after(sorted());
    } } }, column.word, el("span", { class: "arrow", "aria-hidden": "true" }));
    return el("th", { scope: "col", data: { column: column.id } }, button);
  });
  const fill = () => {
    for (const head of heads) {
      const mine = head.dataset.column === order.by;
      head.setAttribute("aria-sort", mine ? (order.down ? "descending" : "ascending") : "none");
      head.querySelector(".arrow").textContent = mine ? (order.down ? "▾" : "▴") : "";
    }
    body.replaceChildren(...sorted().map((asset) => el("tr", { data: { mark: decided(asset).mark } },
      el("th", { scope: "row" }, el("a", { href: "#asset-" + asset.at, text: asset.name })),
      el("td", { class: "verdict" }, verdictChip(asset.verdict)),
      ASPECTS.map((name) => matrixCell(asset, name)),
      el("td", { class: "mark", text: doneOf(asset) }))));
  };
  listeners.push(fill);
  fill();
  const legend = Object.values(VERDICTS).map((each) => el("span", {}, el("b", { "aria-hidden": "true", text: each.sign }), " " + each.word));
  return el("section", {},
    el("h2", { text: "Every asset" }),
    el("p", { class: "legend small soft" }, legend, el("span", { text: "figures are effects; press a heading to sort" })),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Assets by aspects" },
      el("table", { class: "matrix" }, el("thead", {}, el("tr", {}, heads)), body)));
}
