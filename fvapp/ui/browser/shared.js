// What scripts of components share; it goes before each of them, and core/export/page/elements.js before it.

/**
 * Whether no script run is under way or about to be. A visitor may be on the way to another page when a part of the old
 * one asks to be drawn again: Streamlit would then return to the page that was left, or blank the new one. So a script
 * that asks by itself, without a click, first waits for this.
 */
const atRest = () => {
  const { pathname, until } = document.followedLink ?? {};
  if (pathname !== location.pathname && performance.now() < until) return false;
  return !document.querySelector("[data-test-script-state]:not([data-test-script-state=notRunning])");
};

/** Streamlit keeps the place of the page: what comes next would be seen from its end. */
const toTheTop = (element) => {
  for (let each = element; each; each = each.parentElement ?? each.getRootNode().host) each.scrollTop = 0;
};

const ABOVE = colour("validation"); // orange: above 0
const BELOW = colour("training"); // blue: below

const decoded = (text, Kind) => new Kind(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

/** Empty a dialog and give it its head: the title, and a button that closes it, as a click beside it does. */
const beginDialog = (dialog, title, close) => {
  dialog.replaceChildren();
  dialog.setAttribute("aria-label", title);
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  const head = node("div", "head", dialog);
  node("h2", "", head, title);
  button("close", head, "×", () => dialog.close()).setAttribute("aria-label", close);
};

/** A button that plays what moves, and the slider that shows how far it is. */
const player = (parent, step) => {
  const controls = node("div", "controls", parent);
  const play = button("play", controls);
  const range = Object.assign(node("input", "", controls), { type: "range", min: 0, step });
  return { controls, play, range };
};

/** Of a grid whose children are reached by one stop of the tab key: arrow keys go from one to the next. */
const goByArrow = (event, grid, index) => {
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  const next = by && grid.children[index + by];
  if (!next) return;
  if (next.disabled) return goByArrow(event, grid, index + by);
  event.preventDefault();
  for (const each of grid.children) each.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
};

/** Make elements one stop of the tab key, which `first` has at first; arrow keys go from one to the next. */
const oneStop = (elements, first = elements[0]) => {
  const stopAt = (element) => elements.forEach((each) => (each.tabIndex = each === element ? 0 : -1));
  elements.forEach((each, index) => {
    each.onkeydown = (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = by && elements[index + by];
      if (!next) return;
      event.preventDefault();
      stopAt(next);
      next.focus();
    };
  });
  stopAt(first);
};

/** Return the first heading within an element and the shadow roots below it. */
const headingIn = (element) => {
  for (const each of element?.children ?? []) {
    const found = each.matches("h1, h2, h3") ? each : headingIn(each) ?? headingIn(each.shadowRoot);
    if (found) return found;
  }
  return null;
};

/** Give the focus to the heading of the container of a key; from there one reads on, and tabs to what stands below. */
const focusHeading = (key) => {
  const heading = headingIn(document.querySelector(`.st-key-${key}`));
  if (heading) heading.tabIndex = -1;
  heading?.focus({ preventScroll: true });
  return Boolean(heading);
};
