// A picture that can be zoomed and moved; several of them can share one view, and then move together.

const ZOOM_MOST = 16;

/** Where one looks: the middle as shares of width and height, and the zoom, 1 for the whole picture. */
class View {
  constructor() {
    Object.assign(this, { x: 0.5, y: 0.5, zoom: 1 });
    this.stages = new Set();
  }

  set(x, y, zoom) {
    this.zoom = Math.min(ZOOM_MOST, Math.max(1, zoom));
    const half = this.zoom === 1 ? 0 : 0.5;
    this.x = Math.min(0.5 + half, Math.max(0.5 - half, x));
    this.y = Math.min(0.5 + half, Math.max(0.5 - half, y));
    for (const each of this.stages) each.draw();
  }

  by(factor) {
    this.set(this.x, this.y, this.zoom * factor);
  }

  move(x, y) {
    this.set(this.x + x / this.zoom, this.y + y / this.zoom, this.zoom);
  }
}

class Stage {
  constructor(view, label) {
    this.view = view;
    this.image = null;
    this.size = [1, 1];
    this.canvas = el("div", { class: "canvas" });
    this.pins = el("div", { class: "pins" });
    this.place = el("div", { class: "stage", tabindex: "0", role: "group", "aria-label": label }, this.canvas, this.pins);
    this.pointers = new Map();
    view.stages.add(this);
    this.listen();
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.place);
  }

  close() {
    this.view.stages.delete(this);
    this.sizes.disconnect();
  }

  /** Show a picture: its small view at once, the larger one as soon as it is decoded. */
  put(picture, alt) {
    this.canvas.replaceChildren();
    this.picture = picture;
    this.size = picture.size && picture.size[0] ? picture.size : [1, 1];
    if (picture.trouble) {
      this.canvas.append(el("p", { class: "trouble", text: "Cannot be shown: " + picture.trouble }));
      return;
    }
    const [width, height] = this.size;
    this.image = el("img", { alt, width, height, draggable: "false" });
    const isLive = HAS_VECTOR.has(picture.digest);
    if (!isLive) show(this.image, picture, "thumb");
    const large = el("img", { alt: "", width, height });
    large.addEventListener("load", () => { if (this.picture === picture) this.image.src = large.src; });
    show(large, picture, isLive ? "vector" : "large");
    this.canvas.append(this.image);
    this.draw();
  }

  /** The rectangle of the picture within the stage, in px. */
  box() {
    const { clientWidth: wide, clientHeight: tall } = this.place;
    const [width, height] = this.size;
    const scale = Math.min(wide / width, tall / height) * this.view.zoom;
    const size = [width * scale, height * scale];
    return { left: wide / 2 - this.view.x * size[0], top: tall / 2 - this.view.y * size[1], width: size[0], height: size[1] };
  }

  draw() {
    const box = this.box();
    for (const [name, value] of Object.entries(box)) this.canvas.style.setProperty(name, value + "px");
    for (const pin of this.pins.children) {
      pin.style.setProperty("left", box.left + Number(pin.dataset.x) * box.width + "px");
      pin.style.setProperty("top", box.top + Number(pin.dataset.y) * box.height + "px");
    }
  }

  /** A point of the screen as shares of the picture. */
  shares(clientX, clientY) {
    const outer = this.place.getBoundingClientRect(), box = this.box();
    return [(clientX - outer.left - box.left) / box.width, (clientY - outer.top - box.top) / box.height];
  }

  listen() {
    const { place, view, pointers } = this;
    place.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomAt(event.clientX, event.clientY, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)));
    }, { passive: false });
    place.addEventListener("dblclick", (event) => {
      if (view.zoom > 1) view.set(0.5, 0.5, 1);
      else this.zoomAt(event.clientX, event.clientY, 3);
    });
    place.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button")) return;
      place.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      this.moved = 0;
    });
    place.addEventListener("pointermove", (event) => this.drag(event));
    const up = (event) => {
      const was = pointers.delete(event.pointerId);
      if (was && event.type === "pointerup" && this.moved < 6 && this.clicked) this.clicked(event);
    };
    for (const name of ["pointerup", "pointercancel"]) place.addEventListener(name, up);
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    const [x, y] = [now[0] - before[0], now[1] - before[1]];
    this.moved += Math.abs(x) + Math.abs(y);
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.pointers.set(event.pointerId, now);
    const box = this.box();
    if (others.length) {
      const apart = (point) => Math.hypot(point[0] - others[0][0], point[1] - others[0][1]);
      this.zoomAt((now[0] + others[0][0]) / 2, (now[1] + others[0][1]) / 2, apart(now) / Math.max(1, apart(before)));
    }
    this.view.set(this.view.x - x / box.width, this.view.y - y / box.height, this.view.zoom);
  }

  /** Zoom so that what is under this point of the screen stays there. */
  zoomAt(clientX, clientY, factor) {
    const [x, y] = this.shares(clientX, clientY);
    const zoom = Math.min(ZOOM_MOST, Math.max(1, this.view.zoom * factor)), kept = this.view.zoom / zoom;
    this.view.set(x + (this.view.x - x) * kept, y + (this.view.y - y) * kept, zoom);
  }
}

/** Buttons to zoom with, for those who do not turn wheels. */
function zoomButtons(view) {
  const button = (name, label, run) => el("button", {
    type: "button", class: "button plain square", "aria-label": label, title: label, on: { click: run },
  }, icon(name));
  return el("div", { class: "zooms", role: "group", "aria-label": "Zoom" },
    button("minus", "Zoom out (-)", () => view.by(1 / 1.5)),
    button("fit", "Whole picture (0)", () => view.set(0.5, 0.5, 1)),
    button("plus", "Zoom in (+)", () => view.by(1.5)));
}

/** Keys that move a view; true if the key was one of them. */
function zoomKey(event, view, arrows = true) {
  const moves = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] };
  if (event.key === "+" || event.key === "=") view.by(1.5);
  else if (event.key === "-") view.by(1 / 1.5);
  else if (event.key === "0") view.set(0.5, 0.5, 1);
  else if (arrows && moves[event.key] && view.zoom > 1) view.move(...moves[event.key]);
  else return false;
  return true;
}
