/* The diagram of a network, and the weights that move its lines. The component is mounted twice: by the page with the
   diagram, and by the part of the page that shows a run, with the weights. Moving lines are drawn on a canvas behind
   the rest of the picture: with the processor slowed down six times, 171 SVG shapes that change colour and width left
   only 14 to 26 frames per second. */

const MOVE = 500; // milliseconds in which lines move to their new weights
const JUMP = 50; // maximum milliseconds counted between two frames: no frames are drawn while charts are being drawn

const still = matchMedia("(prefers-reduced-motion: reduce)");
let picture = null; // the diagram that is mounted now
let latest = null; // the latest weights

function build(parent, svg) {
  let box = parent.querySelector(".network"); // skip the style element, which has the same parent
  if (!box) {
    box = node("div", "network", parent);
    new ResizeObserver(() => fit(parent.drawn)).observe(box);
  }
  box.innerHTML = svg;
  const canvas = Object.assign(node("canvas", "", box), { ariaHidden: "true" });
  box.prepend(canvas);
  const paths = [...box.querySelectorAll("path.weights")];
  const ends = paths.flatMap((path) => path.getAttribute("d").match(/[\d.]+/g).map(Number));
  const shares = new Float32Array(ends.length / 4);
  return { svg, box, canvas, paths, ends, shares, from: shares, to: shares, way: 1, at: 0, request: 0 };
}

/** Fit the canvas to its size in device pixels, and align its coordinates with those of the picture. */
function fit(drawn) {
  const place = drawn.paths[0]?.getScreenCTM();
  if (!place) return;
  const { canvas } = drawn;
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const size = { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) };
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  const moved = new DOMMatrix().scale(devicePixelRatio).translate(-left, -top);
  drawn.matrix = moved.multiply(DOMMatrix.fromMatrix(place));
  draw(drawn);
}

/** Draw each line with a width and colour for its weight, on the way from the previous weight to the latest. */
function draw(drawn) {
  const { canvas, ends, shares, from, to, matrix } = drawn;
  const context = canvas.getContext("2d");
  const now = performance.now();
  drawn.way = still.matches ? 1 : Math.min(1, drawn.way + Math.min(now - drawn.at, JUMP) / MOVE);
  drawn.at = now;
  context.resetTransform();
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(matrix);
  for (let line = 0; line < shares.length; line++) {
    const share = (shares[line] = from[line] + drawn.way * (to[line] - from[line]));
    context.strokeStyle = `rgba(${share > 0 ? ABOVE : BELOW}, ${0.1 + 0.9 * Math.abs(share)})`;
    context.lineWidth = 0.3 + 2.7 * Math.abs(share);
    context.beginPath();
    context.moveTo(ends[4 * line], ends[4 * line + 1]);
    context.lineTo(ends[4 * line + 2], ends[4 * line + 3]);
    context.stroke();
  }
  cancelAnimationFrame(drawn.request);
  if (drawn.way < 1) drawn.request = requestAnimationFrame(() => draw(drawn));
}

function move() {
  if (!picture) return;
  const { drawn } = picture.parentElement;
  const weights = latest?.run === picture.data.run ? decoded(latest.weights, Uint8Array) : null;
  drawn.box.classList.toggle("moves", weights !== null);
  if (!weights) return;
  drawn.from = drawn.shares.slice();
  drawn.to = Float32Array.from(drawn.shares, (_, line) => (weights[line] - 128) / 127);
  Object.assign(drawn, { way: 0, at: performance.now() });
  fit(drawn);
}

export default function (call) {
  const { data, parentElement } = call;
  if (data.weights) {
    latest = data;
  } else {
    if (parentElement.drawn?.svg !== data.svg) parentElement.drawn = build(parentElement, data.svg);
    picture = call;
  }
  move();
  return () => {
    // The component may already have been called again.
    if (picture === call) picture = null;
    if (latest !== data) return;
    latest = null;
    move();
  };
}
