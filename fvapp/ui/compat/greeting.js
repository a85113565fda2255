// Has Streamlit's page say who is here as it opens its socket, and what the server says as it closes it. Where there is
// no storage it says nothing of who is here.
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(url, protocols = []) {
    const stream = String(url).endsWith("/_stcore/stream");
    super(url, stream ? [protocols, greeting()].flat() : protocols);
    if (!stream) return;
    this.addEventListener("message", () => say(""));
    this.addEventListener("close", ({ code, reason }) => [1008, 1013].includes(code) && say(reason));
  }
};

// Made at once and read when the socket opens: of two first tabs both then read what was written last.
try {
  const held = read();
  if (!held.token) localStorage.setItem(name, JSON.stringify({ ...held, token: newToken() }));
} catch {}

function greeting() {
  try {
    const { token, language } = read();
    return token ? [`fvapp.${token}${/^[\w-]+$/.test(language ?? "") ? `.${language}` : ""}`] : [];
  } catch {
    return [];
  }
}

// Here, and not where other notes are: there may be no page yet that has a place for them.
function say(reason) {
  let note = document.getElementById("fvapp-refused");
  if (!reason) return note?.remove();
  note ??= document.body.appendChild(document.createElement("p"));
  Object.assign(note, { id: "fvapp-refused", role: "alert", textContent: reason });
  note.style.cssText = `position: fixed; z-index: 1000001; left: 50%; top: 4rem; transform: translateX(-50%); margin: 0;
    width: max-content; max-width: min(34rem, calc(100vw - 2rem)); box-sizing: border-box; padding: 0.6rem 1rem;
    border: 1px solid #fff; border-radius: 0.4rem; background: #1f2328; color: #fff; font: 0.95rem/1.4 system-ui`;
}
