/* The "Fool it" tool: an image whose pixels a visitor turns black or white, and the result. A click or Enter changes a
   pixel, and a second click restores the pixel. The image is painted here at once; the server gets all changed pixels
   and sends the result. */

const SVG = "http://www.w3.org/2000/svg";

function build(parent) {
  const root = node("div", "fool", parent);
  const left = node("div", "", root);
  const board = node("div", "board", left);
  board.tabIndex = 0;
  board.setAttribute("role", "application");
  const canvas = node("canvas", "", board);
  const marks = board.appendChild(document.createElementNS(SVG, "svg"));
  marks.setAttribute("aria-hidden", "true");
  const lead = node("div", "lead", root);
  const commands = node("div", "commands", root);
  const parts = { board, canvas, marks, lead, undo: button("undo", commands), clear: button("clear", commands) };
  parts.best = node("span", "best", commands);
  parts.said = node("div", "spoken", root);
  parts.said.setAttribute("aria-live", "polite");
  return Object.assign(root, { parts, cells: [], image: null, at: null });
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".fool") ?? build(parentElement);
  const { board, canvas, marks, lead, undo, clear, best, said } = root.parts;
  const { side, words } = data;
  if (root.image !== data.image) Object.assign(root, { image: data.image, cells: data.cells, at: null });
  const pixels = decoded(data.pixels, Uint8Array);
  const turned = (place) => (pixels[place] < 128 ? 255 : 0);

  function draw() {
    const image = new ImageData(side, side);
    pixels.forEach((value, i) => image.data.set([value, value, value, 255], 4 * i));
    for (const place of root.cells) image.data.fill(turned(place), 4 * place, 4 * place + 3);
    canvas.width = canvas.height = side;
    canvas.getContext("2d").putImageData(image, 0, 0);
    const box = (place, name) =>
      `<rect class="${name}" x="${place % side}" y="${Math.floor(place / side)}" width="1" height="1"/>`;
    const boxes = [...data.shown.map((each) => box(each, "theirs")), ...root.cells.map((each) => box(each, "mine"))];
    marks.innerHTML = boxes.join("") + (root.at === null ? "" : box(root.at, "cursor"));
    undo.disabled = clear.disabled = !root.cells.length;
  }
  function change(cells) {
    root.cells = cells;
    draw();
    setStateValue("painted", { image_checksum: data.image, painted_cells: cells });
  }
  const paint = (place) =>
    change(root.cells.includes(place) ? root.cells.filter((each) => each !== place) : [...root.cells, place]);

  marks.setAttribute("viewBox", `0 0 ${side} ${side}`);
  board.setAttribute("aria-label", words.board);
  undo.textContent = words.undo;
  clear.textContent = words.clear;
  best.textContent = words.best;
  undo.onclick = () => change(root.cells.slice(0, -1));
  clear.onclick = () => change([]);
  canvas.onclick = (event) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const to = (position) => Math.max(0, Math.min(side - 1, Math.floor((position / width) * side)));
    root.at = null;
    paint(to(event.clientY - top) * side + to(event.clientX - left));
  };
  board.onkeydown = (event) => {
    const middle = Math.floor(side / 2) * (side + 1);
    const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (by) {
      const from = root.at ?? middle;
      const [row, column] = [Math.floor(from / side) + by[0], (from % side) + by[1]];
      root.at = row >= 0 && row < side && column >= 0 && column < side ? row * side + column : from;
      said.textContent = words.here.replace("{row}", Math.floor(root.at / side)).replace("{column}", root.at % side);
      draw();
    } else if (event.key === "Enter" || event.key === " ") paint((root.at ??= middle));
    else return;
    event.preventDefault();
  };
  draw();
  lead.innerHTML = data.lead;
}
