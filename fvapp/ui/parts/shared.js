// What scripts of components share; it goes before each of them.

const ABOVE = [213, 94, 0]; // orange: above 0
const BELOW = [0, 114, 178]; // blue: below

const decoded = (text, Kind) => new Kind(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

const node = (kind, name, parent) => {
  const made = document.createElement(kind);
  if (name) made.className = name;
  parent.append(made);
  return made;
};

