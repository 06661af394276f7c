// What `tympan tune` has tried of an asset: a row for each value, below the old pictures, and one may be taken.

/** How far the pictures of a row are from the old ones, on a scale of gates that all rows share. */
function far(row, nearest, most) {
  if (!row.aspect) return el("p", { class: "small soft", text: "not measured" });
  const verdict = row.apart < 1 ? "none" : "noticeable";
  return el("div", { class: "far" }, scale({ effect: row.apart, gate: 1, interval: null, verdict }, most),
    el("p", { class: "small soft" }, number(row.apart) + (row.apart < 1 ? ", below the gate," : " gates apart") + " in " + row.aspect,
      nearest ? el("span", { class: "chip good", text: "nearest" }) : null));
}

function sweepRow(asset, stage, row, nearest, most) {
  const words = wordsOf(row), of = REPORT.new + (words ? ", " + words : "");
  const set = words ? keyOf(row) : "";
  const isTaken = () => decided(asset).mark === "accept" && (decided(asset).row ? keyOf(decided(asset).row) : "") === set;
  const take = el("button", { type: "button", class: "button no-print", text: "Accept",
    "aria-label": "Accept " + asset.name + " " + (words ? "with " + words : "as it is"), on: { click: () => {
      decide(asset, isTaken() ? { mark: "", set: "" } : { mark: "accept", set });
      say(asset.name + ": " + (doneOf(asset) || "no decision"));
    } } });
  const made = el("li", {}, el("h5", { text: words || REPORT.new }), el("div", { class: "thumbs" },
    row.new.map((picture, n) => stage.thumb("new", picture, of, of + ", picture " + (n + 1)))), far(row, nearest, most), take);
  const show = () => {
    made.dataset.taken = String(isTaken());
    take.setAttribute("aria-pressed", String(isTaken()));
  };
  listeners.push(show);
  show();
  return made;
}

/** The sheet of an asset: values downwards, seeds across; null if nothing was tried. */
function sweep(asset, stage) {
  if (!asset.swept.length) return null;
  const measured = asset.swept.filter((each) => each.aspect).sort((one, other) => one.apart - other.apart);
  const most = Math.max(3, ...measured.map((each) => 1.05 * each.apart));
  const across = Math.max(...asset.swept.map((each) => each.new.length));
  const old = asset.old.slice(0, across).map((picture, n) => stage.thumb("old", picture, REPORT.old, REPORT.old + " picture " + (n + 1)));
  return el("section", { class: "sweep" }, el("h4", { text: "Tuned: " + REPORT.new + " with other options" }),
    el("p", { class: "small soft", text: "The same seeds in each row. The scale tells how far a row is from the pictures by " + REPORT.old
      + ", in the aspect where it is furthest; left of the upright line it has not drifted. Press a picture to see it against the old one." }),
    el("ul", {}, el("li", {}, el("h5", { text: REPORT.old }), el("div", { class: "thumbs" }, old)),
      asset.swept.map((row) => sweepRow(asset, stage, row, row === measured[0], most))));
}
