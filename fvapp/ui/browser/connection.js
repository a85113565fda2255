// Says that the connection is lost, until it is back; then has the page drawn.

const PATIENCE = 1000; // milliseconds: what is back by then was a hiccup
const STATE = "data-test-connection-state";
const LOST = ["PINGING_SERVER", "CONNECTING", "DISCONNECTED_FOREVER"];

let gone = false;

export default function ({ data, parentElement, setTriggerValue }) {
  const note =
    parentElement.querySelector(".lost") ?? Object.assign(node("div", "lost", parentElement), { role: "alert" });
  const app = document.querySelector(`[${STATE}]`);
  let waiting = null;

  const isLost = () => !navigator.onLine || LOST.includes(app?.getAttribute(STATE));
  const say = () => {
    waiting = null;
    const lost = isLost();
    note.textContent = lost && !document.getElementById("fvapp-refused") ? data.lost : ""; // that says more
    document.documentElement.toggleAttribute("data-connection-lost", lost);
    if (lost) dismiss();
  };
  // Streamlit's dialog says the same in English, and lets nobody read the page meanwhile.
  const dismiss = () => document.querySelector("[data-testid=stDialog] button[aria-label=Close]")?.click();
  const look = () => {
    const back = gone && !isLost();
    gone = isLost();
    // A server that was started again knows nothing of the page, and Streamlit asks it for nothing but what was under way.
    if (back && atRest()) setTriggerValue("back", true);
    if (!gone) {
      clearTimeout(waiting);
      say();
    } else if (note.textContent) {
      dismiss();
    } else {
      waiting ??= setTimeout(say, PATIENCE);
    }
  };

  const watching = new MutationObserver(look);
  if (app) watching.observe(app, { attributes: true, attributeFilter: [STATE] });
  watching.observe(document.body, { childList: true }); // where a dialog comes
  const ended = new AbortController();
  for (const kind of ["offline", "online"]) addEventListener(kind, look, { signal: ended.signal });
  look();
  return () => {
    clearTimeout(waiting);
    watching.disconnect();
    ended.abort();
  };
}
