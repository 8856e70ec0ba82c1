// Figures that can be asked: words beside a mark, entries of a legend that hide their marks.

const tip = document.createElement("div");
tip.id = "tip";
tip.hidden = true;
document.body.append(tip);

function marksOf(figure) {
  return [...figure.querySelectorAll(".mark")];
}

/** Show the words of a mark near a place of the window, and light up all of its row. */
function tell(mark, x, y) {
  const figure = mark.closest("svg");
  for (const other of marksOf(figure)) other.classList.toggle("on", other.dataset.row === mark.dataset.row);
  tip.textContent = mark.getAttribute("aria-label");
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${y + 18 + height > innerHeight ? y - height - 10 : y + 18}px`;
}

function silence() {
  tip.hidden = true;
  for (const mark of document.querySelectorAll(".mark.on")) mark.classList.remove("on");
}

/** Hide the marks of all names that are switched off. */
function showNamed(figure) {
  const off = [...figure.querySelectorAll(".key[aria-pressed=false]")].map((key) => key.dataset.key);
  for (const mark of marksOf(figure)) {
    const names = JSON.parse(mark.dataset.names);
    mark.classList.toggle("off", off.some((name) => names.includes(name)));
  }
}

function toggle(figure, name) {
  for (const key of figure.querySelectorAll(".key.live")) {
    if (key.dataset.key !== name) continue;
    key.setAttribute("aria-pressed", key.getAttribute("aria-pressed") === "false");
  }
  showNamed(figure);
}

/** Entries whose name is that of some mark become buttons, of which the words are reached by key. */
function enliven(figure) {
  const names = new Set(marksOf(figure).flatMap((mark) => JSON.parse(mark.dataset.names)));
  for (const key of figure.querySelectorAll(".key")) {
    const name = key.dataset.key;
    if (!names.has(name)) continue;
    key.classList.add("live");
    key.setAttribute("aria-pressed", "true");
    key.setAttribute("role", "button");
    key.setAttribute("aria-label", `${name}: show`);
    const twin = figure.querySelector(`.key[data-key=${CSS.escape(name)}][tabindex]`);
    if (!twin) key.setAttribute("tabindex", "0");
    else key.setAttribute("aria-hidden", "true");
  }
  const first = figure.querySelector(".mark");
  if (first) first.setAttribute("tabindex", "0");
}

/** The next mark of another row that is shown, round the end. */
function nextMark(figure, mark, step) {
  const shown = marksOf(figure).filter((one) => !one.classList.contains("off"));
  let place = shown.indexOf(mark);
  for (let tries = 0; tries < shown.length; tries += 1) {
    place = (place + step + shown.length) % shown.length;
    if (shown[place].dataset.row !== mark.dataset.row) return shown[place];
  }
  return mark;
}

function onFigureKey(event, figure) {
  const key = event.target.closest(".key.live");
  if (key && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    toggle(figure, key.dataset.key);
    return;
  }
  const mark = event.target.closest(".mark");
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!mark || !step) return;
  event.preventDefault();
  const next = nextMark(figure, mark, step);
  mark.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

for (const figure of document.querySelectorAll("svg.asked")) {
  enliven(figure);
  figure.addEventListener("pointermove", (event) => {
    const mark = event.target.closest(".mark");
    if (mark) tell(mark, event.clientX, event.clientY);
    else silence();
  });
  figure.addEventListener("pointerleave", silence);
  figure.addEventListener("focusin", (event) => {
    const mark = event.target.closest(".mark");
    if (!mark || !mark.matches(":focus-visible")) return;
    const box = mark.getBoundingClientRect();
    tell(mark, box.right, box.bottom);
  });
  figure.addEventListener("focusout", silence);
  figure.addEventListener("click", (event) => {
    const key = event.target.closest(".key.live");
    if (key) toggle(figure, key.dataset.key);
  });
  figure.addEventListener("keydown", (event) => onFigureKey(event, figure));
}
addEventListener("keydown", (event) => { if (event.key === "Escape") silence(); });
