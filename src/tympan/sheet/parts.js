// Small parts that cards, viewer and comparison are made of.

const ICONS = {
  star: "M8 1.6l1.95 4.1 4.45.6-3.25 3.1.8 4.45L8 11.7l-3.95 2.15.8-4.45L1.6 6.3l4.45-.6z",
  flag: "M4 1.5h8a.8.8 0 0 1 .8.8v12.2L8 11.3l-4.8 3.2V2.3A.8.8 0 0 1 4 1.5z",
  check: "M6.2 12.6L1.9 8.3l1.5-1.5 2.8 2.8 6.4-6.4 1.5 1.5z",
  cross: "M3.4 2L8 6.6 12.6 2 14 3.4 9.4 8l4.6 4.6-1.4 1.4L8 9.4 3.4 14 2 12.6 6.6 8 2 3.4z",
  pen: "M11.6 1.4l3 3-8.8 8.8-4 1 1-4zM10 4.6L4.3 10.3l-.4 1.8 1.8-.4L11.4 6z",
  talk: "M2.5 2h11A1.5 1.5 0 0 1 15 3.5v6a1.5 1.5 0 0 1-1.5 1.5H8.5L5 14.5V11H2.5A1.5 1.5 0 0 1 1 9.5v-6A1.5 1.5 0 0 1 2.5 2z",
  both: "M1.5 3h5.7v10H1.5zM8.8 3h5.7v10H8.8z",
  left: "M10.5 2L12 3.5 7.5 8l4.5 4.5-1.5 1.5-6-6z",
  right: "M5.5 2L4 3.5 8.5 8 4 12.5 5.5 14l6-6z",
  plus: "M7 2h2v5h5v2H9v5H7V9H2V7h5z",
  minus: "M2 7h12v2H2z",
  fit: "M2 2h5v2H4v3H2zm7 0h5v5h-2V4H9zM2 9h2v3h3v2H2zm10 0h2v5H9v-2h3z",
};

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  for (const [key, value] of [["viewBox", "0 0 16 16"], ["class", "icon"], ["aria-hidden", "true"]]) {
    made.setAttribute(key, value);
  }
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  made.append(path);
  return made;
}

/** Five stars as buttons; a second press on the same takes them back. */
function starsOf(entry, tab) {
  const buttons = [1, 2, 3, 4, 5].map((n) =>
    el("button", {
      type: "button", class: "star", tabindex: tab, "aria-label": n === 1 ? "1 star" : n + " stars",
      on: { click: () => rate(entry, n) },
    }, icon("star")));
  const place = el("div", { class: "stars", role: "group", "aria-label": "Rating of " + entry.name }, buttons);
  const show = () => buttons.forEach((button, at) => {
    button.classList.toggle("on", at < entry.now.stars);
    button.setAttribute("aria-pressed", String(at + 1 === entry.now.stars));
  });
  return { place, show };
}

/** The marks that an entry may get, as a row of buttons. */
function marksOf(entry, tab, long = false) {
  const buttons = entry.marks.map((word) =>
    el("button", {
      type: "button", class: "mark " + word, tabindex: tab, title: MARKS[word].word + " (" + MARKS[word].key + ")",
      on: { click: () => mark(entry, word) },
    }, icon(MARKS[word].icon), el("span", { class: long ? "" : "word", text: MARKS[word].word })));
  const place = el("div", { class: "marks", role: "group", "aria-label": "Decision on " + entry.name }, buttons);
  const show = () => buttons.forEach((button, at) => {
    button.setAttribute("aria-pressed", String(entry.marks[at] === entry.now.mark));
  });
  return { place, show };
}

const REASONS = {
  select: "Why this one?", shortlist: "What do you like?", reject: "What is wrong with it?",
  approve: "Anything to add?", "request-changes": "What has to change?",
};

/** The field for a reason, there while the entry has a mark. */
function reasonOf(entry, tab) {
  const field = el("textarea", {
    class: "field", rows: 1, maxlength: 4000, tabindex: tab, "aria-label": "Reason, " + entry.name,
    on: {
      change: () => entry.change({ why: field.value }),
      // Kept at each letter where nothing is sent, so that a closed tab loses no word.
      input: () => { if (!SERVED) { entry.now.why = field.value; entry.changedAt = moment(); keep(); changed(); } },
    },
  });
  const place = el("div", { class: "reason", hidden: true }, field);
  const show = () => {
    place.hidden = !entry.now.mark;
    field.placeholder = REASONS[entry.now.mark] || "";
    if (document.activeElement !== field) field.value = entry.now.why;
  };
  return { place, show, field };
}

/** What a machine measured, in few words. */
function aidsOf(picture) {
  const aids = picture.aids || {};
  const found = [];
  if (aids.sharpness !== undefined && aids.sharpness !== null) {
    found.push(["sharp", Math.round(aids.sharpness * 100) + " %", "How much of an edge's step one pixel takes"]);
  }
  if (aids.colour !== undefined && aids.colour !== null) {
    found.push(["from brand colours", aids.colour.toFixed(1), "Mean OKLab distance to the nearest brand colour, times 100"]);
  }
  if (aids.letters !== undefined && aids.letters !== null) {
    found.push(["of letters wrong", Math.round(aids.letters) + " %", "Reads: " + (aids.read || "nothing")]);
  }
  if ((aids.near || []).length) {
    const some = aids.near.slice(0, 3).map((n) => "#" + n).join(", "), more = aids.near.length - 3;
    found.push(["look alike", more > 0 ? some + " +" + more : some, "Looks almost the same: " + aids.near.map((n) => "#" + n).join(", ")]);
  }
  return found;
}

const pending = new Set();
/** Put a view into an image as soon as its bytes are there. */
function show(image, picture, kind) {
  const address = source(picture, kind);
  if (address) image.src = address;
  else if (!picture.trouble) pending.add({ image, picture, kind });
}

function flush() {
  for (const each of [...pending]) {
    const address = source(each.picture, each.kind);
    if (address) {
      each.image.src = address;
      pending.delete(each);
    }
  }
}
if (document.readyState === "loading") {
  const timer = setInterval(flush, 60);
  document.addEventListener("DOMContentLoaded", () => { clearInterval(timer); flush(); });
}

const watcher = new IntersectionObserver((seen) => {
  for (const each of seen) {
    if (!each.isIntersecting) continue;
    watcher.unobserve(each.target);
    const picture = waiting.get(each.target);
    show(each.target, picture, "thumb");
  }
}, { rootMargin: "900px 0px" });
const waiting = new Map();

/** A small view that loads when it is nearly on the screen. */
function thumb(picture, alt) {
  const [width, height] = picture.size || [1, 1];
  const image = el("img", { alt, width, height, decoding: "async", draggable: "false" });
  waiting.set(image, picture);
  watcher.observe(image);
  return image;
}
addEventListener("beforeprint", () => {
  for (const [image, picture] of waiting) if (!image.src) show(image, picture, "thumb");
});
