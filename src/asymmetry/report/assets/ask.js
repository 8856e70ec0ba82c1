// Figures that can be asked: words beside a mark, entries of a legend that hide their marks.

const tip = document.createElement("div");
tip.id = "tip";
tip.hidden = true;
document.body.append(tip);

function marksOf(figure) {
  return [...figure.querySelectorAll(".mark")];
}

/** The mark that speaks for the row of a mark: it has its words, its names, and mostly a link. */
function speakerOf(mark) {
  return mark.closest("svg").querySelector(`.mark[aria-label][data-row="${mark.dataset.row}"]`);
}

function speakersOf(figure) {
  return [...figure.querySelectorAll(".mark[aria-label]")];
}

/** Show the words of a mark near a place of the window, and light up all of its row. */
function tell(mark, x, y) {
  const figure = mark.closest("svg");
  for (const other of marksOf(figure)) other.classList.toggle("on", other.dataset.row === mark.dataset.row);
  tip.textContent = speakerOf(mark).getAttribute("aria-label");
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
  const hidden = new Set();
  for (const mark of speakersOf(figure)) {
    const names = JSON.parse(mark.dataset.names);
    if (off.some((name) => names.includes(name))) hidden.add(mark.dataset.row);
  }
  for (const mark of marksOf(figure)) mark.classList.toggle("off", hidden.has(mark.dataset.row));
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
  const names = new Set(speakersOf(figure).flatMap((mark) => JSON.parse(mark.dataset.names)));
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
  const [first] = speakersOf(figure);
  if (first) first.setAttribute("tabindex", "0");
}

/** The next mark that is shown, round the end. */
function nextMark(figure, mark, step) {
  const shown = speakersOf(figure).filter((one) => !one.classList.contains("off"));
  return shown[(shown.indexOf(mark) + step + shown.length) % shown.length] || mark;
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
    const mark = event.target.closest("g.mark");
    if (mark && speakerOf(mark).hasAttribute("href")) {
      location.href = speakerOf(mark).getAttribute("href");
    }
  });
  figure.addEventListener("keydown", (event) => onFigureKey(event, figure));
}
addEventListener("keydown", (event) => { if (event.key === "Escape") silence(); });
