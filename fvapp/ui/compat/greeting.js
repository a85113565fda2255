/* Removes secrets from the address before anything else is requested, and sends them to the server, with the visitor's
   token, when Streamlit's page opens its socket. Also shows the server's reason for closing a socket. Without local
   storage, no token is sent. */
const address = new URL(location);
const secret = take(address.searchParams);
if (secret) history.replaceState(history.state, "", address);
if (secret && parent !== window) {
  // Streamlit Community Cloud shows the app in a frame of its own page, whose address has the same secret.
  try {
    const around = new URL(parent.location);
    if (take(around.searchParams)) parent.history.replaceState(parent.history.state, "", around);
  } catch {} // the frame belongs to another site
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
        // Otherwise, Streamlit's page would reconnect at once, and the server would disconnect another page for it.
        closed.stopImmediatePropagation();
        say(reason, () => this.dispatchEvent(new CloseEvent("close")));
      } else if ([1008, 1013].includes(code)) {
        say(reason);
      }
    });
  }
};

// The token is made now but read when the socket opens, so two tabs opened together read the same, latest token.
try {
  const held = read();
  if (!held.token) localStorage.setItem(name, JSON.stringify({ ...held, token: newToken() }));
} catch {}

/* Remove the secret from the query: the teacher's, or the key before the six letters of a class's code. Return the name
   and value of the secret (for a class, the key and the code), or "" if there is none. */
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

// The note is shown outside the page's message area, because the page may not have been drawn yet.
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
