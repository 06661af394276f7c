// What was built, to be approved: pixels through their profile, vectors live, cut-outs on several grounds.

function targetSection(part, targets) {
  return el("section", { class: "step" },
    el("div", { class: "top" },
      el("h3", { text: "Built" }),
      el("span", { class: "soft", text: targets.length === 1 ? "1 target" : targets.length + " targets" })),
    el("div", { class: "built" }, targets.map((each) => targetCard(ENTRIES_OF.get(each)[0]))));
}

function targetCard(entry) {
  const { group } = entry;
  const state = { at: entry.pictures.length - 1, ground: "" };
  const mat = el("span", { class: "mat" });
  const open = el("button", { type: "button", class: "open", on: { click: () => openViewer(entry, state.at) } }, mat);
  const caption = el("p", { class: "caption small soft" });
  const grounds = el("div", { class: "tabs grounds no-print", role: "group", "aria-label": "Ground" });
  const files = entry.pictures.length > 1 ? el("div", { class: "tabs no-print", role: "group", "aria-label": "File" },
    entry.pictures.map((each, at) => el("button", { type: "button", class: "button tab", text: sizeWord(each),
      on: { click: () => { state.at = at; look(); } } }))) : null;
  const look = () => {
    const picture = entry.pictures[state.at];
    const isOpen = picture.clear || HAS_VECTOR.has(picture.digest);
    if (!state.ground) state.ground = picture.clear ? "checker" : "none";
    mat.replaceChildren(pictureOf(picture, entry.name));
    ground(mat, isOpen ? state.ground : "none");
    grounds.hidden = !picture.clear;
    grounds.replaceChildren(...groundButtons(state, look));
    caption.textContent = captionOf(picture);
    if (files) [...files.children].forEach((each, at) => each.setAttribute("aria-pressed", String(at === state.at)));
  };
  const marks = marksOf(entry, "0", true), reason = reasonOf(entry, "0");
  const chip = el("span", { class: "chip" }), talks = el("span", { class: "chip" });
  const show = () => {
    open.setAttribute("aria-label", entry.label + ". Open");
    const word = entry.now.mark ? MARKS[entry.now.mark].done : group.word || "not judged";
    const who = entry.now.mark && entry.now.mark === entry.before.mark && entry.by ? " by " + entry.by : "";
    chip.textContent = word + who;
    chip.className = "chip " + ({ approve: "good", "request-changes": "bad" }[entry.now.mark] || "");
    const count = entry.allComments.length;
    talks.hidden = !count;
    talks.textContent = count === 1 ? "1 comment" : count + " comments";
    made.dataset.mark = entry.now.mark;
    marks.show();
    reason.show();
  };
  const made = el("article", { class: "target", data: { entry: entry.at } }, open,
    el("div", { class: "about" },
      el("div", { class: "name" }, el("h4", { text: entry.name }), chip, talks),
      caption, files, grounds, marks.place, reason.place));
  entry.views.add(show);
  look();
  show();
  return made;
}

function sizeWord(picture) {
  const [width, height] = picture.size || [0, 0];
  return width ? width + " × " + height : picture.name;
}

function captionOf(picture) {
  const through = (picture.facts || []).find(([name]) => name === "shown through");
  const size = picture.size && picture.size[0] ? sizeWord(picture) + " px" : "";
  return [picture.name, size, through ? "soft proof through " + through[1] : ""].filter(Boolean).join(" · ");
}

/** A vector live, anything else as its larger view, loaded when it is nearly on the screen. */
function pictureOf(picture, alt) {
  if (picture.trouble) return el("span", { class: "trouble", text: "Cannot be shown: " + picture.trouble });
  const [width, height] = picture.size || [1, 1];
  const image = el("img", { alt, width, height, decoding: "async", draggable: "false" });
  show(image, picture, HAS_VECTOR.has(picture.digest) ? "vector" : "large");
  return image;
}

/** Lay a picture on a ground: "checker", or one of the sheet's colours by name. */
function ground(place, name) {
  place.classList.toggle("checker", name === "checker");
  const colour = (SHEET.grounds || {})[name];
  place.style.setProperty("background-color", colour || "");
}

function groundButtons(state, look) {
  return ["checker", "light", "dark", "brand"].filter((name) => name === "checker" || (SHEET.grounds || {})[name]).map((name) =>
    el("button", { type: "button", class: "button tab", text: name[0].toUpperCase() + name.slice(1),
      "aria-pressed": String(state.ground === name), on: { click: () => { state.ground = name; look(); } } }));
}
