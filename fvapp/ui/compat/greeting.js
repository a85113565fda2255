// Has Streamlit's page say who is here as it opens its socket. Where there is no storage it says nothing.
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(url, protocols = []) {
    super(url, String(url).endsWith("/_stcore/stream") ? [protocols, greeting()].flat() : protocols);
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
