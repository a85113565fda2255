// Draws the missions as stops on a path, a list of all missions' names, and the steps of the open mission.

let before = null; // the mission and screen shown before; the first screen of a visit is not scrolled to

export default function ({ data, parentElement, setTriggerValue }) {
  const { ids, marks, names, asks, minutes, numbers, done, opened, steps, parts, words } = data;
  const focused = parentElement.querySelector(":focus")?.dataset.focus;
  parentElement.querySelector("nav")?.remove();
  const nav = Object.assign(node("nav", "path", parentElement), { ariaLabel: words.path, tabIndex: -1 });
  const dialog = node("dialog", "", nav);
  const go = (index) => {
    dialog.close();
    // Choosing the open mission starts no script run, because a script run could collide with the next click.
    if (index !== opened) setTriggerValue("chosen", ids[index]);
  };
  /** Add a button for each mission: a dot on the path (kind "row"), or its name and question in the list. */
  const list = (kind, parent) =>
    ids.forEach((id, index) => {
      const stop = node("li", done[index] ? "stop done" : "stop", parent);
      const link = button("", stop, "", () => go(index));
      link.dataset.focus = `${kind} ${id}`;
      const dot = node("span", "dot", link);
      dot.setAttribute("aria-hidden", "true");
      dot.dataset.mark = marks[index];
      dot.style.setProperty("--picture", `var(--pixels-${id}, var(--pixels-mark))`);
      const number = done[index] && numbers[index];
      const own = number ? words.own.replace("{number}", number) : "";
      if (number) link.title = `${names[index]} · ${own}`;
      if (number && kind === "row") node("span", "number", dot, number);
      const text = node("span", kind === "row" ? "spoken" : "text", link);
      node("span", "name", text, names[index]);
      if (done[index]) node("span", "spoken", text, ` ${words.done}`);
      if (own && kind === "row") node("span", "spoken", text, ` ${own}`);
      if (kind === "list") {
        node("span", "ask", text, asks[index]);
        node("span", "facts", text, own || minutes[index]);
      }
      if (index === opened) link.setAttribute("aria-current", "step");
    });

  const row = node("div", "row", nav);
  list("row", node("ol", "stops", row));
  const stops = [...row.querySelectorAll("button")];
  oneStop(stops, stops[opened]);
  const all = button("all", row, words.all, () => dialog.showModal());
  all.dataset.focus = "all";
  all.ariaHasPopup = "dialog";

  beginDialog(dialog, words.count, words.close);
  dialog.ariaLabel = words.path;
  list("list", node("ol", "list", dialog));
  const more = node("div", "parts", dialog);
  for (const [part, name] of Object.entries(parts)) {
    button("all", more, name, () => {
      dialog.close();
      setTriggerValue("part", part);
    });
  }

  const bar = Object.assign(node("ol", "steps", nav), { ariaLabel: words.steps });
  for (const { screen, name, here, can, done } of steps) {
    const step = node("li", done ? "done" : "", bar);
    const link = button("", step, name, () => here || setTriggerValue("step", screen));
    link.dataset.focus = `step ${screen}`;
    link.disabled = !can;
    if (here) link.setAttribute("aria-current", "step");
  }

  const open = [...bar.querySelectorAll("button:enabled")];
  oneStop(open, open.find((link) => link.ariaCurrent));

  // Restore the focus if it was on the path. Otherwise, focus a new screen's heading, which may appear a little later.
  const now = `${ids[opened]} ${data.screen}`;
  if (focused) (nav.querySelector(`[data-focus="${focused}"]:enabled`) ?? nav).focus({ preventScroll: true });
  else if (before !== null && before !== now) focusHeading(data.screen);
  if (before !== null && before !== now) toTheTop(parentElement.host ?? parentElement);
  before = now;
}
