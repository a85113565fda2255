// Gives the focus back where Streamlit has rebuilt, or taken away, what had it.

const canHave = "a[href], button, input, select, textarea, [tabindex='0']";
const waiting = 300; // ms for what takes the place of something to come, before its neighbour gets the focus
const around = 3; // containers outwards in which a neighbour is looked for: further out it would be a stranger

let held = null; // what had the focus last, the keys of the containers around it, and which it was in the innermost
let later = null;
let watching = null;
let first = null; // the key of the field that has the focus when the page opens
let form = null; // the key of the container in which Enter presses the button
let wanted = null; // the same until it has the focus, or somebody has chosen otherwise

const usable = (element) => element.isConnected && !element.disabled && element.checkVisibility?.() !== false;
const container = '[class*="st-key-"]:not(.st-key-content)'; // which holds the whole page: all are strangers there
const keyOf = (element) => [...element.classList].find((name) => name.startsWith("st-key-"));

function note({ target }) {
  const keys = [];
  const innermost = target.closest(container);
  for (let each = innermost; each && keys.length < around; each = each.parentElement?.closest(container)) {
    keys.push(keyOf(each));
  }
  const place = innermost ? [...innermost.querySelectorAll(canHave)].indexOf(target) : -1;
  wanted = null;
  held = place < 0 ? null : { element: target, keys, place };
}

function isLost() {
  const now = document.activeElement;
  return !wanted && held && !usable(held.element) && (!now || now === document.body || now.matches(".stMain"));
}

function giveTo(key, place) {
  const found = [...(document.querySelector(`.${CSS.escape(key)}`)?.querySelectorAll(canHave) ?? [])].filter(usable);
  found[Math.min(place, found.length - 1)]?.focus({ preventScroll: true });
}

/** `st.code` gives what scrolls no tab stop. */
function makeStops() {
  for (const code of document.querySelectorAll(".stCode pre:not([tabindex])")) code.tabIndex = 0;
}

function look() {
  makeStops();
  if (wanted) giveTo(`st-key-${wanted}`, 0); // in vain until it is there and the page is seen
  if (!isLost()) return;
  giveTo(held.keys[0], held.place);
  clearTimeout(later);
  if (isLost()) later = setTimeout(() => held?.keys.forEach((key) => isLost() && giveTo(key, 0)), waiting);
}

/** Enter in a field of the form is a press on its button, as everywhere on the web. */
function press({ key, target, isComposing }) {
  if (key !== "Enter" || isComposing || !form || !target.matches("input")) return;
  const pressed = target.closest(`.st-key-${form}`)?.querySelector('[data-testid="stBaseButton-primary"]');
  requestAnimationFrame(() => pressed?.click()); // once Streamlit has taken what was typed
}

export default function ({ data }) {
  form = data.form;
  if (first !== data.first) wanted = first = data.first;
  if (!watching) {
    watching = new MutationObserver(look);
    // Of the head too: a style there hides a page that begins.
    watching.observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["disabled"] });
    addEventListener("focusin", note);
    addEventListener("keydown", press);
    // Who presses beside everything wants the focus nowhere.
    addEventListener("pointerdown", ({ target }) => target.closest?.(canHave) ?? (held = null));
  }
  look();
}
