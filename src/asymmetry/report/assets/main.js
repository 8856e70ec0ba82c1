// Joins the choice, the pictures, the table and the address.

const at = (id) => document.getElementById(id);
const stage = at("stage");
let state = initialState();
let writing = 0;

/** Say in the address what is shown, once nothing has changed for a moment. */
function writeAddress() {
  at("link").href = addressOf(state);
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, "", addressOf(state)), 150);
}

function showPlace() {
  const zoom = drawPlace(stage, state);
  at("scale").textContent = `${Math.round(zoom * 100)} %`;
  writeAddress();
}

function showVisible() {
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
  at("gain-label").hidden = state.mode !== "difference";
  at("split-label").hidden = state.mode !== "slider";
  drawStage(stage, state);
  showVisible();
}

function changeCell(number, cell, field) {
  if (cell) {
    state.cells[number] = cell;
    state.show = number;
  } else {
    state.cells.splice(number, 1);
    state.show = Math.min(state.show, state.cells.length - 1);
  }
  showAll();
  // The row was built anew: the focus goes back to where it was.
  const row = at("cells").children[number] || at("cells").lastElementChild;
  const focus = (field && row.querySelector(`[data-field=${field}]`)) || row.querySelector("select");
  focus.focus();
}

function readState() {
  const read = readAddress(location.hash);
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
  Object.assign(state, { task, view, cells, show: 1, zoom: null, x: null, y: null });
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
    zoomStep(state, stage.querySelector(".window"), up);
    showPlace();
  });
}
at("fit").addEventListener("click", () => {
  Object.assign(state, { zoom: null, x: null, y: null });
  showPlace();
});
stage.addEventListener("keydown", (event) => {
  const before = state.show;
  if (!onKey(event, stage, state)) return;
  event.preventDefault();
  if (state.show === before) showPlace();
  else showVisible();
});
stage.addEventListener("click", (event) => {
  const panel = event.target.closest(".panel");
  if (!panel || state.mode !== "side") return;
  state.show = Number(panel.dataset.numbers);
  showVisible();
});
followPointers(stage, () => state, showPlace);
followWheel(stage, () => state, showPlace);
at("choice").addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", () => {
  readState();
  at("choice").scrollIntoView();
  stage.focus({ preventScroll: true });
});
new ResizeObserver(() => showPlace()).observe(stage);
readState();
