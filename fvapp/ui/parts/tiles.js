// Pictures in a grid: values under the pointer, arrow keys from one to the next, a click that says which cell.

const ABOVE = [213, 94, 0]; // orange
const BELOW = [0, 114, 178]; // blue

const decoded = (text, Kind) => new Kind(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

/** Paint one picture. Signed values are colours as opaque as they are large, so that 0 is the paper. */
function paint(canvas, values, under, signed) {
  const image = new ImageData(canvas.width, canvas.height);
  for (let i = 0; i < values.length; i++) {
    const at = 4 * i;
    if (signed) {
      const share = Math.min(1, Math.abs(values[i]) / 127);
      const colour = values[i] > 0 ? ABOVE : BELOW;
      const ink = under ? (0.35 * under[i]) / 255 : 0;
      const alpha = share + ink * (1 - share);
      for (let c = 0; c < 3; c++) {
        image.data[at + c] = alpha ? (colour[c] * share + 128 * ink * (1 - share)) / alpha : 0;
      }
      image.data[at + 3] = 255 * alpha;
    } else {
      image.data.fill(values[i], at, at + 3);
      image.data[at + 3] = 255;
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".tiles");
  if (!root) {
    root = document.createElement("div");
    root.className = "tiles";
    const said = document.createElement("div");
    said.className = "said";
    said.setAttribute("aria-live", "polite");
    parentElement.append(root, said);
  }
  const said = parentElement.querySelector(".said");
  said.hidden = !data.hint;
  const signed = data.kind === "signed";
  const values = decoded(data.values, signed ? Int8Array : Uint8Array);
  const under = data.under ? decoded(data.under, Uint8Array) : null;
  const { height, width } = data;
  const count = data.captions.length;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", data.label);
  root.style.gridTemplateColumns = `repeat(auto-fill, minmax(${data.size}px, ${data.stretch ? "1fr" : `${data.size + 6}px`}))`;
  root.style.setProperty("--shape", `${width} / ${height}`);

  const kind = data.clickable ? "BUTTON" : "DIV";
  while (root.children.length > count || (root.firstChild && root.firstChild.tagName !== kind)) root.lastChild.remove();
  while (root.children.length < count) {
    const tile = document.createElement(kind);
    tile.className = "tile";
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    tile.append(canvas, document.createElement("span"));
    root.append(tile);
  }
  const cell = (canvas, event) => {
    const box = canvas.getBoundingClientRect();
    const at = (share, size) => Math.max(0, Math.min(size - 1, Math.floor(share * size)));
    return {
      row: at((event.clientY - box.top) / box.height, height),
      column: at((event.clientX - box.left) / box.width, width),
    };
  };
  const value = (tile, { row, column }) => {
    const raw = values[(tile * height + row) * width + column];
    return signed ? (raw / 127) * data.scales[tile] : raw;
  };
  [...root.children].forEach((tile, index) => {
    const [canvas, caption] = tile.children;
    canvas.width = width;
    canvas.height = height;
    paint(canvas, values.subarray(index * height * width, (index + 1) * height * width), under, signed);
    canvas.setAttribute("aria-label", data.labels[index]);
    caption.textContent = data.captions[index];
    caption.hidden = !data.captions[index];
    if (data.clickable) {
      tile.setAttribute("aria-pressed", String(index === data.chosen));
      tile.tabIndex = index === Math.max(0, data.chosen) ? 0 : -1;
    }
    tile.onpointermove = (event) => {
      if (!data.hint) return;
      const place = cell(canvas, event);
      const number = value(index, place);
      said.textContent = data.hint
        .replace("{name}", data.captions[index] || data.labels[index])
        .replace("{row}", place.row)
        .replace("{column}", place.column)
        .replace("{value}", (signed && number > 0 ? "+" : "") + number.toFixed(signed ? 3 : 0));
    };
    tile.onpointerleave = () => (said.textContent = "");
    tile.onclick = (event) => {
      if (!data.clickable) return;
      const place = event.detail ? cell(canvas, event) : { row: -1, column: -1 }; // by key: the tile as a whole
      setTriggerValue("clicked", { tile: index, ...place });
    };
    tile.onkeydown = (event) => {
      const columns = getComputedStyle(root).gridTemplateColumns.split(" ").length;
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
      const next = step && root.children[index + step];
      if (!next) return;
      event.preventDefault();
      for (const each of root.children) each.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    };
  });
}
