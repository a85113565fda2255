const settling = 300; // of what comes within this time the last is said

const heard = new Map(); // the name of what happened last, for each part of the pages and what it shows
let next = null;

function region() {
  let found = document.getElementById("fvapp-said");
  if (!found) {
    found = Object.assign(node("div", "", document.body), { id: "fvapp-said", role: "status" });
    found.style.cssText = "position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
  }
  return found;
}

export default function ({ data }) {
  const place = region(); // there before it has anything to say, else a reader does not listen to it
  const about = `${data.part} ${data.of}`;
  const before = heard.get(about);
  heard.set(about, data.name);
  if (!data.text || before === data.name || (before === undefined && !data.fresh)) return;
  clearTimeout(next);
  next = setTimeout(() => (place.textContent = data.text), settling);
}
