// The page of `tympan diff`: how before and after are laid over each other.

const VIEWS = [["side", "Side by side"], ["slider", "Slider"], ["onion", "Onion skin"], ["heat", "Heat map"]];

/** A row of buttons of which one is pressed; `choose` is told its word. */
function choice(label, choose) {
  const buttons = VIEWS.map(([view, text]) =>
    el("button", { class: "button", type: "button", text, data: { view }, on: { click: () => choose(view) } }));
  return el("div", { class: "switch no-print", role: "group", "aria-label": label }, buttons);
}

function press(group, view) {
  for (const button of group.children) button.setAttribute("aria-pressed", String(button.dataset.view === view));
}

const cards = [...document.querySelectorAll('article[data-full="1"]')].map((article) => {
  const stage = article.querySelector(".stage");
  const range = el("input", { type: "range", min: 0, max: 100, value: 50, on: {
    input: () => stage.style.setProperty("--at", range.value),
  } });
  const words = el("span", { text: "" });
  const label = el("label", {}, words, range);
  const show = (view) => {
    stage.dataset.view = view;
    label.hidden = view === "side" || view === "heat";
    words.textContent = view === "onion" ? "Opacity of after" : "Edge";
    press(group, view);
  };
  const picture = stage.querySelector(".after img");
  const fit = () => stage.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
  if (picture.complete && picture.naturalHeight) fit();
  else picture.addEventListener("load", fit);
  const group = choice("How to compare " + article.querySelector("h2").textContent, show);
  stage.before(el("div", { class: "bar" }, group, label));
  show("side");
  return show;
});

const tools = document.getElementById("tools");
if (cards.length > 1) {
  const all = choice("How to compare all", (view) => {
    cards.forEach((show) => show(view));
    press(all, view);
  });
  press(all, "side");
  tools.append(all);
}
tools.append(themeButton());
