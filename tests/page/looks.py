"""What a browser is asked about a page: contrast of its text, names of its controls, axe."""

from importlib.resources import files
from typing import Any

# Each text that is shown, with its contrast against all that is painted below it: WCAG 2.2, 1.4.3.
_CONTRASTS = """() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const paint = (colours) => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 1, 1);
    for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const own = node.parentElement;
    if (!node.textContent.trim() || !own.checkVisibility({ visibilityProperty: true })) continue;
    if (own.closest("script, style, noscript")) continue;
    const below = [];
    for (let one = own; one; one = one.parentElement) {
      below.unshift(getComputedStyle(one).backgroundColor);
    }
    const style = getComputedStyle(own);
    const [light, dark] = [paint([...below, style.color]), paint(below)].map(luminance)
      .sort((a, b) => b - a);
    found.push([node.textContent.trim().slice(0, 60), (light + 0.05) / (dark + 0.05)]);
  }
  return found;
}"""

_UNNAMED = """() => [...document.querySelectorAll("a, button, select, input, img, [tabindex='0']")]
  .filter((one) => !(one.getAttribute("aria-label") || one.getAttribute("aria-labelledby")
    || one.alt || one.querySelector("img[alt]")
    || (one.textContent.trim() && !one.matches("select, input"))
    || [...(one.labels || [])].some((label) => label.textContent.trim())))
  .map((one) => one.outerHTML.slice(0, 120))"""


def violations(page: Any, passed: int = 20) -> list[str]:
    """What axe-core has against a page by WCAG 2.2 A and AA, and by its best practices.

    More rules than `passed` must have found something to check, and nothing wrong with it.
    """
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("rules => axe.run({ runOnly: rules })", rules)
    assert len(found["passes"]) > passed, len(found["passes"])
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def contrasts(page: Any) -> list[tuple[str, float]]:
    """Each shown text with its contrast, 1 to 21."""
    return page.evaluate(_CONTRASTS)


def unnamed(page: Any) -> list[str]:
    """Links, controls, images and regions in the order of the keyboard that say nothing."""
    return page.evaluate(_UNNAMED)


def open_all(page: Any) -> None:
    """Open all that is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def width_of_content(page: Any) -> int:
    """More than the window where the page has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth")
