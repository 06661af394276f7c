// Two pictures against each other: side by side, under a slider, one shining through the other, as heat.

const WAYS = { slider: "Slider", onion: "Onion skin", heat: "Heat map", both: "Side by side" };

function loaded(address) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.addEventListener("load", () => done(image));
    image.addEventListener("error", failed);
    image.src = address;
  });
}

/** sRGB of 8 bit as OKLab. */
function oklab(r, g, b) {
  const line = (each) => { const s = each / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; };
  const [x, y, z] = [line(r), line(g), line(b)];
  const l = Math.cbrt(0.4122214708 * x + 0.5363325363 * y + 0.0514459929 * z);
  const m = Math.cbrt(0.2119034982 * x + 0.6806995451 * y + 0.1073969566 * z);
  const s = Math.cbrt(0.0883024619 * x + 0.2817188376 * y + 0.6299787005 * z);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}

// From nothing to a fifth of the way from black to white; dark to light, so that it reads without colour too.
const HEAT = [[18, 16, 38], [92, 24, 92], [190, 48, 72], [246, 132, 44], [252, 236, 150]];
function heatOf(share) {
  const at = Math.min(0.9999, share) * (HEAT.length - 1), low = Math.floor(at);
  return HEAT[low].map((each, n) => each + (HEAT[low + 1][n] - each) * (at - low));
}

async function heatMap(canvas, old, fresh) {
  const [one, other] = await Promise.all([loaded(old), loaded(fresh)]);
  const wide = Math.min(one.naturalWidth, 400), high = Math.round(wide * one.naturalHeight / one.naturalWidth);
  canvas.width = wide;
  canvas.height = high;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const pixels = [one, other].map((image) => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, wide, high);
    pen.drawImage(image, 0, 0, wide, high);
    return pen.getImageData(0, 0, wide, high);
  });
  const [a, b] = pixels.map((each) => each.data);
  const out = pen.createImageData(wide, high);
  for (let at = 0; at < a.length; at += 4) {
    const p = oklab(a[at], a[at + 1], a[at + 2]), q = oklab(b[at], b[at + 1], b[at + 2]);
    const [red, green, blue] = heatOf(Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) / 0.2);
    out.data.set([red, green, blue, 255], at);
  }
  pen.putImageData(out, 0, 0);
}

/** The stage of one asset; `pair` says which two pictures are on it, `show` puts them there. */
function stageOf(asset) {
  const pair = { old: first(asset.old), new: first(asset.new) };
  // Every thumbnail of the card, so that one of each side is pressed.
  const thumbs = [];
  const stage = el("div", { class: "stage", data: { way: "slider" } });
  const range = el("input", { type: "range", min: 0, max: 100, value: 50, class: "range no-print", "aria-label": "How much of the new picture is shown",
    on: { input: () => stage.style.setProperty("--at", range.value + "%") } });
  const words = el("p", { class: "small soft told-pair" });
  const buttons = Object.entries(WAYS).map(([way, word]) => el("button", { type: "button", class: "button tab", text: word,
    "aria-pressed": String(way === "slider"), on: { click: () => { stage.dataset.way = way; show(); } } }));
  const show = async () => {
    const way = stage.dataset.way;
    buttons.forEach((each, n) => each.setAttribute("aria-pressed", String(Object.keys(WAYS)[n] === way)));
    range.hidden = way === "heat" || way === "both";
    if (!pair.old || !pair.new) return;
    const addresses = [viewOf(pair.old), viewOf(pair.new)];
    if (way === "heat") {
      const canvas = el("canvas", { role: "img", "aria-label": "Where the two pictures differ: the lighter, the more" });
      stage.replaceChildren(canvas);
      await heatMap(canvas, ...addresses);
      stage.dataset.ready = "heat";
    } else {
      stage.style.setProperty("--at", range.value + "%");
      stage.replaceChildren(
        el("figure", { class: "under" }, el("img", { src: addresses[0], alt: REPORT.old + " picture" }), el("figcaption", { text: REPORT.old })),
        el("figure", { class: "over" }, el("img", { src: addresses[1], alt: sideOf(pair.new) + " picture" }), el("figcaption", { text: sideOf(pair.new) })),
        way === "slider" ? el("span", { class: "rule", "aria-hidden": "true" }) : "");
    }
    words.textContent = nameOf(pair.old) + " and " + nameOf(pair.new)
      + "; press others in the strips. Two seeds never match: look at the manner, not at the places.";
  };
  const made = (side, picture) => thumbs.find((each) => each.side === side && each.picture === picture);
  const sideOf = (picture) => made("new", picture)?.of || REPORT.new;
  const nameOf = (picture) => (made("old", picture) || made("new", picture)).name;
  const pick = (side, picture) => {
    pair[side] = picture;
    for (const each of thumbs) if (each.side === side) each.button.setAttribute("aria-pressed", String(each.picture === picture));
    show();
  };
  /** A button that puts a picture on the stage. of: whose it is; name: what it is called. */
  const thumb = (side, picture, of, name) => {
    const button = el("button", { type: "button", class: "thumb checker", "aria-label": name, "aria-pressed": String(pair[side] === picture),
      on: { click: () => pick(side, picture) } }, el("img", { alt: "", src: viewOf(picture), loading: "lazy", decoding: "async" }));
    thumbs.push({ side, picture, of, name, button });
    return button;
  };
  return { thumb, show, element: el("div", { class: "compare" },
    el("div", { class: "tabs no-print", role: "group", "aria-label": "How to compare" }, buttons), stage, range, words) };
}

function first(pictures) {
  return pictures.find((each) => each.chosen) || pictures[0];
}
