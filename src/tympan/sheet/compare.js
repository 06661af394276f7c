// Two pictures side by side; both are zoomed and moved together.

let compared = [];
let comparison = null;

/** Take an entry for comparison, or put it back; with the second one the comparison opens. */
function toggleCompared(entry) {
  const before = compared;
  compared = before.includes(entry) ? before.filter((each) => each !== entry) : [...before, entry].slice(-2);
  for (const each of new Set([...before, ...compared])) for (const view of [...each.views]) view();
  changed();
  if (compared.length === 2 && !before.includes(entry)) openComparison();
  else say(compared.length ? compared[0].name + " is the first of two to compare" : "Nothing to compare");
}

function openComparison() {
  if (compared.length < 2) return;
  if (comparison) comparison.remove();
  const view = new View();
  const sides = compared.map((entry) => compareSide(entry, view));
  const back = document.activeElement;
  const dialog = comparison = el("dialog", { class: "comparison", "aria-label": "Comparison" },
    el("div", { class: "strip" },
      el("h2", { text: "Compare" }), el("span", { class: "grow" }), zoomButtons(view),
      el("button", { type: "button", class: "button plain square close", "aria-label": "Close (Escape)", title: "Close (Escape)",
        on: { click: () => dialog.close() } }, icon("cross"))),
    el("div", { class: "pairs" }, sides.map((each) => each.place)));
  dialog.addEventListener("keydown", (event) => {
    if (event.target.matches("textarea, input") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!zoomKey(event, view)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  dialog.addEventListener("close", () => {
    for (const each of sides) each.close();
    dialog.remove();
    comparison = null;
    const was = compared;
    compared = [];
    for (const entry of was) for (const each of [...entry.views]) each();
    changed();
    if (back && back.isConnected) back.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  for (const each of sides) each.put();
  sides[0].stage.place.focus();
}

function compareSide(entry, view) {
  const stage = new Stage(view, entry.name);
  const title = el("h3", {}), stars = entry.isTarget ? null : starsOf(entry, "0"), marks = marksOf(entry, "0");
  const show = () => {
    title.textContent = entry.name;
    for (const each of [stars, marks]) if (each) each.show();
  };
  entry.views.add(show);
  show();
  const place = el("section", { class: "half", "aria-label": entry.name }, stage.place,
    el("div", { class: "under" }, title, stars ? stars.place : null, marks.place));
  place.addEventListener("keydown", (event) => { if (!event.defaultPrevented && entryKey(event, entry)) event.preventDefault(); });
  return {
    place, stage,
    put: () => {
      const picture = entry.pictures[entry.pictures.length - 1];
      stage.put(picture, entry.name);
      ground(stage.canvas, picture.clear ? "checker" : "none");
    },
    close: () => { stage.close(); entry.views.delete(show); },
  };
}
