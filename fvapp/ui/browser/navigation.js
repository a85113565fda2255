// The bar of pages: says which is the current one, and opens those that a phone has no room for.

const patience = 3000; // milliseconds after which a link counts as lost

let last; // the page at the last call

// Streamlit's page shows no sign of a followed link until the server has answered, but `atRest` has to know of it.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (link) document.followedLink = { pathname: link.pathname, until: performance.now() + patience };
});

const within = (key) => document.querySelector(`.st-key-${key}`);

export default function ({ data, parentElement }) {
  const bar = within(data.bar);
  const rest = within(data.rest);
  let more = parentElement.querySelector("button");
  if (!more) {
    more = button("", parentElement);
    node("i", "", more);
    node("span", "", more);
  }
  more.lastChild.textContent = data.words.more;
  Object.assign(bar, { role: "navigation", ariaLabel: data.words.pages });

  const show = (open) => {
    rest.toggleAttribute("data-open", open);
    more.setAttribute("aria-expanded", open);
  };
  const close = () => show(false);
  more.onclick = () => show(!rest.hasAttribute("data-open"));
  // Another page closes it. The same page drawn once more does not: somebody may have just opened it.
  show(data.current === last && rest.hasAttribute("data-open"));
  if (last && data.current !== last) toTheTop(bar);
  last = data.current;

  // The links come a moment after their containers, whenever Streamlit has loaded what draws them.
  const mark = () => {
    for (const link of bar.querySelectorAll("a")) {
      link.ariaCurrent = link.closest(`.st-key-${data.current}`) ? "page" : null;
    }
  };
  mark();
  const watching = new MutationObserver(mark);
  watching.observe(bar, { childList: true, subtree: true });
  more.toggleAttribute("data-current", Boolean(rest.querySelector(`.st-key-${data.current}`)));

  const pressed = (event) => {
    if (event.key === "Escape" && rest.hasAttribute("data-open")) {
      close();
      more.focus();
    }
  };
  const left = (event) => {
    if (!event.composedPath().some((each) => each === rest || each === more)) close();
  };
  const ended = new AbortController();
  addEventListener("keydown", pressed, { signal: ended.signal });
  for (const kind of ["pointerdown", "focusin"]) addEventListener(kind, left, { signal: ended.signal });
  return () => {
    watching.disconnect();
    ended.abort();
  };
}
