// Shows a note while the connection is lost; once the connection is back, asks for the page to be redrawn.

const PATIENCE = 1000; // milliseconds; a shorter interruption is not reported
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
    // a refusal note, if shown, already gives the reason
    note.textContent = lost && !document.getElementById("fvapp-refused") ? data.lost : "";
    document.documentElement.toggleAttribute("data-connection-lost", lost);
    if (lost) dismiss();
  };
  // Close Streamlit's own dialog, which reports the lost connection in English and covers the page.
  const dismiss = () => document.querySelector("[data-testid=stDialog] button[aria-label=Close]")?.click();
  const look = () => {
    const back = gone && !isLost();
    gone = isLost();
    // Rerun the page: a restarted server does not know the page, and Streamlit repeats only unfinished requests.
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
  watching.observe(document.body, { childList: true }); // Streamlit adds its dialog as a child of the body
  const ended = new AbortController();
  for (const kind of ["offline", "online"]) addEventListener(kind, look, { signal: ended.signal });
  look();
  return () => {
    clearTimeout(waiting);
    watching.disconnect();
    ended.abort();
  };
}
