const LOW = 0.45; // share of the window's height; a part that begins lower is scrolled up

let seen = null;

export default function ({ data }) {
  const first = seen === null;
  if (data.count === seen) return;
  seen = data.count;
  if (first && !data.atOnce) return;
  // The page's layout changes now, so its positions are read two frames later.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const part = document.querySelector(`.st-key-${data.part}`);
    if (!part) return;
    const { top } = part.getBoundingClientRect();
    const bar = parseFloat(getComputedStyle(document.querySelector(".stMain")).scrollPaddingTop) || 0;
    if (top < bar || top > innerHeight * LOW) part.scrollIntoView({ block: "start" });
    // The focus stays if the visitor is already using a field of the part.
    const { activeElement } = document;
    const isAhead = part.contains(activeElement) && !activeElement.matches("button");
    if (data.read && !isAhead) focusHeading(data.part);
  }));
}
