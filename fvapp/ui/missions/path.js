// The missions as stops on a path; on a phone the one that is open, between two arrows.

/** Streamlit keeps the place of the page: the next mission would be seen from its end. */
function toTheTop(element) {
  for (let each = element; each; each = each.parentElement ?? each.getRootNode().host) each.scrollTop = 0;
}

let opened = null; // of the page as it stands: a mission that is opened first is not scrolled to
let pressed = null; // the class of what was pressed here, until it was drawn anew

export default function ({ data, parentElement, setTriggerValue }) {
  const { ids, names, done, words } = data;
  const press = (name, index) => {
    pressed = name;
    // The open one again: no script run, which could cross with the next click on the page.
    if (index !== data.opened) setTriggerValue("chosen", ids[index]);
  };
  const focused = parentElement.querySelector(":focus")?.className ?? null;
  parentElement.querySelector("nav")?.remove();
  const nav = node("nav", "path", parentElement);
  nav.setAttribute("aria-label", words.path);
  nav.tabIndex = -1;

  const narrow = node("div", "narrow", nav);
  const step = (name, sign, label, index) => {
    const arrow = button(name, narrow, sign, () => press(name, index));
    arrow.setAttribute("aria-label", label);
    arrow.disabled = !(index in ids);
    return arrow;
  };
  step("arrow previous", "‹", words.previous, data.opened - 1);
  const here = node("div", "here", narrow, words.here);
  if (done[data.opened]) node("span", "tick", here, " ✓").setAttribute("aria-label", words.done);
  step("arrow next", "›", words.next, data.opened + 1);

  const list = node("ol", "wide", nav);
  ids.forEach((id, index) => {
    const stop = node("li", done[index] ? "stop done" : "stop", list);
    const link = button("", stop, "", () => press("", index));
    const dot = node("span", "dot", link, done[index] ? "✓" : "");
    dot.setAttribute("aria-hidden", "true");
    node("span", "name", link, names[index]);
    if (done[index]) node("span", "spoken", link, words.done);
    if (index === data.opened) link.setAttribute("aria-current", "step");
  });
  node("div", "count", nav, words.count);

  // The keyboard goes on where it was, after a press on the same button; from the mission's end it comes here.
  const focus = (element) => (element ?? nav).focus({ preventScroll: true });
  const left = opened !== null && opened !== data.opened;
  const at = left ? pressed : focused;
  if (at) focus(nav.querySelector(`.${at.replaceAll(" ", ".")}:enabled`));
  else if (at === "") focus(nav.querySelector("[aria-current]"));
  else if (left) focus(nav);
  if (left) {
    pressed = null;
    toTheTop(parentElement.host ?? parentElement);
  }
  opened = data.opened;
}
