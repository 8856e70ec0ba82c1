// The line at the foot of a page: how the study stands, and when there is a newer page. The newer
// one is loaded at once, with what was open and where one was; images under comparison stay.
(() => {
"use strict";
const EVERY = 2000;
const KEPT = "asymmetry-live";
const comparing = location.pathname.endsWith("/compare.html");
let shown = null;
let told = "";

const bar = document.createElement("div");
bar.id = "live";
bar.setAttribute("role", "status");
document.body.append(bar);

function part(tag, name, text) {
  const one = document.createElement(tag);
  one.className = name;
  one.textContent = text;
  return one;
}

function show(parts, lost) {
  const text = parts.map((one) => one.textContent).join("|");
  if (text === told) return;
  told = text;
  bar.classList.toggle("lost", lost);
  bar.replaceChildren(...parts);
}

function tell(state) {
  const parts = [part("b", "", state.cells), part("span", "told", state.parts)];
  if (state.trainings) parts.push(part("span", "told", state.trainings));
  const page = state.version ? `this page is of ${state.made}` : "no page yet";
  parts.push(part("span", "told", state.making ? `${page}, the next one is being made` : page));
  if (state.problem) parts.push(part("span", "problem", `the last try failed: ${state.problem}`));
  if (comparing && state.version !== shown) {
    const link = part("a", "", "load the newer images");
    link.href = location.href;
    link.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
    parts.push(link);
  }
  show(parts, false);
}

// What says which of the details one is: a newer page may have more of them elsewhere.
function named(one) {
  const home = one.parentElement.closest("[id]") || document.body;
  return `${home.id} ${[...home.querySelectorAll("details")].indexOf(one)}`;
}

function opened() {
  return [...document.querySelectorAll("details[open]")].map(named);
}

function keep() {
  const focus = document.activeElement;
  sessionStorage.setItem(KEPT, JSON.stringify({
    path: location.pathname, open: opened(), top: scrollY, focus: focus && focus.id,
  }));
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
  sessionStorage.removeItem(KEPT);
  if (!kept || kept.path !== location.pathname) return;
  for (const one of document.querySelectorAll("details")) {
    if (kept.open.includes(named(one))) one.open = true;
  }
  const focus = kept.focus && document.getElementById(kept.focus);
  if (focus) focus.focus({preventScroll: true});
  scrollTo({top: kept.top, behavior: "instant"});
}

async function look() {
  try {
    const answer = await fetch("/live.json");
    if (!answer.ok) throw new Error(answer.statusText);
    const state = await answer.json();
    if (shown === null) shown = state.version;
    if (state.version !== shown && !comparing) {
      keep();
      location.reload();
      return;
    }
    tell(state);
  } catch {
    show([part("b", "", "The server has ended"), part("span", "told", "this page stays as it is")], true);
  }
  setTimeout(look, EVERY);
}

restore();
look();
})();
