// The bar of pages: marks the current page, and opens the menu of the pages that do not fit on a phone.

const patience = 3000; // milliseconds after which a click on a link counts as lost

let last; // the current page at the previous call

// Streamlit's page shows that a link was followed only when the server answers, but `atRest` must know at once.
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
  // Close the menu on another page, but keep it open if the same page is drawn again.
  show(data.current === last && rest.hasAttribute("data-open"));
  if (last && data.current !== last) toTheTop(bar);
  last = data.current;

  // The links appear after their containers, once Streamlit has loaded the code that draws them.
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
