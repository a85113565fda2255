/* The film of a run's training: class probabilities of one image, pictures of neurons, test images on the class wheel.
   The server sends everything once; playing needs no server. */

const FRAMES_A_SECOND = 1.6; // frames of the film per second; the browser interpolates between them
const READABLE = 150; // milliseconds that a number stays while playing: new text changes the page's layout, bars do not

function build(root, data) {
  root.replaceChildren();
  const { play, range } = player(root, "any");
  range.max = data.titles.length - 1;
  range.setAttribute("aria-label", data.words.slider);
  const when = Object.assign(node("div", "when", root), { ariaLive: "polite" });
  const stage = node("div", "stage", root);
  const left = node("div", "", stage);
  const bars = node("div", "bars", left);
  const rows = data.names.map((name) => {
    node("span", "name", bars, name);
    return node("span", "share", bars);
  });
  // all bars share a canvas, because ten moving elements would make the browser repaint the whole page
  const lengths = node("canvas", "lengths", bars);
  lengths.ariaHidden = "true";
  lengths.style.gridRow = `1 / span ${rows.length}`;
  const small = node("div", "small", left);
  const { width, height } = data;
  const tiles = data.tile_labels.map((ariaLabel) =>
    Object.assign(node("canvas", "", small), { width, height, role: "img", ariaLabel }),
  );
  node("div", "note", left, data.words.tiles);
  const right = node("div", "", stage);
  const wheel = Object.assign(node("canvas", "wheel", right), { role: "img", ariaLabel: data.words.wheel });
  node("div", "note", right, data.words.wheel);
  return { play, range, when, rows, lengths, tiles, wheel };
}

export default function ({ data, parentElement }) {
  parentElement.film?.stop();
  const root = parentElement.querySelector(".film") ?? node("div", "film", parentElement);
  const parts = build(root, data);
  const frames = data.titles.length;
  const shares = decoded(data.shares, Float32Array);
  const pictures = decoded(data.pictures, Int8Array);
  const dots = decoded(data.dots, Int8Array);
  const labels = decoded(data.labels, Uint16Array);
  const mine = decoded(data.mine, Int8Array);
  const classes = data.names.length;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let at = frames - 1;
  let playing = false;
  let before = 0;
  let request = 0;
  let shown = -1;
  let written = 0;

  const between = (values, index, size) => {
    const low = Math.floor(at);
    const rest = at - low;
    const high = Math.min(frames - 1, low + 1);
    return values[low * size + index] * (1 - rest) + values[high * size + index] * rest;
  };

  // Sizes are measured before playing: measuring would make the browser lay out the whole page for each frame.
  let side = 1;
  let ink = "";
  const rows = { width: 1, height: 1, gap: 0 };
  function measure() {
    const { clientWidth, clientHeight, parentElement } = parts.lengths;
    side = Math.max(1, Math.round(parts.wheel.clientWidth * devicePixelRatio));
    ink = getComputedStyle(root).color;
    rows.width = Math.max(1, Math.round(clientWidth * devicePixelRatio));
    rows.height = Math.max(1, Math.round(clientHeight * devicePixelRatio));
    rows.gap = parseFloat(getComputedStyle(parentElement).rowGap) * devicePixelRatio;
  }
  const byLabel = data.points.map((_, label) => [...labels.keys()].filter((i) => labels[i] === label));

  function drawWheel() {
    const { wheel } = parts;
    if (wheel.width !== side) wheel.width = wheel.height = side;
    const context = wheel.getContext("2d");
    context.clearRect(0, 0, side, side);
    const place = (x, y) => [side / 2 + (x / 127) * side * 0.39, side / 2 - (y / 127) * side * 0.39];
    context.font = `600 ${Math.round(side / 34)}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    data.points.forEach(([x, y], label) => {
      const [left, top] = place(x * 148, y * 148);
      context.fillStyle = data.colours[label];
      const name = data.all_names[label];
      const wide = context.measureText(name).width / 2;
      context.fillText(name, Math.max(wide, Math.min(side - wide, left)), top);
    });
    const size = Math.max(2, side / 130);
    context.globalAlpha = 0.75;
    byLabel.forEach((images, label) => {
      context.fillStyle = data.colours[label];
      for (const i of images) {
        const [left, top] = place(between(dots, 2 * i, 2 * labels.length), between(dots, 2 * i + 1, 2 * labels.length));
        context.fillRect(left - size / 2, top - size / 2, size, size);
      }
    });
    context.globalAlpha = 1;
    const [left, top] = place(between(mine, 0, 2), between(mine, 1, 2));
    context.strokeStyle = ink;
    context.lineWidth = Math.max(2, side / 160);
    context.beginPath();
    context.arc(left, top, side / 55, 0, 2 * Math.PI);
    context.stroke();
  }

  function drawBars(values) {
    const { lengths } = parts;
    const { width, height } = rows;
    if (lengths.width !== width || lengths.height !== height) Object.assign(lengths, { width, height });
    const context = lengths.getContext("2d");
    context.clearRect(0, 0, width, height);
    const step = (height + rows.gap) / values.length;
    const thick = 0.8 * (step - rows.gap);
    const best = values.indexOf(Math.max(...values));
    values.forEach((value, label) => {
      context.fillStyle = `rgb(${colour(label === best ? "training" : "quiet")})`;
      const top = label * step + (step - rows.gap - thick) / 2;
      context.fillRect(0, top, Math.max(devicePixelRatio, value * width), thick);
    });
  }

  function drawTiles(frame) {
    const size = data.width * data.height;
    parts.tiles.forEach((canvas, tile) => {
      const image = new ImageData(data.width, data.height);
      const begin = (frame * data.tiles + tile) * size;
      for (let i = 0; i < size; i++) {
        const value = pictures[begin + i];
        image.data.set(value > 0 ? ABOVE : BELOW, 4 * i);
        image.data[4 * i + 3] = 2 * Math.abs(value);
      }
      canvas.getContext("2d").putImageData(image, 0, 0);
    });
  }

  function draw() {
    const now = Math.round(at);
    const values = parts.rows.map((_, label) => between(shares, label, classes));
    const write = !playing || performance.now() - written > READABLE;
    if (write) written = performance.now();
    parts.rows.forEach((share, label) => {
      const percent = `${(100 * values[label]).toFixed(1)}%`;
      if (write && share.textContent !== percent) share.textContent = percent;
    });
    drawBars(values);
    if (now !== shown) {
      shown = now;
      drawTiles(now);
      parts.when.textContent = data.titles[now];
      parts.range.setAttribute("aria-valuetext", data.titles[now]);
    }
    drawWheel();
    parts.range.value = at;
  }

  function tick(time) {
    const seconds = before ? Math.min(0.1, (time - before) / 1000) : 0;
    before = time;
    at = Math.min(frames - 1, at + seconds * FRAMES_A_SECOND);
    playing = at < frames - 1;
    draw();
    if (playing) request = requestAnimationFrame(tick);
    else say();
  }
  const say = () => (parts.play.textContent = playing ? data.words.pause : data.words.play);

  parts.play.onclick = () => {
    if (still) {
      // For visitors who prefer reduced motion, show one frame after another, without transitions.
      at = at >= frames - 1 ? 0 : Math.min(frames - 1, Math.floor(at) + 1);
      draw();
      return;
    }
    playing = !playing;
    if (playing) {
      measure(); // measure again, because the theme may have changed
      if (at >= frames - 1) at = 0;
      before = 0;
      request = requestAnimationFrame(tick);
    }
    say();
  };
  parts.range.oninput = () => {
    playing = false;
    at = Number(parts.range.value);
    say();
    draw();
  };
  parts.range.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const end = { Home: 0, End: frames - 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    playing = false;
    at = end ?? Math.max(0, Math.min(frames - 1, Math.round(at) + step));
    say();
    draw();
  };
  const size = () => {
    measure();
    draw();
  };
  const sized = new ResizeObserver(size);
  sized.observe(parts.wheel);
  const stop = () => {
    playing = false;
    cancelAnimationFrame(request);
    sized.disconnect();
  };
  parentElement.film = { stop };
  say();
  size();
  return stop;
}
