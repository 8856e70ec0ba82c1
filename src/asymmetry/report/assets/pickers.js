// The choice of cells: a row of selects each, by fidelity, discriminator, weight and what else
// differs within the task.

const TITLES = {
  fidelity: "Fidelity", discriminator: "Discriminator", weight: "Weight",
  generator: "Generator", seed: "Seed",
};

/** What a cell of this task is chosen by. */
function fieldsOf(task) {
  const cells = CELLS.filter((cell) => cell.task === task && cell.kind === "cell");
  const several = (field) => new Set(cells.map((cell) => cell[field])).size > 1;
  return ["fidelity", "discriminator", "weight", ...["generator", "seed"].filter(several)];
}

/** The cells that have what `cell` has in all fields before the one at `place`. */
function alternatives(cell, fields, place) {
  return CELLS.filter(
    (one) => one.task === cell.task && fields.slice(0, place).every((f) => one[f] === cell[f]),
  );
}

/** The cell nearest to `cell` that has `value` in the field at `place`. */
function withValue(cell, fields, place, value) {
  const likeness = (one) => fields.filter((field) => one[field] === cell[field]).length;
  return alternatives(cell, fields, place)
    .filter((one) => one[fields[place]] === value)
    .reduce((best, one) => (likeness(one) > likeness(best) ? one : best));
}

function fill(select, options, chosen) {
  select.replaceChildren(...options.map(([value, text]) => {
    const option = document.createElement("option");
    option.value = value;
    option.textContent = text;
    option.selected = value === chosen;
    return option;
  }));
}

/** Build the rows of all chosen cells; `change(number, cell)` is told a choice, null to remove. */
function drawPickers(list, state, change) {
  const fields = fieldsOf(state.task);
  list.replaceChildren(...state.cells.map((cell, number) => {
    const row = document.createElement("li");
    const mark = document.createElement("b");
    mark.textContent = number + 1;
    const selects = document.createElement("span");
    selects.className = "fields";
    selects.append(...fields.map((_, place) => pick(cell, fields, place, number, change)));
    row.append(mark, selects);
    if (state.cells.length > FEWEST) row.append(removal(number, change));
    return row;
  }));
}

function pick(cell, fields, place, number, change) {
  const field = fields[place];
  const values = [...new Set(alternatives(cell, fields, place).map((one) => one[field]))];
  const select = document.createElement("select");
  select.setAttribute("aria-label", `${TITLES[field]} of cell ${number + 1}`);
  select.dataset.field = field;
  fill(select, values.map((value, at) => [String(at), String(value)]),
    String(values.indexOf(cell[field])));
  select.disabled = values.length < 2;
  select.hidden = values.length === 1 && values[0] === null; // a baseline has no such thing
  select.addEventListener("change", () => {
    change(number, withValue(cell, fields, place, values[Number(select.value)]), field);
  });
  return select;
}

function removal(number, change) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", `Remove cell ${number + 1}`);
  button.addEventListener("click", () => change(number, null));
  return button;
}
