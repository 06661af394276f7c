// The page put together.

function how() {
  if (SERVED) return "Rate, shortlist and select candidates; approve what was built. Each decision is on record at once.";
  return "Rate with stars, shortlist what you like, select the one to go on with, and click a picture to see it "
    + "large and to pin comments to it. Then press Save decisions and mail the file back. This page sends nothing by itself, "
    + "and keeps what you did if you close it.";
}

function fillHead() {
  const count = ENTRIES.filter((each) => !each.isTarget).length, built = ENTRIES.length - count;
  const words = [count ? count + (count === 1 ? " picture" : " pictures") : "", built ? built + " built" : ""].filter(Boolean);
  document.getElementById("head").append(
    el("div", { class: "row" },
      el("p", { class: "eyebrow", text: SERVED ? "Review" : "Contact sheet" }), el("span", { class: "grow" }), themeButton()),
    el("h1", { text: SHEET.title }),
    el("p", { class: "soft count-line", text: words.join(", ") }),
    el("div", { class: SHEET.note ? "lead two" : "lead" },
      SHEET.note ? el("blockquote", {}, SHEET.note.split("\n").filter(Boolean).map((each) => el("p", { text: each }))) : null,
      el("div", { class: "how" }, el("p", { text: how() }), keysHelp())));
}

function fillMain() {
  const main = document.getElementById("main");
  const isOne = SHEET.parts.length === 1;
  main.replaceChildren(...SHEET.parts.map((part) => el("section", { class: "part", "aria-label": part.title || part.asset },
    isOne ? null : el("div", { class: "title" },
      el("h2", { text: part.title || part.asset }), part.title ? el("code", { class: "soft", text: part.asset }) : null),
    part.subject ? el("p", { class: "soft", text: part.subject }) : null,
    (part.steps || []).map((step) => stepSection(part, step)),
    (part.targets || []).length ? targetSection(part, part.targets) : null)));
  main.append(answerSection());
  const notes = SHEET.absent || [];
  if (notes.length) main.append(el("p", { class: "soft small foot", text: "Not shown: " + notes.join("; ") + "." }));
  settleFocus();
}

fillHead();
fillMain();
fillBar();
changed();
