/* A grid of pictures that shows the value under the pointer. Arrow keys move from one picture to the next, and a click
   reports its cell. Where single cells can be examined, a resting pointer chooses a cell, and so do arrow keys after
   Enter. */

const REST = 200; // milliseconds that a pointer must stay in a cell to rest there

const same = (a, b) => a && b && a.tile === b.tile && a.row === b.row && a.column === b.column;

/** Paint a picture. The larger a signed value, the more opaque its colour, so that 0 shows the background. */
function paint(canvas, values, under, signed) {
  const image = new ImageData(canvas.width, canvas.height);
  for (let i = 0; i < values.length; i++) {
    const at = 4 * i;
    if (signed) {
      const share = Math.min(1, Math.abs(values[i]) / 127);
      const tint = values[i] > 0 ? ABOVE : BELOW;
      const ink = under ? (0.35 * under[i]) / 255 : 0;
      const alpha = share + ink * (1 - share);
      for (let c = 0; c < 3; c++) {
        image.data[at + c] = alpha ? (tint[c] * share + 128 * ink * (1 - share)) / alpha : 0;
      }
      image.data[at + 3] = 255 * alpha;
    } else {
      image.data.fill(values[i], at, at + 3);
      image.data[at + 3] = 255;
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Outline a cell, or a window of cells. */
function outline(mark, box, height, width) {
  mark.hidden = !box;
  if (!box) return;
  mark.style.left = `${(100 * box.column) / width}%`;
  mark.style.top = `${(100 * box.row) / height}%`;
  mark.style.width = `${(100 * box.columns) / width}%`;
  mark.style.height = `${(100 * box.rows) / height}%`;
}

function makeTile(kind, root) {
  const tile = node(kind, "tile", root);
  const frame = node("span", "frame", tile);
  const canvas = Object.assign(node("canvas", "", frame), { role: "img" });
  const mark = node("i", "mark", frame);
  const rows = node("span", "rows", frame);
  tile.parts = { canvas, mark, rows, line: node("span", "text", tile), caption: node("span", "caption", tile) };
}

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".tiles");
  if (!root) {
    root = node("div", "tiles", parentElement);
    node("div", "said", parentElement).ariaLive = "polite";
    /* over: the cell to choose; waiting: whether the server has yet to answer the last choice; pinned: whether the
       pointer must leave the grid before it chooses another cell; keys: whether arrow keys move from cell to cell. */
    parentElement.choosing = { over: null, waiting: false, pinned: false, keys: false, timer: 0 };
  }
  const state = parentElement.choosing;
  const said = parentElement.querySelector(".said");
  said.hidden = !data.hint;
  const signed = data.kind === "signed";
  const values = decoded(data.values, signed ? Int8Array : Uint8Array);
  const under = data.under ? decoded(data.under, Uint8Array) : null;
  const { height, width } = data;
  const count = data.captions.length;
  Object.assign(root, { role: "group", ariaLabel: data.label });
  root.style.gridTemplateColumns = `repeat(auto-fill, minmax(${data.size}px, ${data.stretch ? "1fr" : `${data.size + 6}px`}))`;
  root.style.setProperty("--shape", `${width} / ${height}`);

  const kind = data.clickable ? "BUTTON" : "DIV";
  while (root.children.length > count || (root.firstChild && root.firstChild.tagName !== kind)) root.lastChild.remove();
  while (root.children.length < count) makeTile(kind, root);

  const within = (number, size) => Math.max(0, Math.min(size - 1, number));
  const cell = (canvas, event) => {
    const box = canvas.getBoundingClientRect();
    return {
      row: within(Math.floor(((event.clientY - box.top) / box.height) * height), height),
      column: within(Math.floor(((event.clientX - box.left) / box.width) * width), width),
    };
  };
  const say = (tile, { row, column }) => {
    if (!data.hint) return;
    const raw = values[(tile * height + row) * width + column];
    const number = signed ? (raw / 127) * data.scales[tile] : raw;
    said.textContent = data.hint
      .replace("{name}", data.captions[tile] || data.labels[tile])
      .replace("{row}", row)
      .replace("{column}", column)
      .replace("{value}", (signed && number > 0 ? "+" : "") + number.toFixed(signed ? 3 : 0));
  };
  const choose = (place) => {
    clearTimeout(state.timer);
    state.waiting = true;
    setTriggerValue("clicked", place);
  };
  /** Choose a cell once the pointer or the keys have rested on it, and the server has answered the last choice. */
  const settle = () => {
    clearTimeout(state.timer);
    if (!data.rests || !state.over || state.waiting || same(state.over, data.marked)) return;
    state.timer = setTimeout(() => choose(state.over), REST);
  };
  // The outline follows the keys at once, before the server answers.
  let marked = state.keys && data.marked && state.over ? { ...data.marked, ...state.over } : data.marked;
  const drawMark = () =>
    [...root.children].forEach(({ parts }, index) => outline(parts.mark, marked?.tile === index && marked, height, width));

  [...root.children].forEach((tile, index) => {
    const { canvas, caption, line, rows } = tile.parts;
    rows.hidden = !data.rows.length;
    rows.replaceChildren(...data.rows.map((sign) => Object.assign(document.createElement("b"), { textContent: sign })));
    Object.assign(canvas, { width, height, ariaLabel: `${data.lines[index]} ${data.labels[index]}`.trim() });
    line.textContent = data.lines[index];
    line.hidden = !data.lines[index];
    paint(canvas, values.subarray(index * height * width, (index + 1) * height * width), under, signed);
    caption.textContent = data.captions[index];
    caption.hidden = !data.captions[index];
    if (data.clickable) {
      tile.setAttribute("aria-pressed", String(index === data.chosen));
      tile.tabIndex = index === Math.max(0, data.chosen) ? 0 : -1;
    }
    tile.onpointermove = (event) => {
      const place = cell(canvas, event);
      say(index, place);
      if (!data.rests || state.pinned || event.pointerType === "touch" || event.target !== canvas) return;
      const now = { tile: index, ...place };
      if (same(now, state.over)) return;
      state.over = now;
      settle();
    };
    tile.onpointerleave = () => {
      said.textContent = "";
      state.over = null;
      clearTimeout(state.timer);
    };
    tile.onclick = (event) => {
      if (!data.clickable) return;
      const byKey = !event.detail;
      state.over = null;
      state.pinned = !byKey;
      state.keys = byKey && data.rests;
      // a key press chooses the whole picture
      choose({ tile: index, ...(byKey ? { row: -1, column: -1 } : cell(canvas, event)) });
    };
    tile.onkeydown = (event) => {
      if (event.key === "Escape") state.keys = false;
      if (!state.keys || marked?.tile !== index) {
        goByArrow(event, root, index);
        return;
      }
      const [down, right] = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key] ?? [];
      if (down === undefined) return;
      event.preventDefault();
      const { row, column } = marked;
      state.over = { tile: index, row: within(row + down, height), column: within(column + right, width) };
      marked = { ...marked, ...state.over };
      drawMark();
      say(index, state.over);
      settle();
    };
    tile.onblur = () => (state.keys = false);
  });
  root.onpointerleave = () => (state.pinned = false);
  drawMark();
  state.waiting = false;
  settle();
  return () => clearTimeout(state.timer);
}
