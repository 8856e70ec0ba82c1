// Zoom and place. Zoom is in CSS pixels a picture pixel, null for all that fits; x and y are the
// picture's point in the middle of the window, null for its own middle.

const CLOSEST = [0.25, 32];

/** The zoom at which a picture just fits into a window. */
function fitting([width, height], window_) {
  return Math.min(window_.clientWidth / width, window_.clientHeight / height);
}

/** Zoom, x and y as numbers. */
function placeOf(state, window_) {
  const [width, height] = sizeOf(state.task, state.view);
  return {
    zoom: state.zoom === null ? fitting([width, height], window_) : state.zoom,
    x: state.x === null ? width / 2 : state.x,
    y: state.y === null ? height / 2 : state.y,
  };
}

/** Move by CSS pixels, the middle staying inside the picture. */
function moveBy(state, window_, dx, dy) {
  const { zoom, x, y } = placeOf(state, window_);
  const [width, height] = sizeOf(state.task, state.view);
  state.x = Math.min(width, Math.max(0, x + dx / zoom));
  state.y = Math.min(height, Math.max(0, y + dy / zoom));
}

/** Zoom by a factor; the point that is `dx`, `dy` CSS pixels from the middle stays where it is. */
function zoomBy(state, window_, factor, dx = 0, dy = 0) {
  const { zoom } = placeOf(state, window_);
  const after = Math.min(CLOSEST[1], Math.max(CLOSEST[0], zoom * factor));
  moveBy(state, window_, dx, dy);
  state.zoom = after;
  moveBy(state, window_, -dx, -dy);
}

/** The next power of two above or below: pixels are then all of one size. */
function zoomStep(state, window_, up) {
  const { zoom } = placeOf(state, window_);
  const power = Math.log2(zoom);
  const next = up ? Math.floor(power + 0.01) + 1 : Math.ceil(power - 0.01) - 1;
  zoomBy(state, window_, 2 ** next / zoom);
}
