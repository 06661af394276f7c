// The candidates of a grid of values as an X/Y plot: one column and one row a value.

function addPlot(step, entries, place, grid, tools, state, fill) {
  const [x, y] = step.axes;
  const plot = plotOf(step, entries, x, y);
  plot.hidden = true;
  place.append(plot);
  const words = { false: "Grid", true: y ? "Plot" : "By " + x.name };
  const tabs = [false, true].map((isPlot) =>
    el("button", { type: "button", class: "button tab", text: words[isPlot], on: { click: () => turn(isPlot) } }));
  const turn = (isPlot) => {
    state.plot = isPlot;
    plot.hidden = !isPlot;
    tools.classList.toggle("plotted", isPlot);
    tabs.forEach((each, at) => each.setAttribute("aria-pressed", String((at === 1) === isPlot)));
    fill();
  };
  tools.prepend(el("div", { class: "tabs", role: "group", "aria-label": "Layout" }, tabs));
  turn(Boolean(y));
}

function plotOf(step, entries, x, y) {
  const rows = y ? y.values : [""];
  const cell = (column, row) => entries.filter((each) => {
    const values = each.pictures[0].cell || {};
    return values[x.name] === column && (!y || values[y.name] === row);
  });
  const corner = el("td", {});
  const head = el("tr", {}, y ? corner : null, x.values.map((value) =>
    el("th", { scope: "col" }, el("span", { class: "axis", text: x.name }), " " + value)));
  const body = rows.map((row) => el("tr", {},
    y ? el("th", { scope: "row" }, el("span", { class: "axis", text: y.name }), " " + row) : null,
    x.values.map((column) => el("td", {}, cell(column, row).map((each) => card(each, true))))));
  const table = el("table", {},
    el("caption", { class: "unseen", text: step.heading + ": " + x.name + (y ? " across, " + y.name + " down" : "") }),
    el("thead", {}, head), el("tbody", {}, body));
  const made = el("div", { class: "plot", role: "region", tabindex: "0", "aria-label": step.heading + ", plotted" }, table);
  made.style.setProperty("--ratio", String(ratioOf(entries)));
  made.style.setProperty("--columns", String(x.values.length));
  return made;
}
