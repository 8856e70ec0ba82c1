// What compare-data.js holds, by name. Nothing of it is ever put into the page as HTML.

const FIELDS = [
  "name", "digits", "status", "words", "kind", "task", "generator", "fidelity", "discriminator",
  "weight", "seed",
];

const DATA = window.COMPARISON;
const CELLS = DATA.cells.map((row, place) => {
  const cell = Object.fromEntries(FIELDS.map((field, at) => [field, row[at]]));
  if (cell.kind !== "cell") {
    // Chosen by its own word, where a cell is chosen by its loss; so is what was made elsewhere.
    Object.assign(cell, { fidelity: cell.words, discriminator: null, weight: null });
  }
  return { ...cell, place };
});
const BY_NAME = new Map(CELLS.map((cell) => [cell.name, cell]));
const TASKS = [...new Set(CELLS.map((cell) => cell.task))];
const VIEWS = DATA.views.map(([name, label, photo], place) => ({ name, label, photo, place }));
const PHOTOS = 1 + Math.max(...VIEWS.map((view) => view.photo));
const METRICS = DATA.metrics.map(([name, higher, judge], place) => ({ name, higher, judge, place }));
const MAPS = DATA.maps.map(([name, title, higher, most, views]) => ({
  name, title, higher, most, views,
}));

/** The views that a task has pictures of. */
function viewsOf(task) {
  return VIEWS.filter((view) => DATA.sizes[task][view.place]);
}

/** Width and height of a view, in its own pixels. */
function sizeOf(task, view) {
  return DATA.sizes[task][view.place];
}

/** A metric of the photo of a view, as a cell restored it; null where there is none. */
function valueOf(metric, cell, view) {
  return DATA.values[metric.place][cell.place * PHOTOS + view.photo];
}

/** The file of a cell's picture, or null where it has none. */
function pictureOf(cell, view, folder = "crops") {
  const absent = DATA.absent[cell.place] || [];
  if (cell.status !== "done" || absent.includes(view.place)) return null;
  const path = `${folder}/${cell.name}${cell.digits}/${view.name}.png`;
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The file of a map over a cell's picture, or null where it has none. */
function mapOf(map, cell, view) {
  if (cell.kind === "reference" || !map.views[cell.task].includes(view.place)) return null;
  return pictureOf(cell, view, `maps/${map.name}`);
}
