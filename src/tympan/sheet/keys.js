// The keyboard alone: arrows go from card to card, digits rate, letters decide.

/** A key that says something of an entry; true if it was one. */
function entryKey(event, entry) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.target.matches("textarea, input, select")) return false;
  const word = event.key.toLowerCase();
  if (!entry.isTarget && /^[1-5]$/.test(word)) rate(entry, Number(word));
  else if (!entry.isTarget && word === "0") entry.change({ stars: 0 });
  else {
    const found = entry.marks.find((each) => MARKS[each].key.toLowerCase() === word);
    if (found) mark(entry, found);
    else if (word === "c" && !entry.isTarget) toggleCompared(entry);
    else return false;
  }
  return true;
}

/** The card to go to from another one, by an arrow. */
function neighbour(made, key) {
  const cards = [...made.closest(".grid, .plot").querySelectorAll(".card")];
  const at = cards.indexOf(made);
  if (key === "ArrowRight") return cards[at + 1];
  if (key === "ArrowLeft") return cards[at - 1];
  if (key === "Home") return cards[0];
  if (key === "End") return cards[cards.length - 1];
  const from = made.getBoundingClientRect();
  const middle = from.left + from.width / 2, down = key === "ArrowDown";
  const ahead = down ? cards.slice(at + 1) : cards.slice(0, at).reverse();
  let best = null;
  for (const each of ahead) {
    const box = each.getBoundingClientRect();
    if (down ? box.top < from.bottom - 4 : box.bottom > from.top + 4) continue;
    if (best && Math.abs(box.top - best.top) > 4) break;
    const apart = Math.abs(box.left + box.width / 2 - middle);
    if (!best || apart < best.apart) best = { each, apart, top: box.top };
  }
  return best ? best.each : undefined;
}

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const made = event.target.closest(".card, .target");
  if (!made) return;
  const entry = ENTRIES[made.dataset.entry];
  if (made.matches(".card") && ARROWS.includes(event.key) && !event.target.matches("textarea, input, select")) {
    const next = neighbour(made, event.key);
    if (next) setCurrent(next);
    event.preventDefault();
  } else if (entryKey(event, entry)) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const made = event.target.closest(".card");
  if (made && !made.classList.contains("current")) setCurrent(made, false);
});

function keysHelp() {
  const rows = [
    [["←", "→", "↑", "↓"], "from picture to picture"], [["Enter"], "open it"], [["1", "–", "5"], "stars, the same again takes them back"],
    [["L"], "shortlist"], [["S"], "select"], [["X"], "reject"], [["C"], "compare: press it on two"],
    [["A"], "approve what was built"], [["R"], "request changes"], [["M"], "pin a comment, in the open picture"],
    [["+", "-", "0"], "zoom in, out, whole picture"], [["Esc"], "close"],
  ];
  return el("details", { class: "keys no-print" }, el("summary", { text: "Keys" }),
    el("dl", {}, rows.flatMap(([keys, text]) => [el("dt", {}, keys.map((each) => each === "–" ? " – " : el("kbd", { text: each }))), el("dd", { text })])));
}
