// What streamlit-drawable-canvas lacks: visible pens, Undo and Clear in the visitor's language, a message when the pen
// is lifted, and a cursor for the arrow keys that announces its position. The app's own layer (the paper) covers the
// library's canvas and receives the pointer's events. The library does all the drawing, and gets the strokes of
// pointers and keys only as mouse events.

const CELLS = 28; // cursor steps along a side, one for each pixel of the network's image
const QUIET = 200; // milliseconds without a key before the position is announced, so that a held key announces it once
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const middleOf = (cell) => cell.map((place) => (place + 0.5) / CELLS); // as shares of the canvas

/** The parts of the library that the app uses. `tests/browser/test_canvas.py` fails if an update changes them. */
class Library {
  constructor(root, canvas) {
    const [send, undo, , , reset] = root.querySelectorAll(".dc-toolbar-card > button");
    this.canvas = canvas;
    this.layers = root.querySelectorAll("canvas");
    this.toolbar = root.querySelector(".dc-toolbar");
    this.canUndo = () => !undo.disabled;
    this.undo = () => undo.click();
    this.send = () => setTimeout(() => send.click()); // once the library has processed the latest event
    this.reset = () => reset.click(); // empties the canvas and its undo history, and also sends the change
    this.picture = () => this.layers[1].toDataURL();
    node("style", "", root, STYLE);
  }

  /** Return the position of a pointer, as shares of the canvas. */
  placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }

  /** Send the library a mouse event ("mousedown", "mousemove" or "mouseup") at a point. */
  tell(kind, [x, y]) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const at = { clientX: left + x * width, clientY: top + y * height };
    this.canvas.dispatchEvent(new MouseEvent(kind, { bubbles: true, composed: true, cancelable: true, view: window, ...at }));
  }

  /** Make the library begin the current stroke again, and draw the stroke up to the current point. */
  redraw([first, ...rest]) {
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.tell("mousedown", first);
    for (const point of rest) this.tell("mousemove", point);
  }
}

class Companion {
  constructor(parent, place) {
    this.place = place;
    this.root = node("div", "companion", parent);
    this.points = []; // points of the current stroke, as shares of the canvas
    this.cell = [CELLS / 2, CELLS / 2]; // column and row of the cursor
    this.kept = null; // how many of the strokes below the library's canvas are shown; null for all
    this.cleared = null; // pictures of what the last clear removed, from top to bottom
    this.restored = null; // pictures of what an undone clear had removed, until the server sends these strokes
    this.undoneClears = 0; // number of times that the visitor has undone a clear
    this.due = 0; // how many strokes to undo as soon as the server has sent them
  }

  update(call) {
    const before = this.call?.data;
    const { clears, html, pen, undone_clears: undoneClears } = call.data;
    this.call = call;
    if (before?.html !== html) this.draw(html);
    if (before?.html !== html || before.pen !== pen) this.pens[pen].checked = true;
    if (undoneClears === this.undoneClears) this.restored = null;
    this.showBelow();
    this.find();
    for (; this.due && !this.restored; this.due--) this.undo();
    if (before && before.clears < clears) this.clear();
    this.show();
  }

  draw(html) {
    this.root.innerHTML = html;
    for (const name of ["paper", "hint", "cursor", "spoken"]) this[name] = this.root.querySelector(`.${name}`);
    this.pens = this.root.querySelectorAll(".pens input");
    [this.undoButton, this.clearButton] = this.root.querySelectorAll("button");
    this.undoButton.onclick = () => this.undo();
    this.clearButton.onclick = () => this.clear();
    this.pens.forEach((field, pen) => (field.onchange = () => this.call.setStateValue("pen", pen)));
    const { paper } = this;
    paper.onpointerdown = (event) => this.press(event);
    paper.onpointermove = (event) => event.pointerId === this.pointer && this.drag(event);
    paper.onpointerup = paper.onpointercancel = (event) => event.pointerId === this.pointer && this.end();
    paper.onkeydown = (event) => this.key(event);
    paper.onkeyup = (event) => event.key === " " && this.points.length > 1 && this.lift();
    paper.onblur = () => this.leave();
  }

  /** Find the library's canvas, which appears when its script has loaded; no event announces it. */
  find() {
    if (!this.paper.isConnected) return;
    const component = this.place.querySelector(`.st-key-${this.call.data.library} [data-testid="stBidiComponentIsolated"]`);
    const canvas = component?.shadowRoot?.querySelector(".upper-canvas");
    if (!canvas) return requestAnimationFrame(() => this.find());
    if (canvas === this.library?.canvas) return;
    this.library = new Library(component.shadowRoot, canvas);
    // The library writes these attributes after each script run, which may have changed its brush and lost the stroke.
    const renewed = new MutationObserver(() => {
      if (this.points.length) this.library.redraw(this.points);
      this.show(); // update the tools, as the canvas may have become empty
    });
    renewed.observe(this.library.toolbar, { subtree: true, attributeFilter: ["data-pinned", "disabled"] });
    this.show();
  }

  /** Keep only the first `strokes` strokes below the library's canvas; null keeps all strokes. */
  keep(strokes) {
    this.kept = strokes;
    this.showBelow();
    this.call.setStateValue("kept", { remaining_strokes: strokes, undone_clears: this.undoneClears });
  }

  /** Show the kept strokes; after an undone clear, show its pictures until the server has the strokes. */
  showBelow() {
    const { below, colour, units } = this.call.data;
    const paths = below.slice(0, this.kept ?? undefined).map(([way, width]) => `<path d="${way}" stroke-width="${width}"/>`);
    const style = `fill="none" stroke="${colour}" stroke-linecap="round" stroke-linejoin="round"`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${units} ${units}" ${style}>${paths.join("")}</svg>`;
    this.pictures = this.restored ?? (paths.length ? [`data:image/svg+xml,${encodeURIComponent(svg)}`] : []);
    this.place.style.setProperty("--below", this.pictures.map((picture) => `url("${picture}")`).join(", ") || "none");
  }

  undo() {
    const { cleared } = this;
    this.cleared = null;
    if (cleared) {
      this.restored = cleared;
      this.undoneClears++;
      this.keep(null);
    } else if (this.library?.canUndo()) {
      this.library.undo();
      this.library.send();
    } else if (this.restored) this.due++;
    else if (this.pictures.length) this.keep((this.kept ?? this.call.data.below.length) - 1);
    else return;
    this.show();
    this.say("undone");
  }

  clear() {
    const canUndo = this.library?.canUndo();
    const { pictures } = this;
    if (!canUndo && !pictures.length) return;
    this.cleared = canUndo ? [this.library.picture(), ...pictures] : pictures;
    this.restored = null;
    if (canUndo) this.library.reset();
    if (pictures.length) this.keep(0);
    this.show();
    this.say("cleared");
  }

  /** Show which tools can be used, and the cursor of the keys. */
  show() {
    const { cell, cleared, points } = this;
    const isEmpty = !this.library?.canUndo() && !this.pictures.length;
    this.hint.hidden = !isEmpty || points.length > 0;
    // `disabled` is not used, because the button would lose the focus when the last stroke is undone.
    this.undoButton.ariaDisabled = String(isEmpty && !cleared);
    this.clearButton.ariaDisabled = String(isEmpty);
    this.cursor.style.translate = cell.map((place) => `${100 * place}%`).join(" ");
    this.cursor.classList.toggle("down", points.length > 0);
  }

  // Methods for strokes, drawn with a pointer or by keys

  press(event) {
    if (!event.isPrimary || event.button || !this.library) return;
    this.end();
    this.paper.setPointerCapture(event.pointerId);
    this.paper.dataset.by = "pointer";
    this.begin(this.library.placeOf(event), event.pointerId);
  }

  drag(event) {
    const between = event.getCoalescedEvents?.() ?? []; // Safari lacks this function before version 18.2
    for (const point of between.length ? between : [event]) this.move(this.library.placeOf(point));
    this.previewing ??= requestAnimationFrame(() => this.preview());
  }

  begin(point, pointer) {
    this.pointer = pointer;
    this.points = [point];
    this.library.tell("mousedown", point);
    this.show();
  }

  move(point) {
    this.points.push(point);
    this.library.tell("mousemove", point);
  }

  end() {
    if (!this.points.length) return;
    this.library.tell("mouseup", this.points.at(-1));
    this.points = [];
    this.pointer = this.cleared = null;
    this.library.send();
    this.show();
  }

  /** Show the strokes on the network's screen as 28 x 28 pixels. The centred picture arrives with the answer. */
  preview() {
    this.previewing = null;
    const screen = document.querySelector(".st-key-seen_28");
    if (!screen || !this.points.length) return;
    const small = Object.assign(document.createElement("canvas"), { width: CELLS, height: CELLS });
    const context = small.getContext("2d");
    for (const layer of this.library.layers) context.drawImage(layer, 0, 0, CELLS, CELLS);
    for (const [globalCompositeOperation, fillStyle] of [["source-in", "white"], ["destination-over", "black"]]) {
      Object.assign(context, { globalCompositeOperation, fillStyle });
      context.fillRect(0, 0, CELLS, CELLS);
    }
    screen.style.setProperty("--live", `url(${small.toDataURL()})`);
    const end = () => screen.style.removeProperty("--live");
    this.answered?.disconnect();
    // If the answer's picture is unchanged, so is its address. Then the end of the script run marks the answer.
    this.answered = new MutationObserver((changes) => {
      if (changes.some(({ attributeName }) => attributeName === "src")) end();
      else requestAnimationFrame(() => requestAnimationFrame(() => !this.points.length && atRest() && end()));
    });
    const attributeFilter = ["src", "data-test-script-state"];
    this.answered.observe(screen, { subtree: true, attributeFilter });
    this.answered.observe(document.querySelector("[data-test-script-state]"), { attributeFilter });
  }

  // Methods for keys, which move a cursor of one pixel of the 28x28 image; the pen is at the cursor's middle.

  key(event) {
    const { key, altKey, ctrlKey, metaKey } = event;
    if (altKey || !this.library) return;
    if (ctrlKey || metaKey) {
      if (key !== "z") return;
      this.undo();
    } else if (key === "Escape") return this.undoButton.focus();
    else {
      if (ARROWS[key]) this.step(ARROWS[key]);
      else if (key === "Delete" || key === "Backspace") this.back();
      else if (key !== " ") return;
      else if (!event.repeat) this.space();
      this.paper.dataset.by = "key";
      this.show();
    }
    event.preventDefault(); // otherwise the page would scroll
  }

  step(by) {
    const cell = this.cell.map((place, axis) => Math.max(0, Math.min(CELLS - 1, place + by[axis])));
    const atEdge = cell.every((place, axis) => place === this.cell[axis]);
    this.cell = cell;
    if (this.points.length && !atEdge) this.move(middleOf(cell));
    this.say(atEdge ? "edge" : this.points.length ? "drawing" : "here");
  }

  /** Lower the pen, or lift it. A key held while drawing lifts the pen when it is released. */
  space() {
    if (this.points.length) return this.lift();
    this.begin(middleOf(this.cell), null);
    this.say("down");
  }

  lift() {
    if (!this.points.length || this.pointer !== null) return;
    this.end();
    this.say("up");
  }

  /** Undo the last step, or the last stroke if the pen is up. */
  back() {
    if (!this.points.length) return this.undo();
    if (this.points.length > 1) this.points.pop();
    this.cell = this.points.at(-1).map((share) => Math.floor(CELLS * share));
    this.library.redraw(this.points);
    this.say("drawing");
  }

  /** Lift the pen when the canvas loses the focus. */
  leave() {
    delete this.paper.dataset.by;
    if (this.paper.isConnected) this.lift();
  }

  say(what) {
    const [column, row] = this.cell.map((place) => place + 1);
    const text = fill(this.call.data.said[what], { column, row });
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (this.spoken.textContent = text), QUIET);
  }
}

export default function (call) {
  const { parentElement } = call;
  const place = parentElement.getRootNode().host.closest(".st-key-canvas");
  if (!place) return; // another picture has just replaced the canvas
  parentElement.companion ??= new Companion(parentElement, place);
  parentElement.companion.update(call);
}
