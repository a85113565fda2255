const settling = 300; // milliseconds; of all announcements within this time, only the last is read out

const heard = new Map(); // name of the latest event, by part of a page and its content
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
  const place = region(); // screen readers only listen to regions that exist before their text
  const about = `${data.part} ${data.of}`;
  const before = heard.get(about);
  heard.set(about, data.name);
  if (!data.text || before === data.name || (before === undefined && !data.fresh)) return;
  clearTimeout(next);
  next = setTimeout(() => (place.textContent = data.text), settling);
}
