// The diagram of a network, and the weights that move its lines. Mounted twice, once for each: the page draws the
// diagram, its live part brings the weights.

let picture = null; // the mounted diagram
let latest = null; // what was brought last

/** Draw each line of a path as one of its own, once there is something to say of each. */
function split(path) {
  const group = document.createElementNS(path.namespaceURI, "g");
  for (const { name, value } of path.attributes) if (name !== "d") group.setAttribute(name, value);
  for (const line of path.getAttribute("d").split(/(?=M)/)) {
    const made = document.createElementNS(path.namespaceURI, "path");
    made.setAttribute("d", line);
    group.append(made);
  }
  path.replaceWith(group);
}

/** Have lines as wide as their weights are large; the style lets them go there until the next weights come. */
function move() {
  if (!picture) return;
  const { parentElement, data } = picture;
  const weights = latest?.run === data.run ? decoded(latest.weights, Uint8Array) : null;
  if (weights) parentElement.querySelectorAll("path.weights").forEach(split);
  parentElement.querySelectorAll(".weights > path").forEach((line, index) => {
    const share = weights ? (weights[index] - 128) / 127 : 0;
    line.style.stroke = weights ? `rgb(${share > 0 ? ABOVE : BELOW})` : "";
    line.style.strokeWidth = weights ? 0.3 + 2.7 * Math.abs(share) : "";
    line.style.strokeOpacity = weights ? 0.1 + 0.9 * Math.abs(share) : "";
  });
}

export default function (call) {
  const { data, parentElement } = call;
  if (data.weights) {
    latest = data;
  } else {
    if (parentElement.svg !== data.svg) parentElement.innerHTML = parentElement.svg = data.svg;
    picture = call;
  }
  move();
  return () => {
    // The end of an earlier call may come after a later one.
    if (picture === call) picture = null;
    if (latest !== data) return;
    latest = null;
    move();
  };
}
