// Takes what opens something out of the address before anything else is fetched, has Streamlit's page say that and who
// is here as it opens its socket, and shows what the server says as it closes it. Where there is no storage it says
// nothing of who is here.
const address = new URL(location);
const secret = take(address.searchParams);
if (secret) history.replaceState(history.state, "", address);
if (secret && parent !== window) {
  // Streamlit Community Cloud shows the app in a frame of a page of its own, whose address says the same.
  try {
    const around = new URL(parent.location);
    if (take(around.searchParams)) parent.history.replaceState(parent.history.state, "", around);
  } catch {} // a page of another site
}

const Socket = window.WebSocket;
const GAVE_WAY = 4000;
window.WebSocket = class extends Socket {
  constructor(url, protocols = []) {
    const stream = String(url).endsWith("/_stcore/stream");
    super(url, stream ? [protocols, greeting()].flat() : protocols);
    if (!stream) return;
    this.addEventListener("message", () => say(""));
    this.addEventListener("close", (closed) => {
      const { code, reason } = closed;
      if (code === GAVE_WAY) {
        closed.stopImmediatePropagation(); // else Streamlit's page is back at once, and another one has to go
        say(reason, () => this.dispatchEvent(new CloseEvent("close")));
      } else if ([1008, 1013].includes(code)) {
        say(reason);
      }
    });
  }
};

// Made at once and read when the socket opens: of two first tabs both then read what was written last.
try {
  const held = read();
  if (!held.token) localStorage.setItem(name, JSON.stringify({ ...held, token: newToken() }));
} catch {}

// The teacher's secret, or the key in the link of a class, before the six letters that one types.
function take(query) {
  const [teacher, code] = [query.get("teacher"), query.get("code")];
  if (teacher !== null) {
    query.delete("teacher");
    query.set("view", "open");
    return `teacher.${teacher.replace(/[^\w-]/g, "").slice(0, 40)}`;
  }
  if (!/^[\w-]{16}[A-Z]{6}$/.test(code ?? "")) return "";
  query.set("code", code.slice(16));
  return `code.${code}`;
}

function greeting() {
  let held = {};
  try {
    held = read();
  } catch {}
  const { token, language } = held;
  const below = encodeURIComponent(new URL(".", location).pathname.slice(0, -1)).replaceAll(".", "%2E");
  const said = [token ?? "", /^[\w-]+$/.test(language ?? "") ? language : "", ...(secret || ".").split("."), below];
  return token || secret || below ? [["fvapp", ...said].join(".").replace(/\.+$/, "")] : [];
}

// Here, and not where other notes are: there may be no page yet that has a place for them.
function say(reason, onclick) {
  document.getElementById("fvapp-refused")?.remove();
  if (!reason) return;
  const note = document.body.appendChild(document.createElement("p"));
  Object.assign(note, { id: "fvapp-refused", role: "alert" });
  note.style.cssText = `position: fixed; z-index: 1000001; left: 50%; top: 4rem; transform: translateX(-50%); margin: 0;
    width: max-content; max-width: min(34rem, calc(100vw - 2rem)); box-sizing: border-box; padding: 0.6rem 1rem;
    border: 1px solid var(--white); border-radius: 0.4rem; background: var(--pencil); color: var(--white); font: 0.95rem/1.4 system-ui`;
  const words = onclick ? note.appendChild(document.createElement("button")) : note;
  Object.assign(words, { textContent: reason, onclick });
  if (onclick) words.style.cssText = "border: 0; padding: 0; background: none; color: inherit; font: inherit; cursor: pointer";
}
