// The canvas: strokes of mouse, finger, pen and keys. The server is told at pen up, and keeps what it was told for the
// session; this tab keeps the drawing of each data set over a refresh.

const SIZE = 280; // units a side
const CELL = 10; // of them for each pixel of the 28x28 image
const CELLS = SIZE / CELL;
const NEAREST = 1; // units between two points of a stroke
const QUIET = 200; // ms without a key before the place is said: a key that is held says it once
const PATIENCE = 2000; // ms
const MOST_TIMES = 5;
const STORE = "fvapp.drawings";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NOTHING = { id: null, strokes: [], pens: [] };

const drawings = restored(); // by data set; a drawing never changes, another one takes its place
const chosen = {}; // pen by data set
const boards = new WeakMap();
const latest = new Map(); // board by data set
const paths = new WeakMap(); // of finished strokes
let left = 0; // workspaces this tab has left

function isDrawing(drawing) {
  const { id, strokes, pens } = drawing ?? {};
  const lists = Array.isArray(strokes) && Array.isArray(pens) && strokes.length === pens.length;
  return typeof id === "string" && lists && strokes.every((points) => Array.isArray(points) && points.length);
}

function restored() {
  try {
    const kept = Object.entries(JSON.parse(sessionStorage.getItem(STORE)) ?? {});
    return new Map(kept.filter(([, drawing]) => isDrawing(drawing)));
  } catch {
    return new Map(); // no storage, or something else in it
  }
}

function keep() {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(Object.fromEntries(drawings)));
  } catch {} // a drawing then lasts as long as the page
}

/** Forget what was drawn in a workspace that this tab has left. */
function forget(workspaces) {
  if (workspaces > left) {
    drawings.clear();
    latest.clear();
    keep();
  }
  left = workspaces;
}

/** Return the way of a pen: from middle to middle of its points, round the corners. */
function pathOf(points) {
  const path = new Path2D();
  path.moveTo(...points[0]);
  for (let i = 1; i < points.length - 1; i++) {
    const [[x, y], [nextX, nextY]] = [points[i], points[i + 1]];
    path.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  const [x, y] = points.at(-1);
  path.lineTo(x + (points.length === 1 ? 0.01 : 0), y); // a way of no length is not drawn
  return path;
}

function element(kind, className, ...children) {
  const made = document.createElement(kind);
  made.className = className;
  made.append(...children);
  return made;
}

class Board {
  constructor(parent) {
    this.history = [];
    this.fresh = { strokes: [], pens: [] }; // what the pen has drawn since it came down
    this.pointer = null;
    this.column = this.row = CELLS / 2;
    this.penDown = this.held = this.focused = false;
    this.build(parent);
    this.listen();
  }

  build(parent) {
    this.canvas = element("canvas", "");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-describedby", "keys");
    this.hint = element("p", "hint");
    this.hint.setAttribute("aria-hidden", "true");
    this.keys = element("p", "keys");
    this.keys.id = "keys";
    this.cursor = element("div", "cursor");
    this.paper = element("div", "paper", this.canvas, this.hint, this.cursor, this.keys);
    this.pens = element("div", "pens");
    this.pens.setAttribute("role", "radiogroup");
    this.undoButton = element("button", "");
    this.clearButton = element("button", "");
    for (const button of [this.undoButton, this.clearButton]) button.type = "button";
    const clear = element("span", "st-key-canvas_clear", this.clearButton); // named as fields of the page are
    const undo = element("span", "st-key-canvas_undo", this.undoButton);
    this.said = element("div", "said");
    this.said.setAttribute("aria-live", "polite");
    this.root = element("div", "board", this.paper, element("div", "tools", this.pens, undo, clear), this.said);
    parent.append(this.root);
  }

  listen() {
    const { canvas } = this;
    canvas.onpointerdown = (event) => this.pointerDown(event);
    canvas.onpointermove = (event) => this.pointerMove(event);
    canvas.onpointerup = canvas.onpointercancel = canvas.onlostpointercapture = (event) => this.pointerUp(event);
    canvas.onkeydown = (event) => this.key(event);
    canvas.onkeyup = (event) => event.key === " " && this.spaceUp();
    canvas.onfocus = () => (this.focused = true);
    canvas.onblur = () => queueMicrotask(() => this.leave());
    this.undoButton.onclick = () => this.undo();
    this.clearButton.onclick = () => this.clear();
    const observer = new ResizeObserver(() => this.paint());
    try {
      observer.observe(canvas, { box: "device-pixel-content-box" }); // tells of zooming too
    } catch {
      observer.observe(canvas);
    }
  }

  update(call) {
    const first = !this.call;
    this.call = call;
    const { data } = call;
    const { words } = data;
    forget(data.left);
    if (first) this.follow(latest.get(data.dataset));
    latest.set(data.dataset, this);
    this.root.style.setProperty("--side", `${data.side}px`);
    this.canvas.setAttribute("aria-label", words.label);
    this.hint.textContent = words.hint;
    this.keys.textContent = words.keys;
    this.undoButton.textContent = words.undo;
    this.clearButton.textContent = words.clear;
    this.pens.setAttribute("aria-label", words.pen);
    this.showPens();
    this.show();
    // What this tab kept while the server forgot it: after a refresh.
    if (first && this.drawing.id && this.drawing.id !== data.known) this.tell();
  }

  /** Lift the pen of somebody who goes elsewhere, unless it was the canvas that went. */
  leave() {
    if (!this.canvas.isConnected) return;
    this.focused = false;
    this.lift();
    this.paper.classList.remove("by-key");
  }

  /** Go on where a canvas was that Streamlit has just put this one in the place of, perhaps in the middle of a stroke. */
  follow(before) {
    if (!before || before === this || before.canvas.isConnected) return;
    const { history, column, row } = before;
    Object.assign(this, { history, column, row });
    this.show();
    if (!before.focused || document.activeElement !== document.body) return;
    const { fresh, pointer, penDown, held, drewWhileHeld, outside } = before;
    Object.assign(this, { fresh, pointer, penDown, held, drewWhileHeld, outside });
    this.paper.className = before.paper.className;
    this.canvas.focus({ preventScroll: true });
    if (pointer === null) return;
    try {
      this.canvas.setPointerCapture(pointer);
    } catch {
      this.pointer = null; // it is up by now
      this.finish();
    }
  }

  get drawing() {
    return drawings.get(this.call.data.dataset) ?? NOTHING;
  }

  get pen() {
    const { data } = this.call;
    return data.pens[chosen[data.dataset] ?? 1];
  }

  showPens() {
    const { pens, words, dataset } = this.call.data;
    const largest = Math.max(...pens);
    if (this.pens.children.length !== pens.length) {
      this.pens.replaceChildren(
        ...pens.map((width, index) => {
          const field = element("input", "");
          Object.assign(field, { type: "radio", name: "pen" });
          field.onchange = () => (chosen[dataset] = index);
          const dot = element("span", "dot");
          dot.style.setProperty("--width", `${(20 * width) / largest}px`);
          return element("label", "", field, dot);
        })
      );
    }
    [...this.pens.children].forEach((label, index) => {
      label.title = words.pens[index];
      label.firstChild.setAttribute("aria-label", words.pens[index]);
      label.firstChild.checked = index === (chosen[dataset] ?? 1);
    });
  }

  /** Show the drawing, and what can be done with it. */
  show() {
    const { strokes } = this.drawing;
    this.hint.hidden = strokes.length > 0 || this.fresh.strokes.length > 0;
    // Not `disabled`: the focus would be gone with the last stroke.
    this.undoButton.setAttribute("aria-disabled", String(!strokes.length && !this.history.length));
    this.clearButton.setAttribute("aria-disabled", String(!strokes.length));
    this.cursor.style.left = `${(100 * this.column) / CELLS}%`;
    this.cursor.style.top = `${(100 * this.row) / CELLS}%`;
    this.cursor.classList.toggle("down", this.penDown);
    if (this.painting) return;
    this.painting = true;
    requestAnimationFrame(() => {
      this.painting = false;
      this.paint();
    });
  }

  paint() {
    const { canvas, fresh } = this;
    if (!this.call || !canvas.clientWidth) return;
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.setTransform(side / SIZE, 0, 0, side / SIZE, 0, 0);
    context.clearRect(0, 0, SIZE, SIZE);
    context.strokeStyle = this.call.data.colour;
    context.lineCap = context.lineJoin = "round";
    const { strokes, pens } = this.drawing;
    strokes.forEach((points, index) => {
      if (!paths.has(points)) paths.set(points, pathOf(points));
      context.lineWidth = pens[index];
      context.stroke(paths.get(points));
    });
    fresh.strokes.forEach((points, index) => {
      context.lineWidth = fresh.pens[index];
      context.stroke(pathOf(points));
    });
  }

  // The pen, whoever holds it.

  begin(point) {
    this.fresh.strokes.push([point]);
    this.fresh.pens.push(this.pen);
    this.outside = false;
    this.show();
  }

  /** Draw on to a point. What is outside is not drawn: a stroke ends at the edge and another begins there. */
  extend([x, y]) {
    const inside = [x, y].map((value) => Math.max(0, Math.min(SIZE, value)));
    const isOutside = inside[0] !== x || inside[1] !== y;
    if (this.outside) {
      if (!isOutside) this.begin(inside);
      return;
    }
    const points = this.fresh.strokes.at(-1);
    const [lastX, lastY] = points.at(-1);
    if (Math.hypot(inside[0] - lastX, inside[1] - lastY) >= NEAREST) points.push(inside);
    this.outside = isOutside;
    this.show();
  }

  finish() {
    const { fresh } = this;
    this.fresh = { strokes: [], pens: [] };
    if (!fresh.strokes.length) return;
    const { strokes, pens } = this.drawing;
    this.change([...strokes, ...fresh.strokes], [...pens, ...fresh.pens]);
  }

  change(strokes, pens) {
    this.history.push(this.drawing);
    this.take({ strokes, pens });
  }

  take({ strokes, pens }) {
    drawings.set(this.call.data.dataset, { id: `${Date.now()}-${Math.random()}`, strokes, pens });
    keep();
    this.show();
    this.tell();
  }

  /** Tell the server, again if it does not say that it knows: a page drawn anew meanwhile has lost the message. */
  tell(times = 1) {
    this.call.setStateValue("drawing", this.drawing);
    clearTimeout(this.telling);
    if (times === MOST_TIMES) return;
    this.telling = setTimeout(() => {
      if (this.call.data.known !== this.drawing.id) this.tell(times + 1);
    }, PATIENCE);
  }

  undo() {
    const { strokes, pens } = this.drawing;
    const shorter = { strokes: strokes.slice(0, -1), pens: pens.slice(0, -1) }; // after a refresh that is all one knows
    const before = this.history.pop() ?? (strokes.length ? shorter : null);
    if (!before) return;
    this.take(before);
    this.say("undone");
  }

  clear() {
    if (!this.drawing.strokes.length) return;
    this.change([], []);
    this.say("cleared");
  }

  // Mouse, finger and pen: the first one counts, others are ignored while it draws.

  place(event) {
    const { left: x, top: y, width, height } = this.canvas.getBoundingClientRect();
    const rounded = (value) => Math.round(10 * value) / 10;
    return [rounded((SIZE * (event.clientX - x)) / width), rounded((SIZE * (event.clientY - y)) / height)];
  }

  pointerDown(event) {
    if (this.pointer !== null || !event.isPrimary || event.button !== 0) return;
    this.lift();
    this.paper.classList.remove("by-key");
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.begin(this.place(event));
  }

  pointerMove(event) {
    if (event.pointerId !== this.pointer) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const each of between.length ? between : [event]) this.extend(this.place(each));
  }

  pointerUp(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.finish();
  }

  // Keys: a cursor of one pixel of the 28x28 image, whose middle is where the pen is.

  get middle() {
    return [CELL * (this.column + 0.5), CELL * (this.row + 0.5)];
  }

  key(event) {
    if (this.pointer !== null || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== "z") return;
      event.preventDefault();
      this.undo();
      return;
    }
    const act = ARROWS[event.key]
      ? () => this.step(...ARROWS[event.key])
      : { " ": () => event.repeat || this.space(), Delete: () => this.back(), Backspace: () => this.back() }[event.key];
    if (event.key === "Escape") {
      this.lift();
      this.undoButton.focus();
    } else if (act) {
      event.preventDefault(); // the page would scroll
      this.paper.classList.add("by-key");
      act();
    }
  }

  step(right, down) {
    const column = Math.max(0, Math.min(CELLS - 1, this.column + right));
    const row = Math.max(0, Math.min(CELLS - 1, this.row + down));
    const atEdge = column === this.column && row === this.row;
    Object.assign(this, { column, row });
    if (this.penDown) {
      this.extend(this.middle);
      this.drewWhileHeld = this.held;
    }
    this.show();
    this.say(atEdge ? "edge" : this.penDown ? "drawing" : "here");
  }

  /** Lower the pen, or lift it. */
  space() {
    if (this.penDown) {
      this.lift();
      return;
    }
    this.held = this.penDown = true;
    this.drewWhileHeld = false;
    this.begin(this.middle);
    this.say("down");
  }

  /** Lift the pen of somebody who held the key while they drew; who only pressed it draws until they press it again. */
  spaceUp() {
    this.held = false;
    if (this.drewWhileHeld) this.lift();
  }

  lift() {
    if (!this.penDown) return;
    this.penDown = this.held = this.drewWhileHeld = false;
    this.finish();
    this.show();
    this.say("up");
  }

  /** Take back the last step, or the last stroke when the pen is up. */
  back() {
    if (!this.penDown) {
      this.undo();
      return;
    }
    const points = this.fresh.strokes.at(-1);
    points.pop();
    if (points.length) {
      [this.column, this.row] = points.at(-1).map((value) => Math.floor(value / CELL));
      this.show();
      this.say("drawing");
      return;
    }
    this.fresh = { strokes: [], pens: [] };
    this.penDown = false;
    this.show();
    this.say("undone");
  }

  say(what) {
    const { words } = this.call.data;
    const text = words[what].replace("{row}", this.row + 1).replace("{column}", this.column + 1);
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (this.said.textContent = text), QUIET);
  }
}

export default function (call) {
  const { parentElement } = call;
  if (!boards.has(parentElement)) boards.set(parentElement, new Board(parentElement));
  const board = boards.get(parentElement);
  board.update(call);
  return () => {
    clearTimeout(board.telling);
    latest.get(call.data.dataset)?.follow(board); // the other one was there before this one went
  };
}
