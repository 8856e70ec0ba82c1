// The metrics of the cells that are shown, the visible one marked.

function drawTable(table, state) {
  const head = document.createElement("thead");
  head.append(row(["metric", ...state.cells.map((_, number) => String(number + 1))], state, "col"));
  const body = document.createElement("tbody");
  body.append(...METRICS.map((metric) => metricRow(metric, state)));
  table.replaceChildren(head, body);
  // Many cells are wider than a phone: the visible one is scrolled to.
  const visible = head.querySelector(".visible"), box = table.parentElement;
  box.scrollLeft = visible.offsetLeft + visible.offsetWidth - box.clientWidth;
}

function metricRow(metric, state) {
  const values = state.cells.map((cell) => valueOf(metric, cell, state.view));
  const known = values.filter((value) => value !== null);
  const best = metric.higher ? Math.max(...known) : Math.min(...known);
  const found = row([titleOf(metric), ...values.map((value) => (value === null ? "–" : shown(value)))], state);
  values.forEach((value, number) => {
    found.children[number + 1].style.fontWeight = value === best ? "700" : "";
  });
  return found;
}

/** A metric's name, whether it is a judge, and its better direction. */
function titleOf(metric) {
  return `${metric.name}${metric.judge ? "*" : ""} ${metric.higher ? "↑" : "↓"}`;
}

function shown(value) {
  return String(value).replace("-", "−");
}

/** A row: a head, then a cell for each that is shown. */
function row(texts, state, scope = "row") {
  const found = document.createElement("tr");
  texts.forEach((text, place) => {
    const cell = document.createElement(place === 0 || scope === "col" ? "th" : "td");
    if (cell.tagName === "TH") cell.scope = scope === "col" ? "col" : "row";
    if (place > 0) cell.className = place - 1 === state.show ? "n visible" : "n";
    cell.textContent = text;
    found.append(cell);
  });
  return found;
}
