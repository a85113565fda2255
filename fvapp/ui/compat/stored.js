// Reads the workspace's token and the language, which the app stores in the browser, and makes new tokens.

const name = "fvapp";
const form = /^[\w-]{43}$/; // 32 bytes in base64url

/** Return the stored values; values that the app would not have written are ignored. Throws if there is no storage. */
function read() {
  const text = localStorage.getItem(name);
  let stored = null;
  try {
    stored = JSON.parse(text);
  } catch {}
  const word = (value, like) => (typeof value === "string" && like.test(value) ? value : null);
  return { token: word(stored?.token, form), language: word(stored?.language, /^.{1,100}$/) };
}

// Random bytes are used because pages at http://192.168... have no `crypto.randomUUID`, nor `navigator.locks`.
function newToken() {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
}
