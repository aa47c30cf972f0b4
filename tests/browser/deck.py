"""A deck as it stands in a browser: what leaves its slide, what is too small, what is missing."""

from pathlib import Path

from playwright.sync_api import Page

WIDTH, HEIGHT = 1280, 720
SMALLEST_TEXT = 24  # pixels, on a stage that is not scaled
SMALLEST_CODE = 20

# Lists what is wrong, a line each, naming notebook and cell. Every slide has its place in the page whether it is shown or
# not, so all are measured at once. Of a formula the size of the whole counts: its indices are smaller by design.
FAULTS = """
([width, height, smallestText, smallestCode]) => {
  const faults = [];
  for (const slide of document.querySelectorAll("section")) {
    const stage = slide.getBoundingClientRect();
    const room = slide.querySelector(".room").getBoundingClientRect();
    const tell = (element, text) => {
      const cell = (element.closest("[data-cell]") || slide).dataset.cell;
      faults.push(`${slide.dataset.notebook}, cell ${cell}: ${text}`);
    };
    if (stage.width !== width || stage.height !== height) tell(slide, `the slide is ${stage.width} x ${stage.height}`);
    let [low, lowest, wide, widest] = [0, null, 0, null];
    for (const element of slide.querySelectorAll(".room *")) {
      const box = element.getBoundingClientRect();
      const below = Math.max(box.bottom - room.bottom, room.top - box.top);
      if (below > low) [low, lowest] = [below, element];
      // Text that leaves its block is no box of its own.
      const spilt = element instanceof HTMLElement && element.clientWidth ? element.scrollWidth - element.clientWidth : 0;
      const beside = Math.max(box.right - room.right, room.left - box.left, spilt);
      if (beside > wide) [wide, widest] = [beside, element];
      const hasText = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
      if (element.closest("math") ? element.localName === "math" : hasText) {
        const size = parseFloat(getComputedStyle(element).fontSize);
        const least = element.closest("pre, code") ? smallestCode : smallestText;
        if (size < least) tell(element, `${element.localName} is written in ${size} pixels, under ${least}`);
      }
      if (element.localName === "img") {
        if (!element.alt) tell(element, "a figure has no description");
        if (!element.naturalWidth) tell(element, "a figure is broken");
      }
    }
    if (low > 1) tell(lowest, `too high by ${Math.ceil(low)} pixels`);
    if (wide > 1) tell(widest, `too wide by ${Math.ceil(wide)} pixels`);
  }
  return faults;
}
"""


def open_deck(page: Page, deck: Path) -> list[str]:
    """Open a deck and wait for its pictures; give the addresses that it asked for, besides its own and those it holds."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(deck.as_uri())
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    return [address for address in asked if address != deck.as_uri() and not address.startswith("data:")]


def faults(page: Page) -> list[str]:
    """What is wrong with the slides of the deck that is open."""
    return page.evaluate(FAULTS, [WIDTH, HEIGHT, SMALLEST_TEXT, SMALLEST_CODE])
