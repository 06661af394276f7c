// What all pages share: elements made without markup from data, what is kept in this browser, files saved.

/** An element with properties and children. Text is always text: nothing here reads markup. */
function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") for (const [event, run] of Object.entries(value)) made.addEventListener(event, run);
    else if (key === "text") made.textContent = value;
    else if (key === "data") Object.assign(made.dataset, value);
    else if (key === "style") for (const [rule, text] of Object.entries(value)) made.style.setProperty(rule, text);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** What the page was made with: the JSON of the element with this id. */
function dataOf(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

/** What a person has done so far, kept by this browser under a name; without storage, until the tab closes. */
class Kept {
  constructor(name) {
    this.name = "tympan:" + name;
    this.works = true;
    this.value = {};
    try {
      const found = JSON.parse(localStorage.getItem(this.name) || "{}");
      if (found && typeof found === "object" && !Array.isArray(found)) this.value = found;
    } catch {
      this.works = false;
    }
  }

  save() {
    try {
      localStorage.setItem(this.name, JSON.stringify(this.value));
      this.works = true;
    } catch {
      this.works = false;
    }
  }
}

/** Show a sentence for a while, and have it read aloud. */
function say(text) {
  let place = document.getElementById("told");
  if (!place) {
    place = el("div", { id: "told", class: "told", role: "status", "aria-live": "polite" });
    // Inside an open dialog, since everything outside of it is covered and unread.
    document.body.append(place);
  }
  const home = document.querySelector("dialog[open]") || document.body;
  if (place.parentElement !== home) home.append(place);
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.classList.remove("shown"), 3500);
}

/** Save text as a file of this name, through the browser's own download. */
function saveFile(name, text, type = "application/json") {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Put text on the clipboard; false where the browser does not let a page do so. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el("textarea", { class: "unseen", "aria-hidden": "true" });
    area.value = text;
    (document.querySelector("dialog[open]") || document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** This moment, as the decisions file has it: RFC 3339 in UTC, to the second. */
function moment() {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}

/** A word that may stand in a file's name. */
function slug(text) {
  const plain = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40) || "reviewer";
}

/**
 * The decisions file: what `tympan review import` reads.
 * sheet: id of the page; shown: what it showed, one array of strings each; decisions: what the person said.
 */
function decisionsFile(sheet, by, shown, decisions) {
  return JSON.stringify({ v: 1, sheet, by, at: moment(), shown, decisions }, null, 1) + "\n";
}

/** A switch between the system's theme, light and dark; the choice is kept. */
function themeButton() {
  const kept = new Kept("theme");
  const words = { "": "Theme: system", light: "Theme: light", dark: "Theme: dark" };
  const button = el("button", { class: "button plain no-print", type: "button" });
  const show = () => {
    const theme = Object.hasOwn(words, kept.value.theme) ? kept.value.theme : "";
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    button.textContent = words[theme];
  };
  button.addEventListener("click", () => {
    kept.value.theme = { "": "dark", dark: "light", light: "" }[kept.value.theme || ""];
    kept.save();
    show();
  });
  show();
  return button;
}
