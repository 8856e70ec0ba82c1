// What lies over the pictures: maps that were drawn beside them, and what their colours mean.

/** The choice of the overlay, and the scale of the one that is chosen. */
function drawOverlays(select, legend, state) {
  const maps = MAPS.filter((map) => map.views[state.task].includes(state.view.place));
  if (!maps.includes(state.overlay)) state.overlay = null;
  fill(select, [["", "none"], ...maps.map((map) => [map.name, map.title])],
    state.overlay ? state.overlay.name : "");
  select.parentElement.hidden = maps.length === 0;
  select.disabled = state.mode === "difference";
  legend.hidden = !state.overlay || state.mode === "difference";
  if (legend.hidden) return;
  const bar = document.createElement("span");
  bar.className = "bar";
  const colours = DATA.colours.map(([r, g, b, a]) => `rgb(${r} ${g} ${b} / ${a / 255})`);
  bar.style.backgroundImage = `linear-gradient(to right, ${colours.join(", ")})`;
  legend.replaceChildren(`${state.overlay.higher ? "↑" : "↓"} 0 `, bar, ` ${state.overlay.most}`);
}

/** The next of the overlays, after the last none. */
function nextOverlay(state) {
  state.overlay = MAPS[MAPS.indexOf(state.overlay) + 1] || null;
}
