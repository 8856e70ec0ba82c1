// The chapter that is read is marked in the list of chapters.

const links = new Map(
  [...document.querySelectorAll("#chapters a[href^='#']")].map((link) => [link.hash.slice(1), link]),
);
const chapters = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);

function markChapter() {
  // The last that begins above the first third of the window.
  const begun = chapters.filter((one) => one.getBoundingClientRect().top < innerHeight / 3);
  const read = begun.sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top).at(-1);
  for (const [id, link] of links) {
    if (read && id === read.id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; markChapter(); });
}, { passive: true });
markChapter();
