// Shows one pair after another. An answer that could not be sent is kept and sent again.
"use strict";

const pair = document.getElementById("pair");
const sides = { left: document.getElementById("left"), right: document.getElementById("right") };
const reference = document.getElementById("reference");
const message = document.getElementById("message");
const base = location.pathname.replace(/\/$/, "");

const SETTLE = 250; // ms in which the second click of a double click answers nothing
const AGAIN = 2000; // ms until what failed is tried again

let asked = null; // the pair that may be answered now; none while it loads or is sent

const wait = (time) => new Promise((done) => setTimeout(done, time));

async function fetchState(path, options) {
  for (;;) {
    try {
      const response = await fetch(base + path, { cache: "no-store", ...options });
      if (response.status < 500) return [response.ok, await response.json()];
    } catch {
      // No server: it is asked again.
    }
    message.textContent = options
      ? "No connection. Your answer is kept here and will be sent again."
      : "No connection. Trying again.";
    await wait(AGAIN);
  }
}

async function load(image, file) {
  for (;;) {
    try {
      image.src = `/picture/${file}`;
      await image.decode();
      return;
    } catch {
      message.textContent = "A picture could not be loaded. Trying again.";
      await wait(AGAIN);
      image.removeAttribute("src");
    }
  }
}

function enable(next) {
  asked = next;
  for (const side of Object.values(sides)) side.setAttribute("aria-disabled", String(!next));
}

async function show(state) {
  document.getElementById("progress").value = state.answered / state.total;
  document.getElementById("count").textContent = `${state.answered} of ${state.total}`;
  pair.hidden = !state.next;
  if (!state.next) {
    message.textContent = "That was the last pair. Thank you! All answers are kept; you may close this page.";
    return;
  }
  pair.classList.add("loading");
  const pictures = [
    load(sides.left.querySelector("img"), state.next.left),
    load(sides.right.querySelector("img"), state.next.right),
  ];
  if (reference) pictures.push(load(reference, state.next.reference));
  await Promise.all(pictures);
  message.textContent = "";
  pair.classList.remove("loading");
  await wait(SETTLE);
  enable(state.next);
}

async function choose(choice) {
  if (!asked) return;
  const body = JSON.stringify({ trial: asked.trial, choice });
  enable(null);
  const headers = { "Content-Type": "application/json" };
  const [taken, state] = await fetchState("/answer", { method: "POST", headers, body });
  if (taken) return show(state);
  await begin(state.error);
}

async function begin(refusal) {
  const [known, state] = await fetchState("/state");
  if (!known) {
    pair.hidden = true;
    message.textContent = state.error;
    return;
  }
  await show(state);
  if (refusal) message.textContent = refusal;
}

for (const [name, side] of Object.entries(sides)) side.addEventListener("click", () => choose(name));
document.addEventListener("keydown", (event) => {
  const choice = { ArrowLeft: "left", ArrowRight: "right" }[event.key];
  if (!choice || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  choose(choice);
});
begin();
