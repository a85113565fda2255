const LOW = 0.45; // of the window's height; a part that begins below this line shows too little of itself

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
    // A visitor who is already using one of its fields keeps the focus.
    const { activeElement } = document;
    const isAhead = part.contains(activeElement) && !activeElement.matches("button");
    if (data.read && !isAhead) focusHeading(data.part);
  }));
}
