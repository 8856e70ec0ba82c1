// What is shown, and the address that says it.

const MODES = ["side", "flicker", "slider", "difference", "grid"];
const FEWEST = 2, MOST = 6;

/** What is shown when the address says nothing: the reference beside the first cell. */
function initialState() {
  const task = TASKS[0];
  const view = viewsOf(task)[0];
  return {
    task, view, cells: defaultCells(task), mode: "side", show: 1, before: 0,
    zoom: null, x: null, y: null, gain: 8, signed: false, split: 50,
    overlay: null, grid: defaultGrid(task),
  };
}

function defaultCells(task) {
  const own = CELLS.filter((cell) => cell.task === task);
  const cell = own.find((one) => one.kind === "cell" && one.status === "done");
  return [own[0], cell || own[1]];
}

/** Make another cell the visible one; the one before it is what it blinks with. */
function showCell(state, number) {
  if (number !== state.show) Object.assign(state, { show: number, before: state.show });
}

/** The visible cell and the one before it change places, one above the other. */
function blink(state) {
  state.mode = "flicker";
  showCell(state, state.before);
}

/** The state that an address says, and what it names that this page does not have. */
function readAddress(text) {
  const said = new URLSearchParams(text.replace(/^#/, ""));
  const state = initialState();
  const unknown = [];
  if (TASKS.includes(said.get("task"))) state.task = said.get("task");
  else if (said.get("task")) unknown.push(said.get("task"));
  const views = viewsOf(state.task);
  state.view = views.find((view) => view.name === said.get("view")) || views[0];
  if (said.get("view") && state.view.name !== said.get("view")) unknown.push(said.get("view"));
  const found = said.getAll("cell").slice(0, MOST).map((name) => {
    const cell = BY_NAME.get(name);
    if (cell && cell.task === state.task) return cell;
    unknown.push(name);
    return null;
  }).filter(Boolean);
  state.cells = found.length >= FEWEST ? found : defaultCells(state.task);
  if (MODES.includes(said.get("mode"))) state.mode = said.get("mode");
  state.show = within(said.get("show"), 1, state.cells.length, 2) - 1;
  state.before = state.show === 0 ? 1 : 0;
  state.signed = said.get("signed") === "yes";
  state.overlay = MAPS.find((map) => map.name === said.get("overlay")) || null;
  state.grid = gridOf(said, state.task);
  state.gain = within(said.get("gain"), 1, 32, 8);
  state.split = within(said.get("split"), 0, 100, 50);
  const [width, height] = sizeOf(state.task, state.view);
  state.zoom = within(said.get("zoom"), CLOSEST[0], CLOSEST[1], null);
  const [x, y] = (said.get("at") || "").split(",");
  state.x = within(x, 0, width, null);
  state.y = within(y, 0, height, null);
  return { state, unknown };
}

/** A number in an address, held between two ends; `otherwise` where there is none. */
function within(text, low, high, otherwise) {
  const number = text === null || text === "" ? NaN : Number(text);
  return Number.isFinite(number) ? Math.min(high, Math.max(low, number)) : otherwise;
}

/** The address of a state, without what is as it is by itself. */
function addressOf(state) {
  const said = new URLSearchParams();
  said.set("task", state.task);
  said.set("view", state.view.name);
  for (const cell of state.cells) said.append("cell", cell.name);
  said.set("mode", state.mode);
  said.set("show", state.show + 1);
  if (state.zoom !== null) said.set("zoom", rounded(state.zoom));
  if (state.x !== null) said.set("at", `${rounded(state.x)},${rounded(state.y)}`);
  if (state.mode === "difference") {
    said.set("gain", state.gain);
    if (state.signed) said.set("signed", "yes");
  }
  if (state.overlay) said.set("overlay", state.overlay.name);
  if (state.mode === "grid") sayGrid(said, state.grid);
  if (state.mode === "slider") said.set("split", rounded(state.split));
  return `#${said}`;
}

function rounded(number) {
  return Math.round(number * 100) / 100;
}
