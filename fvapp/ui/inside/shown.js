// The app's own HTML, redrawn only when it has changed. Of the tools' cards each is a link, so that it can be opened in a
// tab of its own; a plain click has the page open it.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".shown") ?? node("div", "shown", parentElement);
  if (root.drawn !== data.html) {
    const held = root.getRootNode().activeElement?.dataset?.part; // of a run that trains the cards are new each second
    root.innerHTML = root.drawn = data.html;
    if (held) root.querySelector(`[data-part="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }
  root.onclick = (event) => {
    const card = event.target.closest("[data-part]");
    if (!card || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    setTriggerValue("opened", card.dataset.part);
  };
  // Addresses of earlier versions name a tool by its anchor.
  const anchor = location.hash.slice(1);
  if (anchor && root.querySelector(`[data-part="${CSS.escape(anchor)}"]`)) {
    history.replaceState(history.state, "", location.pathname + location.search);
    setTriggerValue("opened", anchor);
  }
}
