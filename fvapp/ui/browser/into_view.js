const LOW = 0.45; // share of the window's height; a part that begins lower is scrolled up

const FRAMES = 3; // number of frames without a change after which the layout counts as final

let seen = null; // id of the last scroll request, on any page; null before the first page is drawn

export default function ({ data, parentElement }) {
  const isRequested = seen !== null && data.request !== seen;
  const key = (isRequested && data.part) || (!parentElement.isOpen && data.atOnce);
  seen = data.request;
  parentElement.isOpen = true;
  if (!key) return;
  const scroll = () => {
    const part = document.querySelector(`.st-key-${key}`);
    if (!part) return;
    const { top } = part.getBoundingClientRect();
    const bar = parseFloat(getComputedStyle(document.querySelector(".stMain")).scrollPaddingTop) || 0;
    if (top < bar || top > innerHeight * LOW) part.scrollIntoView({ block: "start" });
    // Keep the focus if the visitor is already using a field in the part of the page that was scrolled to.
    const { activeElement } = document;
    const isAhead = part.contains(activeElement) && !activeElement.matches("button");
    if (data.read && !isAhead) focusHeading(key);
  };
  // The part may still be missing, and the layout still changes while components load.
  const scrollAfter = (frames) => requestAnimationFrame(() => {
    if (!atRest()) scrollAfter(FRAMES);
    else if (frames) scrollAfter(frames - 1);
    else scroll();
  });
  scrollAfter(FRAMES);
}
