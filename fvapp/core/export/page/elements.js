// Functions for texts, elements and colours, shared by components of the app's pages and by take-home files.

/** Replace the placeholders in braces by values. */
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Return a colour of the page's style sheet as red, green and blue values from 0 to 255. */
const colour = (name) => {
  const hex = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
};

const node = (kind, name, parent, text = "") => {
  const made = document.createElement(kind);
  if (name) made.className = name;
  made.textContent = text;
  return parent.appendChild(made);
};

const button = (name, parent, text = "", onclick = null) =>
  Object.assign(node("button", name, parent, text), { type: "button", onclick });
