// Functions that components' scripts share, inserted before each script and after core/export/page/elements.js.

/**
 * Return whether no script run is under way or about to start. When a visitor has followed a link and a part of the
 * old page asks to be drawn again, Streamlit returns to the old page or blanks the new one. So a script that asks for a
 * redraw without a click first waits until this function returns true.
 */
const atRest = () => {
  const { pathname, until } = document.followedLink ?? {};
  if (pathname !== location.pathname && performance.now() < until) return false;
  return !document.querySelector("[data-test-script-state]:not([data-test-script-state=notRunning])");
};

/** Scroll to the top. Streamlit keeps the scroll position, so the next content would be seen from its end. */
const toTheTop = (element) => {
  for (let each = element; each; each = each.parentElement ?? each.getRootNode().host) each.scrollTop = 0;
};

const ABOVE = colour("validation"); // orange, for values above 0
const BELOW = colour("training"); // blue, for values below 0

const decoded = (text, Kind) => new Kind(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

/** Empty a dialog, and add its title and a button that closes it. A click beside the dialog also closes the dialog. */
const beginDialog = (dialog, title, close) => {
  dialog.replaceChildren();
  dialog.setAttribute("aria-label", title);
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  const head = node("div", "head", dialog);
  node("h2", "", head, title);
  button("close", head, "×", () => dialog.close()).setAttribute("aria-label", close);
};

/** Return a button that plays an animation, and the slider that shows its position. */
const player = (parent, step) => {
  const controls = node("div", "controls", parent);
  const play = button("play", controls);
  const range = Object.assign(node("input", "", controls), { type: "range", min: 0, step });
  return { controls, play, range };
};

/** Move the focus between the children of a grid by arrow keys. The grid is a single tab stop. */
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

/** Make elements a single tab stop, initially `first`; arrow keys move the focus between the elements. */
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

/** Return the first heading in an element and the shadow roots below it. */
const headingIn = (element) => {
  for (const each of element?.children ?? []) {
    const found = each.matches("h1, h2, h3") ? each : headingIn(each) ?? headingIn(each.shadowRoot);
    if (found) return found;
  }
  return null;
};

/**
 * Focus the heading in the container with a key, so that reading and the tab key continue from there. The heading may
 * appear later, and Streamlit hides or replaces new elements while it loads their scripts. So the key is kept until the
 * visitor's next action: a hidden heading gets the focus once it has a size, and a sentence drawn later asks again.
 */
const focusHeading = (key) => {
  document.headingWanted = key;
  const heading = headingIn(document.querySelector(`.st-key-${key}`));
  if (!heading) return;
  heading.tabIndex = -1;
  const sizes = new ResizeObserver(() => {
    if (document.headingWanted === key) heading.focus({ preventScroll: true });
    if (document.headingWanted !== key || heading.matches(":focus")) sizes.disconnect();
  });
  sizes.observe(heading);
};
