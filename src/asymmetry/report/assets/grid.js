// One part of one photo by all cells: a row for each loss, a column for each adversary, and beside
// them what is no cell of the grid. Columns are sorted by a metric.

const OF_GRID = ["generator", "seed"]; // of which a grid shows one
const BESIDE = "beside"; // the column of what is no cell

/** The grid that is shown by itself: the first judge, in the order of the study. */
function defaultGrid(task) {
  const first = CELLS.find((cell) => cell.task === task && cell.kind === "cell");
  return {
    by: METRICS[0] || null, column: null, best: true,
    generator: first ? first.generator : null, seed: first ? first.seed : null,
  };
}

/** What an address says of the grid. */
function gridOf(said, task) {
  const grid = defaultGrid(task);
  for (const field of ["by", ...OF_GRID]) if (said.has(field)) chooseGrid(grid, field, said.get(field));
  if (!gridCells(task, grid).length) Object.assign(grid, { ...defaultGrid(task), by: grid.by });
  grid.column = said.get("sort");
  grid.best = said.get("order") !== "worst";
  return grid;
}

function sayGrid(said, grid) {
  if (grid.by) said.set("by", grid.by.name);
  for (const field of OF_GRID) if (grid[field] !== null) said.set(field, grid[field]);
  if (grid.column === null) return;
  said.set("sort", grid.column);
  said.set("order", grid.best ? "best" : "worst");
}

/** Choose the metric, the generator or the seed of a grid by its word. */
function chooseGrid(grid, field, word) {
  if (field === "by") grid.by = METRICS.find((metric) => metric.name === word) || grid.by;
  else grid[field] = field === "seed" ? Number(word) : word;
}

/** Sort by a column: the best first, then the worst, then in the order of the study. */
function sortGrid(grid, column) {
  if (grid.column !== column) Object.assign(grid, { column, best: true });
  else if (grid.best) grid.best = false;
  else Object.assign(grid, { column: null, best: true });
}

function isOf(grid, cell) {
  return OF_GRID.every((field) => cell[field] === grid[field]);
}

function gridCells(task, grid) {
  return CELLS.filter((cell) => cell.task === task && cell.kind === "cell" && isOf(grid, cell));
}

/** The selects of what the grid shows; one of a generator or a seed alone is no choice. */
function drawGridChoice({ task, grid }) {
  fill(at("grid-by"), METRICS.map((one) => [one.name, titleOf(one)]), grid.by ? grid.by.name : "");
  for (const field of OF_GRID) {
    const cells = CELLS.filter((cell) => cell.task === task && cell.kind === "cell");
    const values = [...new Set(cells.map((cell) => cell[field]))];
    fill(at(`grid-${field}`), values.map((value) => [String(value), String(value)]),
      String(grid[field]));
    at(`grid-${field}`).parentElement.hidden = values.length < 2;
  }
}

/** Build all tiles of the grid. The browser loads a picture when its tile comes near the window. */
function drawGrid(box, state) {
  const others = CELLS.filter((cell) => cell.task === state.task && cell.kind !== "cell"
    && (cell.kind !== "warm-start" || isOf(state.grid, cell)));
  const strip = document.createElement("ul");
  strip.append(...others.map((cell) => {
    const one = document.createElement("li");
    one.append(tile(state, cell), named(cell.words));
    return one;
  }));
  const cells = gridCells(state.task, state.grid);
  const beside = document.createElement("section");
  const title = document.createElement("h2");
  title.append(sorter(BESIDE, cells.length ? "Beside the grid" : "Methods"));
  beside.append(title, strip);
  box.replaceChildren(beside, ...(cells.length ? [gridTable(state, cells)] : []));
  drawOrder(box, state);
  const first = box.querySelector(".tile-link");
  if (first) first.tabIndex = 0;
}

function gridTable(state, cells) {
  const columns = [...new Set(cells.map(columnOf))];
  const region = document.createElement("div");
  region.className = "scroll";
  Object.assign(region, { tabIndex: 0, role: "region", ariaLabel: "Losses by adversaries" });
  const table = region.appendChild(document.createElement("table"));
  const head = table.createTHead().insertRow();
  head.append(header("Fidelity", "col"), ...columns.map((column) => {
    const found = header("", "col");
    found.append(sorter(column, column));
    return found;
  }));
  const body = table.createTBody();
  for (const loss of new Set(cells.map((cell) => cell.fidelity))) {
    const line = body.insertRow();
    line.append(header(loss, "row"));
    for (const column of columns) {
      const cell = cells.find((one) => one.fidelity === loss && columnOf(one) === column);
      const place = line.insertCell();
      if (cell) place.append(tile(state, cell));
      else place.textContent = "–";
    }
  }
  return region;
}

function columnOf(cell) {
  return cell.weight ? `${cell.discriminator} × ${cell.weight}` : "no adversary";
}

/** A cell's picture and its value: a link to both, beside the first of the chosen cells. */
function tile(state, cell) {
  const { by } = state.grid;
  const value = by && valueOf(by, cell, state.view);
  const link = document.createElement("a");
  link.className = "tile-link";
  link.tabIndex = -1;
  const opened = { ...state, mode: "side", cells: [state.cells[0], cell], show: 1 };
  link.href = addressOf(opened);
  const frame = document.createElement("span");
  frame.className = "tile layer";
  frame.append(...pictures(state, cell));
  const words = value === null ? "–" : shown(value);
  link.append(frame, named(words));
  link.ariaLabel = [cell.words, frame.textContent, `${by ? by.name : "no metric"}: ${words}`]
    .filter(Boolean).join(", ");
  link.dataset.value = value === null ? "" : value;
  return link;
}

function named(words) {
  const found = document.createElement("span");
  found.className = "named";
  found.textContent = words;
  return found;
}

function header(words, scope) {
  const found = document.createElement("th");
  found.scope = scope;
  found.textContent = words;
  return found;
}

function sorter(column, words) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.column = column;
  button.append(words, " ", document.createElement("span"));
  return button;
}

/** Put the rows in their order, and say in the heads which it is. No tile is built anew. */
function drawOrder(box, state) {
  const { by, column, best } = state.grid;
  const ascending = by && (by.higher ? !best : best);
  for (const button of box.querySelectorAll("button")) {
    const own = button.dataset.column === column;
    button.lastChild.textContent = own ? (ascending ? "▲" : "▼") : "";
    button.ariaPressed = String(own);
    const head = button.closest("th");
    if (head) head.ariaSort = own ? (ascending ? "ascending" : "descending") : "none";
  }
  const places = [...box.querySelectorAll("thead button")].map((one) => one.dataset.column);
  order([...box.querySelectorAll("li")], column === BESIDE ? (one) => one : null, ascending);
  const place = places.indexOf(column);
  order([...box.querySelectorAll("tbody tr")],
    place < 0 ? null : (one) => one.cells[place + 1], ascending);
}

/** Sort elements by the value of the tile in a part of each; without a part, as they were built. */
function order(all, part, ascending) {
  all.forEach((one, place) => { one.dataset.place ||= place; });
  const value = (one) => {
    const link = part(one).querySelector(".tile-link");
    return link && link.dataset.value !== "" ? Number(link.dataset.value) : null;
  };
  const asBuilt = (one, other) => one.dataset.place - other.dataset.place;
  const byValue = (one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return (a === null) - (b === null) || asBuilt(one, other);
    return (ascending ? a - b : b - a) || asBuilt(one, other);
  };
  if (all.length) all[0].parentElement.append(...all.sort(part ? byValue : asBuilt));
}

/** Keys of the grid: arrows go to the nearest tile that way, others zoom. */
function onGridKey(event, box, state) {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const from = event.target.closest(".tile-link");
  if (!from || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (ways[event.key]) goTo(from, nearest(from, [...box.querySelectorAll(".tile-link")], ways[event.key]));
  else return ["+", "=", "-", "0"].includes(event.key) && onKey(event, box, state);
  return true;
}

/** The tile that is nearest in one direction, or none. */
function nearest(from, links, [right, down]) {
  const middle = (link) => {
    const { x, y, width, height } = link.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  };
  const [x, y] = middle(from);
  let found = null, least = Infinity;
  for (const link of links) {
    const [dx, dy] = [middle(link)[0] - x, middle(link)[1] - y];
    const ahead = dx * right + dy * down, aside = Math.abs(dx * down) + Math.abs(dy * right);
    if (ahead > 1 && ahead + 4 * aside < least) [found, least] = [link, ahead + 4 * aside];
  }
  return found;
}

function goTo(from, link) {
  if (!link) return;
  from.tabIndex = -1;
  link.tabIndex = 0;
  link.focus();
}
