// One asset: its strips, its two pictures against each other, what was measured, and the decision.

function strip(asset, side, stage) {
  const of = side === "old" ? REPORT.old : REPORT.new;
  const buttons = asset[side].map((picture, n) => stage.thumb(side, picture, of, of + " picture " + (n + 1)));
  return el("div", { class: "strip" }, el("h4", { text: of }), el("div", { class: "thumbs",
    style: { "--most": String(Math.min(8, buttons.length)), "--few": String(Math.min(4, buttons.length)) } }, buttons));
}

/** The colours of all pictures of a side, as wide as their shares, the lightest first. */
function paletteStrip(pictures) {
  const paints = [];
  for (const each of pictures) {
    for (let at = 0; each.swatches && at < each.swatches.length; at += 4) paints.push(each.swatches.slice(at, at + 4));
  }
  paints.sort((one, other) => other[0] - one[0]);
  const whole = paints.reduce((sum, each) => sum + each[3], 0) || 1;
  let from = 0;
  const bars = paints.filter((each) => each[3] > 0.002).map(([l, a, b, share]) => {
    const bar = draw("rect", { x: from, y: 0, width: 400 * share / whole + 0.4, height: 22, fill: "oklab(" + l + " " + a + " " + b + ")" });
    from += 400 * share / whole;
    return bar;
  });
  return draw("svg", { viewBox: "0 0 400 22", preserveAspectRatio: "none", class: "paints", "aria-hidden": "true" }, bars);
}

/** The mean share of strokes by width, old as an outline and new filled. */
function widths(asset) {
  const mean = (pictures) => {
    const rows = pictures.map((each) => each.widths).filter(Boolean);
    return rows.length ? rows[0].map((_, n) => rows.reduce((sum, row) => sum + row[n], 0) / rows.length) : null;
  };
  const [old, fresh] = [mean(asset.old), mean(asset.new)];
  if (!old || !fresh) return null;
  const most = Math.max(...old, ...fresh), step = 400 / old.length, y = (share) => 62 - 60 * share / most;
  const bars = fresh.map((share, n) => draw("rect", { x: n * step + 2, y: y(share), width: step - 4, height: 62 - y(share), class: "new" }));
  let path = "M0 62";
  old.forEach((share, n) => { path += "V" + y(share).toFixed(1) + "H" + ((n + 1) * step).toFixed(1); });
  return el("figure", { class: "measure" }, draw("svg", { viewBox: "0 0 400 64", class: "widths", role: "img",
    "aria-label": "Strokes by width, thin to wide" }, bars, draw("path", { d: path + "V62", class: "old" }),
    draw("line", { x1: 0, x2: 400, y1: 62.5, y2: 62.5, class: "rail" })),
    el("figcaption", { class: "small soft", text: "Strokes from thin to wide: outline " + REPORT.old + ", filled " + REPORT.new }));
}

/** The letters that are not those of the spec, marked; by the longest common sequence. */
function marked(wanted, read) {
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const a = [...plain(wanted)].filter((each) => /[\p{L}\p{N}]/u.test(each)), b = [...read];
  const table = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === plain(b[j]) ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const out = [];
  let i = 0;
  b.forEach((letter, j) => {
    while (i < a.length && a[i] !== plain(letter) && table[i + 1][j] > table[i][j + 1]) i += 1;
    const fits = i < a.length && a[i] === plain(letter);
    if (fits) i += 1;
    out.push(fits || !/[\p{L}\p{N}]/u.test(letter) ? letter : el("mark", { text: letter }));
  });
  return out;
}

function texts(asset) {
  const rows = asset.new.filter((each) => each.read !== undefined);
  if (!rows.length || !asset.text) return null;
  return el("div", { class: "measure" }, el("p", { class: "small" }, el("span", { class: "soft", text: "to be read: " }), asset.text),
    el("ol", { class: "read" }, rows.map((each) => el("li", {}, each.read ? (each.wrong ? marked(asset.text, each.read) : each.read) : el("span", { class: "soft", text: "nothing" })))));
}

function measures(asset) {
  const hasPaints = asset.old.some((each) => each.swatches) && asset.new.some((each) => each.swatches);
  return el("div", { class: "measures" },
    hasPaints ? el("figure", { class: "measure" }, paletteStrip(asset.old), paletteStrip(asset.new),
      el("figcaption", { class: "small soft", text: "Colours by their share: above " + REPORT.old + ", below " + REPORT.new })) : null,
    widths(asset), texts(asset));
}

function findings(asset) {
  const rows = Object.entries(asset.aspects).filter(([, found]) => found.verdict !== "none")
    .sort((one, other) => weight(other[1]) - weight(one[1]));
  if (!rows.length) return el("p", { class: "soft", text: "No evidence of drift." });
  return el("ul", { class: "findings" }, rows.map(([name, found]) => el("li", {},
    el("b", { text: name }), verdictChip(found.verdict), el("span", { text: found.sentence }),
    el("span", { class: "soft small", text: "effect " + number(found.effect) + (found.interval ? " (" + found.interval.map(number).join(" to ") + ")" : "")
      + ", q " + chance(found.q) + ", at best " + chance(found.smallest_p) }))));
}

function decisionOf(asset) {
  const why = el("input", { class: "field", type: "text", maxlength: 500, placeholder: "Why (kept with the decision)", "aria-label": "Why, for " + asset.name,
    value: decided(asset).why || "", on: { input: () => decide(asset, { why: why.value }) } });
  const buttons = Object.entries(MARKS).map(([mark, told]) => el("button", { type: "button", class: "button", title: told.help, text: told.word, data: { mark },
    on: { click: () => { const next = decided(asset).mark === mark ? "" : mark; decide(asset, { mark: next, set: "" });
      say(asset.name + ": " + (next ? told.done : "no decision")); } } }));
  const told = el("p", { class: "print-only" });
  const show = () => {
    const mine = decided(asset);
    for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.mark === mine.mark && !mine.row));
    why.hidden = !mine.mark;
    told.textContent = mine.mark ? doneOf(asset) + (mine.why ? ": " + mine.why : "") : "no decision";
  };
  listeners.push(show);
  show();
  return el("div", { class: "decision" }, el("div", { class: "buttons no-print", role: "group", "aria-label": "Decision on " + asset.name }, buttons), why, told);
}

function card(asset) {
  const stage = stageOf(asset);
  const made = el("article", { class: "asset panel", id: "asset-" + asset.at, data: { at: String(asset.at) } },
    el("div", { class: "asset-head" }, el("h3", { text: asset.name }), verdictChip(asset.verdict),
      el("span", { class: "soft small", text: asset.old.length + " old, " + asset.new.length + " new" }), decisionOf(asset)),
    findings(asset),
    asset.remarks.length ? el("ul", { class: "remarks small" }, asset.remarks.map((each) => el("li", { text: each }))) : null,
    el("div", { class: "asset-body" },
      el("div", {}, strip(asset, "old", stage), strip(asset, "new", stage), sweep(asset, stage), measures(asset)), stage.element));
  // The stage is filled when it comes near: hundreds of assets open at once otherwise.
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((each) => each.isIntersecting)) return;
    watch.disconnect();
    stage.show();
  }, { rootMargin: "600px" });
  watch.observe(made);
  addEventListener("beforeprint", () => stage.show());
  return made;
}
