const LOW = 0.45; // of the window's height: what begins below shows too little of itself

let seen = null;

export default function ({ data }) {
  const first = seen === null;
  if (data.count === seen) return;
  seen = data.count;
  if (first && !data.atOnce) return;
  // The layout of the page changes in the same moment.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const part = document.querySelector(`.st-key-${data.part}`);
    if (!part) return;
    const { top } = part.getBoundingClientRect();
    const bar = parseFloat(getComputedStyle(document.querySelector(".stMain")).scrollPaddingTop) || 0;
    if (top < bar || top > innerHeight * LOW) part.scrollIntoView({ block: "start" });
    // Whoever is in one of its fields by now stays there.
    const { activeElement } = document;
    const isAhead = part.contains(activeElement) && !activeElement.matches("button");
    if (data.read && !isAhead) focusHeading(data.part);
  }));
}
