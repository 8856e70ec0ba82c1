// Joins the choice, the pictures, the table and the address.

const at = (id) => document.getElementById(id);
const stage = at("stage"), grid = at("grid");
let state = initialState();
let writing = 0, known = location.hash;

/** Say in the address what is shown, once nothing has changed for a moment. */
function writeAddress() {
  at("link").href = addressOf(state);
  clearTimeout(writing);
  writing = setTimeout(() => {
    if (location.hash !== known) return; // a link was followed, and this page is told next
    history.replaceState(null, "", addressOf(state));
    known = location.hash;
  }, 150);
}

/** Where pictures are: the stage, or the grid. */
function shownBox() {
  return state.mode === "grid" ? grid : stage;
}

function showPlace() {
  const zoom = drawPlace(shownBox(), state);
  at("scale").textContent = `${Math.round(zoom * 100)} %`;
  writeAddress();
}

function showVisible() {
  if (state.mode === "grid") return showPlace();
  if (state.mode === "slider" || state.mode === "difference") drawStage(stage, state);
  else drawVisible(stage, state);
  drawTable(at("metrics"), state);
  const cell = state.cells[state.show];
  at("visible").textContent = `Visible: ${state.show + 1}, ${cell.words}, ${state.view.label}`;
  showPlace();
}

/** Draw everything of the state. */
function showAll() {
  fill(at("task"), TASKS.map((task) => [task, task]), state.task);
  at("task-label").hidden = TASKS.length < 2;
  fill(at("view"), viewsOf(state.task).map((view) => [view.name, view.label]), state.view.name);
  drawPickers(at("cells"), state, changeCell);
  at("add").disabled = state.cells.length >= MOST;
  for (const radio of document.getElementsByName("mode")) radio.checked = radio.value === state.mode;
  at("gain").value = state.gain;
  at("split").value = state.split;
  at("signed").checked = state.signed;
  for (const id of ["gain-label", "signed-label"]) at(id).hidden = state.mode !== "difference";
  at("split-label").hidden = state.mode !== "slider";
  drawOverlays(at("overlay"), at("legend"), state);
  const isGrid = state.mode === "grid";
  for (const id of ["cells", "add", "blink", "bench"]) at(id).hidden = isGrid;
  at("grid-part").hidden = !isGrid;
  if (isGrid) {
    stage.replaceChildren();
    drawGridChoice(state);
    drawGrid(grid, state);
  } else {
    grid.replaceChildren();
    drawStage(stage, state);
  }
  showVisible();
}

function changeCell(number, cell, field) {
  if (cell) {
    state.cells[number] = cell;
    showCell(state, number);
  } else {
    state.cells.splice(number, 1);
    const show = Math.min(state.show, state.cells.length - 1);
    Object.assign(state, { show, before: show === 0 ? 1 : 0 });
  }
  showAll();
  // The row was built anew: the focus goes back to where it was.
  const row = at("cells").children[number] || at("cells").lastElementChild;
  const focus = (field && row.querySelector(`[data-field=${field}]`)) || row.querySelector("select");
  focus.focus();
}

function readState() {
  known = location.hash;
  const read = readAddress(known);
  state = read.state;
  at("note").hidden = read.unknown.length === 0;
  at("note").textContent = `Not in this study any more: ${read.unknown.join(", ")}`;
  showAll();
}

at("task").addEventListener("change", (event) => {
  const task = event.target.value;
  const views = viewsOf(task);
  const view = views.find((one) => one.name === state.view.name) || views[0];
  const cells = defaultCells(task);
  const all = { zoom: null, x: null, y: null };
  Object.assign(state, { task, view, cells, show: 1, before: 0, grid: defaultGrid(task), ...all });
  showAll();
});
at("view").addEventListener("change", (event) => {
  const view = VIEWS.find((one) => one.name === event.target.value);
  Object.assign(state, { view, zoom: null, x: null, y: null });
  showAll();
});
at("add").addEventListener("click", () => {
  const own = CELLS.filter((cell) => cell.task === state.task);
  state.cells.push(own.find((cell) => !state.cells.includes(cell)) || own[0]);
  changeCell(state.cells.length - 1, state.cells.at(-1));
});
at("modes").addEventListener("change", (event) => {
  state.mode = event.target.value;
  showAll();
});
at("signed").addEventListener("change", (event) => {
  state.signed = event.target.checked;
  showAll();
});
at("overlay").addEventListener("change", (event) => {
  state.overlay = MAPS.find((map) => map.name === event.target.value) || null;
  showAll();
});
at("blink").addEventListener("click", () => {
  blink(state);
  showAll();
});
for (const field of ["by", ...OF_GRID]) {
  at(`grid-${field}`).addEventListener("change", (event) => {
    chooseGrid(state.grid, field, event.target.value);
    showAll();
  });
}
grid.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  sortGrid(state.grid, button.dataset.column);
  drawOrder(grid, state);
  writeAddress();
});
grid.addEventListener("keydown", (event) => {
  if (!onGridKey(event, grid, state)) return;
  event.preventDefault();
  showPlace();
});
at("gain").addEventListener("input", (event) => {
  state.gain = Number(event.target.value);
  drawVisible(stage, state);
  showPlace();
});
at("split").addEventListener("input", (event) => {
  state.split = Number(event.target.value);
  showPlace();
});
for (const [id, up] of [["closer", true], ["farther", false]]) {
  at(id).addEventListener("click", () => {
    zoomStep(state, frameOf(shownBox()), up);
    showPlace();
  });
}
at("fit").addEventListener("click", () => {
  Object.assign(state, { zoom: null, x: null, y: null });
  showPlace();
});
stage.addEventListener("keydown", (event) => {
  const { show, mode, overlay } = state;
  if (!onKey(event, stage, state)) return;
  event.preventDefault();
  if (state.mode !== mode || state.overlay !== overlay) showAll();
  else if (state.show === show) showPlace();
  else showVisible();
});
stage.addEventListener("click", (event) => {
  const panel = event.target.closest(".panel");
  if (!panel || state.mode !== "side") return;
  showCell(state, Number(panel.dataset.numbers));
  showVisible();
});
followPointers(stage, () => state, showPlace);
followWheel(stage, () => state, showPlace);
at("choice").addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", () => {
  readState();
  at("choice").scrollIntoView();
  if (state.mode !== "grid") stage.focus({ preventScroll: true });
});
const resized = new ResizeObserver(() => showPlace());
for (const box of [stage, grid]) resized.observe(box);
readState();
