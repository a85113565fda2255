let page = null; // the component's latest call: its data, and its function that answers the server
let told = null; // the values that the server was last sent, or already knew
let times = 0; // number of answers so far, so that a return to an earlier workspace counts as a new answer
let spoken = null; // the language that the page and the storage last agreed on
let kept = null; // the token that was last stored at the server's request
let own = null; // the token as long as this page is open, for browsers without storage

function look() {
  const { ask, token, keep, left, language } = page.data;
  const held = { ask, available: true, token: null, language: null };
  try {
    Object.assign(held, read());
  } catch {
    held.available = false;
  }
  const stored = { ...held };
  held.token ??= own ?? newToken();
  if (keep && token !== kept) {
    kept = token;
    if (!left || held.token === left) held.token = token;
  }
  own = held.token;
  if (language && language !== spoken) held.language = language;
  spoken = language ?? held.language;
  if (held.token !== stored.token || held.language !== stored.language) {
    try {
      localStorage.setItem(name, JSON.stringify({ token: held.token, language: held.language }));
    } catch {
      held.available = false;
    }
  }
  const known = told?.ask === ask ? told : { available: true, language: null };
  const isKnown = held.token === token && held.available === known.available;
  const isOnItsWay = JSON.stringify(held) === JSON.stringify(told);
  told = held;
  if (isOnItsWay || (isKnown && (language || held.language === known.language))) return;
  times += 1;
  page.setStateValue("held", { ...held, times });
}

// Called when another tab of this browser has changed the stored token or language.
function storageChanged(event) {
  if (event.key === name && page) look();
}

export default function (call) {
  if (!page) addEventListener("storage", storageChanged);
  page = call;
  look();
  return () => {
    if (page !== call) return; // the component may already have been called again
    removeEventListener("storage", storageChanged);
    page = null;
  };
}
