// One picture large, with everything that can be said of it; comments are pinned to places in it.

let viewer = null;

/** Open an entry; at: which of its pictures. */
function openViewer(entry, at = 0) {
  if (!viewer) viewer = new Viewer();
  viewer.open(entry, at);
}

class Viewer {
  constructor() {
    this.view = new View();
    this.stage = new Stage(this.view, "Picture");
    this.stage.clicked = (event) => this.click(event);
    this.title = el("h2", { id: "viewer-title" });
    this.count = el("span", { class: "soft small" });
    this.side = el("div", { class: "side" });
    this.cross = el("div", { class: "cross", hidden: true, "aria-hidden": "true" });
    this.stage.place.append(this.cross);
    this.pinButton = el("button", { type: "button", class: "button", on: { click: () => this.aim(!this.aiming) } },
      icon("talk"), "Pin a comment");
    const step = (label, name, by) => el("button", { type: "button", class: "button plain square", "aria-label": label,
      title: label, on: { click: () => this.go(by) } }, icon(name));
    this.grounds = el("div", { class: "tabs grounds", role: "group", "aria-label": "Ground" });
    this.dialog = el("dialog", { class: "viewer", "aria-labelledby": "viewer-title" },
      el("div", { class: "desk" },
        el("div", { class: "strip" }, step("Previous (left arrow)", "left", -1), this.count,
          step("Next (right arrow)", "right", 1), el("span", { class: "grow" }), this.grounds, zoomButtons(this.view),
          el("button", { type: "button", class: "button plain square close", "aria-label": "Close (Escape)", title: "Close (Escape)",
            on: { click: () => this.dialog.close() } }, icon("cross"))),
        this.stage.place),
      this.side);
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("cancel", (event) => { if (this.aiming || this.draft) { event.preventDefault(); this.giveUp(); } });
    this.dialog.addEventListener("close", () => this.closed());
    document.body.append(this.dialog);
  }

  open(entry, at) {
    if (this.entry) this.entry.views.delete(this.show);
    Object.assign(this, { entry, at, draft: null, state: { ground: "" } });
    // What is on the screen is what one leafs through, in that order.
    const shown = [...document.querySelectorAll(`[data-entry="${entry.at}"]`)].find((each) => each.offsetParent);
    const around = shown ? shown.closest(".grid, .plot, .built") : null;
    this.row = around ? [...around.querySelectorAll("[data-entry]")].map((each) => ENTRIES[each.dataset.entry])
      : ENTRIES_OF.get(entry.group);
    this.aim(false);
    this.view.set(0.5, 0.5, 1);
    this.fill();
    this.show = () => this.update();
    entry.views.add(this.show);
    if (!this.dialog.open) this.dialog.showModal();
    this.stage.place.focus();
    this.put();
    this.update();
  }

  closed() {
    this.entry.views.delete(this.show);
    const made = [...document.querySelectorAll(`[data-entry="${this.entry.at}"]`)].find((each) => each.offsetParent);
    if (!made) return;
    if (made.classList.contains("card")) setCurrent(made);
    else made.querySelector(".open").focus();
  }

  go(by) {
    const at = this.row.indexOf(this.entry) + by;
    if (at >= 0 && at < this.row.length) this.open(this.row[at], this.row[at].isTarget ? this.row[at].pictures.length - 1 : 0);
  }

  put() {
    const picture = this.entry.pictures[this.at];
    if (!this.state.ground) this.state.ground = picture.clear ? "checker" : "none";
    this.stage.put(picture, this.entry.name);
    ground(this.stage.canvas, this.state.ground);
    this.grounds.hidden = !picture.clear;
    this.grounds.replaceChildren(...groundButtons(this.state, () => this.put()));
  }

  /** What stands beside the picture. */
  fill() {
    const { entry } = this;
    this.stars = entry.isTarget ? null : starsOf(entry, "0");
    this.marks = marksOf(entry, "0", true);
    this.reason = reasonOf(entry, "0");
    this.list = el("ol", { class: "comments" });
    this.box = el("div", {});
    const picture = entry.pictures[this.at];
    const facts = [...(picture.facts || []), ...(picture.size ? [["size", sizeWord(picture) + " px"]] : [])];
    const rows = [...facts, ...aidsOf(picture).map(([name, value]) => [name, value])];
    this.side.replaceChildren(...[
      el("div", { class: "head" }, el("p", { class: "eyebrow", text: entry.part.title || entry.part.asset }), this.title),
      ...(this.stars ? [this.stars.place] : []), this.marks.place, this.reason.place,
      el("div", { class: "talk" }, el("h3", { text: "Comments" }), this.list, this.box, this.pinButton),
      rows.length ? el("details", { open: innerWidth > 900 }, el("summary", { text: "About this picture" }),
        el("dl", {}, rows.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })]))) : null,
    ].filter(Boolean));
  }

  update() {
    const { entry } = this;
    this.title.textContent = entry.name;
    this.count.textContent = this.row.indexOf(entry) + 1 + " of " + this.row.length;
    for (const each of [this.stars, this.marks, this.reason]) if (each) each.show();
    const comments = entry.allComments;
    this.list.replaceChildren(...comments.map((each) => el("li", {},
      el("span", { text: each.text }),
      each.by ? el("span", { class: "soft small", text: " " + each.by }) : null,
      entry.comments.includes(each) ? el("button", { type: "button", class: "button plain small", text: "Remove",
        "aria-label": "Remove comment: " + each.text.slice(0, 60), on: { click: () => entry.uncomment(each) } }) : null)));
    const pinned = comments.map((each, at) => [each, at + 1]).filter(([each]) => each.place.length === 2);
    this.stage.pins.replaceChildren(...pinned.map(([each, n]) => this.pin(each.place, String(n), each.text)));
    if (this.draft) this.stage.pins.append(this.pin(this.draft, "+", "New comment"));
    this.stage.draw();
  }

  pin(place, word, text) {
    return el("button", { type: "button", class: "pin", title: text, "aria-label": "Comment " + word + ": " + text,
      data: { x: place[0], y: place[1] }, text: word,
      on: { click: () => this.view.set(place[0], place[1], Math.max(2, this.view.zoom)) } });
  }

  /** Let the next click, or Enter, say where a comment belongs. */
  aim(on) {
    this.aiming = on;
    this.cross.hidden = !on;
    this.spot = [0.5, 0.5];
    this.stage.place.classList.toggle("aiming", on);
    this.pinButton.setAttribute("aria-pressed", String(on));
    if (!on) return;
    this.moveCross(0, 0);
    this.stage.place.focus();
    say("Click a place in the picture; or move the cross with the arrow keys and press Enter");
  }

  moveCross(x, y) {
    this.spot = [Math.min(1, Math.max(0, this.spot[0] + x)), Math.min(1, Math.max(0, this.spot[1] + y))];
    const box = this.stage.box();
    this.cross.style.setProperty("left", box.left + this.spot[0] * box.width + "px");
    this.cross.style.setProperty("top", box.top + this.spot[1] * box.height + "px");
  }

  click(event) {
    if (!this.aiming) return;
    const spot = this.stage.shares(event.clientX, event.clientY);
    if (spot.every((each) => each >= 0 && each <= 1)) this.write(spot);
  }

  /** Ask for the words of a comment at a place. */
  write(spot) {
    this.aim(false);
    this.draft = spot.map((each) => Math.round(each * 10000) / 10000);
    const field = el("textarea", { class: "field", rows: 2, maxlength: 4000, "aria-label": "Comment", placeholder: "What about this place?" });
    const add = () => {
      if (field.value.trim()) this.entry.comment(field.value.trim(), this.draft);
      this.giveUp();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); add(); }
    });
    this.box.replaceChildren(field, el("div", { class: "pair" },
      el("button", { type: "button", class: "button main", text: "Add comment", on: { click: add } }),
      el("button", { type: "button", class: "button plain", text: "Cancel", on: { click: () => this.giveUp() } })));
    this.pinButton.hidden = true;
    this.update();
    field.focus();
  }

  giveUp() {
    this.draft = null;
    this.aim(false);
    this.box.replaceChildren();
    this.pinButton.hidden = false;
    this.update();
    this.stage.place.focus();
  }

  key(event) {
    if (event.target.matches("textarea, input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const onStage = event.target === this.stage.place;
    if (this.aiming && moves[event.key]) this.moveCross(...moves[event.key].map((each) => each * (event.shiftKey ? 0.005 : 0.025)));
    else if (this.aiming && event.key === "Enter" && onStage) this.write(this.spot);
    else if (event.key.toLowerCase() === "m") this.aim(!this.aiming);
    else if (zoomKey(event, this.view, onStage)) { /* moved */ }
    else if (event.key === "ArrowLeft") this.go(-1);
    else if (event.key === "ArrowRight") this.go(1);
    else if (!entryKey(event, this.entry)) return;
    event.preventDefault();
    event.stopPropagation();
  }
}
