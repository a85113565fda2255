/* Shows the app's own HTML, and redraws it only when it has changed. Each tool's card is a link, so that the tool can
   be opened in a new tab; a plain click opens the tool in this page. */

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".shown") ?? node("div", "shown", parentElement);
  if (root.drawn !== data.html) {
    // restore the focus, because the tools' cards are replaced every second while a run trains
    const held = root.getRootNode().activeElement?.dataset?.part;
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
