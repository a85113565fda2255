// Restores the focus when Streamlit has rebuilt or removed the focused element, and handles clicks on help in labels.

const canHave = "a[href], button, input, select, textarea, [tabindex='0']";
const waiting = 300; // milliseconds to wait for a replacement of the element before a neighbour gets the focus
const around = 3; // how many containers outwards to look for a neighbour; elements further away are unrelated

let held = null; // the element last focused, the keys of its containers, and its position in the innermost container
let later = null;
let watching = null;
let first = null; // the key of the field to focus when the page opens
let form = null; // the key of the container in which Enter presses the button
let wanted = null; // the same key as `first`, until that field has the focus or the visitor focuses another element

/** Keep a click on a label's help from toggling the control, which would also take the focus and close the help. */
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("label .stTooltipHoverTarget")) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

const usable = (element) => element.isConnected && !element.disabled && element.checkVisibility?.() !== false;
// ignore st-key-content, which holds the whole page, because its elements need not be related
const container = '[class*="st-key-"]:not(.st-key-content)';
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

/** Make scrollable code reachable by the Tab key, because `st.code` does not do so. */
function makeStops() {
  for (const code of document.querySelectorAll(".stCode pre:not([tabindex])")) code.tabIndex = 0;
}

function look() {
  makeStops();
  if (wanted) giveTo(`st-key-${wanted}`, 0); // has no effect until the field exists and the page is visible
  if (!isLost()) return;
  giveTo(held.keys[0], held.place);
  clearTimeout(later);
  if (isLost()) later = setTimeout(() => held?.keys.forEach((key) => isLost() && giveTo(key, 0)), waiting);
}

/** Enter in a field of the form presses the form's button, as on other web pages. */
function press({ key, target, isComposing }) {
  if (key !== "Enter" || isComposing || !form || !target.matches("input")) return;
  const pressed = target.closest(`.st-key-${form}`)?.querySelector('[data-testid="stBaseButton-primary"]');
  requestAnimationFrame(() => pressed?.click()); // after Streamlit has read the typed text
}

export default function ({ data }) {
  form = data.form;
  if (first !== data.first) wanted = first = data.first;
  if (!watching) {
    watching = new MutationObserver(look);
    // Observe the head, too, because a style in the head hides the page until it is drawn.
    watching.observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["disabled"] });
    addEventListener("focusin", note);
    addEventListener("keydown", press);
    for (const action of ["click", "keydown", "pointerdown"]) addEventListener(action, () => (document.headingWanted = ""), true);
    // A visitor who clicks outside all controls wants no element to have the focus.
    addEventListener("pointerdown", ({ target }) => target.closest?.(canHave) ?? (held = null));
  }
  look();
}
