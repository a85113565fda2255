// What streamlit-drawable-canvas lacks: visible pens, Undo and Clear in the visitor's language, a message when the pen
// is lifted, and a cursor for the arrow keys that announces its position. The app's own layer (the paper) covers the
// library's canvas and receives the pointer's events. The library does all the drawing, and gets the strokes of
// pointers and keys only as mouse events.

const CELLS = 28; // cursor steps along a side, one for each pixel of the network's image
const HISTORY = 100; // how many strokes the library can undo

/** The parts of the library that the app uses. `tests/browser/test_canvas.py` fails if an update changes them. */
class Library {
  /** `renewed` is called after each script run, which may have changed the library's brush and lost the current stroke. */
  constructor(root, canvas, renewed) {
    const [send, undo, redo, , reset] = root.querySelectorAll(".dc-toolbar-card > button");
    this.canvas = canvas;
    this.layers = root.querySelectorAll("canvas");
    this.canUndo = () => !undo.disabled;
    this.undo = () => undo.click();
    this.redo = () => redo.click();
    this.reset = () => reset.click(); // empties the canvas and its undo history, and also sends the change
    this.send = () => setTimeout(() => send.click()); // once the library has processed the latest event
    node("style", "", root, STYLE);
    const attributeFilter = ["data-pinned", "disabled"]; // the library writes them after each script run
    new MutationObserver(renewed).observe(root.querySelector(".dc-toolbar"), { subtree: true, attributeFilter });
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

  /** Empty the canvas, and return how many strokes it had, which `restore` brings back if they are fewer than HISTORY. */
  clear() {
    let strokes = 0;
    for (; this.canUndo(); strokes++) this.undo();
    // The library loads an empty drawing sooner than others, so it may begin with that only after it has loaded the others.
    this.redo();
    setTimeout(strokes < HISTORY ? this.undo : this.reset);
    this.send();
    return strokes;
  }

  restore(strokes) {
    for (let stroke = 0; stroke < strokes; stroke++) this.redo();
    this.send();
  }

  /** Make the library begin the current stroke again, and draw the stroke up to the current point. */
  redraw([first, ...rest]) {
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.tell("mousedown", first);
    for (const point of rest) this.tell("mousemove", point);
  }
}

class Companion extends KeyPen {
  constructor(parent, place) {
    super(CELLS, 1);
    this.place = place;
    this.root = node("div", "companion", parent);
    this.points = []; // points of the current stroke, as shares of the canvas
    this.answered = new MutationObserver((changes) => this.endPreview(changes));
    this.kept = null; // how many of the earlier strokes, which the library does not have, are shown; null for all
    this.cleared = null; // how many strokes of the library the last clear removed, and how many earlier strokes were shown
  }

  update(call) {
    const before = this.call?.data;
    const { clears, html, pen, said } = call.data;
    Object.assign(this, { call, words: said });
    if (before?.html !== html) this.draw(html);
    if (before?.html !== html || before.pen !== pen) this.pens[pen].checked = true;
    this.find();
    if (before && before.clears < clears) this.clear();
    this.refresh();
  }

  draw(html) {
    this.root.innerHTML = html;
    for (const name of ["paper", "hint", "cursor", "spoken"]) this[name] = this.root.querySelector(`.${name}`);
    this.earlier = this.root.querySelectorAll(".earlier path");
    this.pens = this.root.querySelectorAll(".pens input");
    [this.undoButton, this.clearButton] = this.root.querySelectorAll("button");
    this.undoButton.onclick = () => this.undo();
    this.clearButton.onclick = () => this.clear();
    this.pens.forEach((field, pen) => (field.onchange = () => this.call.setStateValue("pen", pen)));
    const { paper } = this;
    paper.onpointerdown = (event) => this.press(event);
    paper.onpointermove = (event) => event.pointerId === this.pointer && this.drag(event);
    paper.onpointerup = paper.onpointercancel = (event) => event.pointerId === this.pointer && this.end();
    this.listenToKeys(paper, this.spoken);
  }

  /** Find the library's canvas, which appears when its script has loaded; no event announces it. */
  find() {
    if (!this.paper.isConnected) return;
    const component = this.place.querySelector(`.st-key-${this.call.data.library} [data-testid="stBidiComponentIsolated"]`);
    const canvas = component?.shadowRoot?.querySelector(".upper-canvas");
    if (!canvas) return requestAnimationFrame(() => this.find());
    if (canvas === this.library?.canvas) return;
    this.library = new Library(component.shadowRoot, canvas, () => {
      if (this.points.length) this.library.redraw(this.points);
      this.refresh(); // the canvas may have become empty
    });
    this.refresh();
  }

  /** Return how many of the earlier strokes are shown. */
  shown() {
    return this.kept ?? this.earlier.length;
  }

  /** Show only the first `strokes` of the earlier strokes. */
  keep(strokes) {
    if (strokes === this.shown()) return;
    this.kept = strokes;
    this.call.setStateValue("kept", strokes);
  }

  undo() {
    const { cleared, library } = this;
    this.cleared = null;
    if (cleared) {
      if (cleared.strokes) library.restore(cleared.strokes);
      this.keep(cleared.shown);
    } else if (library?.canUndo()) {
      library.undo();
      library.send();
    } else if (this.shown()) this.keep(this.shown() - 1);
    else return;
    this.announce("undone");
  }

  clear() {
    if (this.isEmpty()) return;
    this.cleared = { strokes: this.library?.canUndo() && this.library.clear(), shown: this.shown() };
    this.keep(0);
    this.announce("cleared");
  }

  isEmpty() {
    return !this.library?.canUndo() && !this.shown();
  }

  /** Show which tools can be used, and the cursor of the keys. */
  refresh() {
    const { cell, cleared, points } = this;
    const isEmpty = this.isEmpty();
    this.earlier.forEach((stroke, place) => stroke.toggleAttribute("hidden", place >= this.shown()));
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
    this.pointer = event.pointerId;
    this.begin(this.library.placeOf(event));
  }

  drag(event) {
    const between = event.getCoalescedEvents?.() ?? []; // missing in Safari before 18.2, and without https
    for (const point of between.length ? between : [event]) this.move(this.library.placeOf(point));
    this.preview();
  }

  begin(point) {
    this.points = [point];
    this.library.tell("mousedown", point);
    this.refresh();
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
    this.refresh();
  }

  /** Show the strokes on the network's screen as 28 x 28 pixels. The centred picture arrives with the answer. */
  preview() {
    const screen = document.querySelector(".st-key-seen_28");
    if (!screen) return;
    const small = Object.assign(document.createElement("canvas"), { width: CELLS, height: CELLS });
    const context = small.getContext("2d");
    for (const layer of this.library.layers) context.drawImage(layer, 0, 0, CELLS, CELLS);
    for (const [globalCompositeOperation, fillStyle] of [["source-in", "white"], ["destination-over", "black"]]) {
      Object.assign(context, { globalCompositeOperation, fillStyle });
      context.fillRect(0, 0, CELLS, CELLS);
    }
    screen.style.setProperty("--live", `url(${small.toDataURL()})`);
    this.answered.observe(document, { subtree: true, attributeFilter: ["src", "data-test-script-state"] });
  }

  /** End the preview once the answer's picture or, if the picture has not changed, the end of the script run arrives. */
  endPreview(changes) {
    const screen = document.querySelector(".st-key-seen_28");
    const end = () => {
      screen?.style.removeProperty("--live");
      this.answered.disconnect();
    };
    if (changes.some(({ target }) => screen?.contains(target))) end();
    else requestAnimationFrame(() => requestAnimationFrame(() => !this.points.length && atRest() && end()));
  }

  // Methods for keys

  key(event) {
    if (this.library) super.key(event);
  }

  /** Undo the last step, or the last stroke if the pen is up. */
  back() {
    if (!this.points.length) return this.undo();
    if (this.points.length > 1) this.points.pop();
    this.cell = this.points.at(-1).map((share) => Math.floor(CELLS * share));
    this.library.redraw(this.points);
    this.announce("drawing");
  }
}

export default function (call) {
  const { parentElement } = call;
  const place = parentElement.getRootNode().host.closest(".st-key-canvas");
  if (!place) return; // another picture has just replaced the canvas
  parentElement.companion ??= new Companion(parentElement, place);
  parentElement.companion.update(call);
}
