// The pictures. Beside each other each has a window; else all lie in one, a layer each.

const STEP = 0.15; // of the window, for an arrow key

/** The numbers of the cells that a window of this mode holds, lowest layer first. */
function layersOf(state) {
  const numbers = state.cells.map((_, number) => number);
  if (state.mode === "flicker") return [numbers];
  if (state.mode === "side") return numbers.map((number) => [number]);
  return [[0, state.show || 1]];
}

/** Build the windows anew: after a change of cells, photo, mode or of the visible cell. */
function drawStage(stage, state) {
  stage.dataset.mode = state.mode;
  stage.classList.toggle("signed", isSigned(state));
  stage.dataset.count = state.cells.length;
  const panels = layersOf(state).map((numbers) => {
    const panel = document.createElement("figure");
    panel.className = "panel";
    const window_ = document.createElement("div");
    window_.className = "window";
    window_.append(...(isSigned(state) ? halves(state, numbers) : layers(state, numbers)));
    const caption = document.createElement("figcaption");
    panel.append(window_, caption);
    panel.dataset.numbers = numbers.join(" ");
    return panel;
  });
  stage.replaceChildren(...panels);
  drawVisible(stage, state);
}

/** Whether the sign of a difference is shown: that takes two pictures. */
function isSigned(state) {
  return state.mode === "difference" && state.signed
    && layersOf(state)[0].every((number) => pictureOf(state.cells[number], state.view));
}

/** What the first has more than the second, and what it has less: CSS makes of both one picture. */
function halves(state, [first, second]) {
  return [[second, first], [first, second]].map((numbers) => {
    const half = document.createElement("div");
    half.className = "half";
    half.append(...layers(state, numbers));
    return half;
  });
}

function layers(state, numbers) {
  return numbers.map((number) => {
    const box = document.createElement("div");
    box.className = "layer";
    box.dataset.number = number;
    box.append(...pictures(state, state.cells[number]));
    return box;
  });
}

/** A cell's picture and what lies over it, or the words for what became of it. */
function pictures(state, cell) {
  const source = pictureOf(cell, state.view);
  if (source === null) {
    const words = document.createElement("p");
    words.textContent = cell.status === "done" ? "no picture was kept" : cell.status;
    return [words];
  }
  const loading = state.mode === "grid" ? "lazy" : "eager";
  const found = [picture(source, `${state.view.label}: ${cell.words}`, loading)];
  const over = state.overlay && state.mode !== "difference" && mapOf(state.overlay, cell, state.view);
  if (over) found.push(picture(over, `${state.overlay.title} of ${cell.words}`, loading));
  return found;
}

function picture(source, words, loading) {
  const image = document.createElement("img");
  image.alt = words;
  image.draggable = false;
  image.decoding = "async";
  image.loading = loading; // before the source: some browsers would load it at once
  image.src = source;
  return image;
}

/** Mark the visible cell, and say below each window what it shows. */
function drawVisible(stage, state) {
  for (const panel of stage.children) {
    const numbers = panel.dataset.numbers.split(" ").map(Number);
    const words = (number) => `${number + 1}: ${state.cells[number].words}`;
    const caption = panel.querySelector("figcaption");
    if (state.mode === "side") {
      caption.textContent = words(numbers[0]);
      panel.setAttribute("aria-current", String(numbers[0] === state.show));
    } else if (state.mode === "flicker") caption.textContent = words(state.show);
    else if (state.mode === "slider") caption.textContent = numbers.map(words).join(" | ");
    else if (isSigned(state)) {
      const [first, second] = numbers.map(words);
      caption.textContent = `Grey, and brighter where ${second} is brighter than ${first}, × ${state.gain}`;
    } else caption.textContent = `|${numbers.map(words).join(" − ")}| × ${state.gain}`;
    for (const one of panel.querySelectorAll(".layer")) {
      one.classList.toggle("shown", Number(one.dataset.number) === state.show);
    }
  }
}

/** One of the windows of a stage, or of a grid; all are of one size. */
function frameOf(stage) {
  return stage.querySelector(".window, .tile");
}

/** Put zoom, place, gain and division into effect: no element is built, so a drag is fluid. */
function drawPlace(stage, state) {
  const window_ = frameOf(stage);
  const { zoom, x, y } = placeOf(state, window_);
  const style = { "--zoom": zoom, "--x": x, "--y": y, "--gain": state.gain, "--split": `${state.split}%` };
  for (const [name, value] of Object.entries(style)) stage.style.setProperty(name, value);
  stage.classList.toggle("closer", state.zoom !== null);
  stage.classList.toggle("reduced", zoom < 1);
  return zoom;
}

/** Keys of the stage; true where one was meant for it. */
function onKey(event, stage, state) {
  const window_ = frameOf(stage);
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const far = STEP * Math.min(window_.clientWidth, window_.clientHeight);
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (moves[event.key]) moveBy(state, window_, ...moves[event.key].map((way) => way * far));
  else if (event.key === "+" || event.key === "=") zoomStep(state, window_, true);
  else if (event.key === "-") zoomStep(state, window_, false);
  else if (event.key === "0") Object.assign(state, { zoom: null, x: null, y: null });
  else if (event.key === " ") showCell(state, (state.show + 1) % state.cells.length);
  else if (event.key === "b") blink(state);
  else if (event.key === "o") nextOverlay(state);
  else if (state.cells[Number(event.key) - 1]) showCell(state, Number(event.key) - 1);
  else return false;
  return true;
}

/** Dragging with one pointer, and zooming with two. `moved()` draws. */
function followPointers(stage, state, moved) {
  const down = new Map();
  const apart = () => {
    const [one, other] = [...down.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  stage.addEventListener("pointerdown", (event) => {
    const window_ = event.target.closest(".window");
    if (!window_ || event.button !== 0) return;
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    window_.setPointerCapture(event.pointerId);
    stage.focus({ preventScroll: true });
  });
  stage.addEventListener("pointermove", (event) => {
    const last = down.get(event.pointerId);
    if (!last) return;
    const window_ = stage.querySelector(".window");
    const before = down.size === 2 && apart();
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (before) zoomBy(state(), window_, apart() / before);
    else moveBy(state(), window_, last.x - event.clientX, last.y - event.clientY);
    moved();
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    stage.addEventListener(end, (event) => down.delete(event.pointerId));
  }
}

/** The wheel zooms where the stage has the focus; elsewhere the page scrolls, as everywhere. */
function followWheel(stage, state, moved) {
  stage.addEventListener("wheel", (event) => {
    const window_ = event.target.closest(".window");
    if (!window_ || document.activeElement !== stage) return;
    event.preventDefault();
    const box = window_.getBoundingClientRect();
    zoomBy(state(), window_, 2 ** (-event.deltaY / 240),
      event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2);
    moved();
  }, { passive: false });
}
