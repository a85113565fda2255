let page = null; // the latest call: its data, and the way to tell the server
let told = null; // what the server knows, or was told last
let times = 0; // how many answers were sent: going back to an earlier workspace is a new one
let spoken = null; // the language that page and storage last agreed on
let kept = null; // the token that was last written because the server said so
let own = null; // the token, where there is no storage: as long as this page is open

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

// Another tab of this browser was given another workspace.
function storageChanged(event) {
  if (event.key === name && page) look();
}

export default function (call) {
  if (!page) addEventListener("storage", storageChanged);
  page = call;
  look();
  return () => {
    if (page !== call) return; // the end of an earlier call may come after a later one
    removeEventListener("storage", storageChanged);
    page = null;
  };
}
