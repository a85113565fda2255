// What streamlit-drawable-canvas does not have, beside and over its canvas: pens, Undo and Clear that one sees, in the
// visitor's language; a message at pen-up; a cursor for the arrow keys that says where it is. The library does all the
// drawing: strokes of pointers and of keys alike reach it as mouse events.

const CELLS = 28; // steps of the cursor a side: the pixels of the image that the network sees
const QUIET = 200; // ms without a key before the place is said: a key that is held says it once
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The library's own buttons are hidden; its canvas has a fixed size in pixels, and here fills its place.
const STYLE = `
  .dc-root { width: 100%; }
  .dc-scroll { overflow: hidden !important; }
  .dc-container { width: 100% !important; height: auto !important; aspect-ratio: 1; }
  .dc-container canvas, [data-fabric="wrapper"] { width: 100% !important; height: 100% !important; }
  .dc-canvas { outline: none; touch-action: none; -webkit-user-select: none; -webkit-touch-callout: none; }
  .dc-toolbar { display: none !important; }`;
const OF_THE_BROWSER = ["mousedown", "mousemove", "mouseup", "touchstart", "touchmove", "touchend", "touchcancel"];

const MARKUP = `
  <div class="paper"><p class="hint" aria-hidden="true"></p><div class="cursor"></div><p class="keys"></p></div>
  <div class="tools"><div class="pens" role="radiogroup"></div>
    <span class="st-key-canvas_undo"><button type="button"></button></span>
    <span class="st-key-canvas_clear"><button type="button"></button></span></div>
  <div class="said" aria-live="polite"></div>`;

/** All that we ask of the library: `tests/browser/test_canvas.py` fails where it no longer is as it is taken for here. */
class Library {
  constructor(root, canvas) {
    this.canvas = canvas;
    this.layers = root.querySelectorAll("canvas");
    this.toolbar = root.querySelector(".dc-toolbar");
    [this.sendButton, this.undoButton, , , this.resetButton] = root.querySelectorAll(".dc-toolbar-card > button");
    node("style", "", root, STYLE); // of shared.js
    // It would draw a stroke twice, or go on with that of a finger that the browser has taken away.
    const keepOut = (event) => event.isTrusted && event.stopPropagation();
    for (const kind of OF_THE_BROWSER) root.addEventListener(kind, keepOut, { capture: true });
  }

  get canUndo() {
    return !this.undoButton.disabled;
  }

  send() {
    this.sendButton.click();
  }

  undo() {
    this.undoButton.click();
  }

  /** Empty the canvas, which forgets its steps and sends that by itself. */
  reset() {
    this.resetButton.click();
  }

  /** Return what is drawn as the address of a picture. */
  picture() {
    return this.layers[1].toDataURL();
  }

  /** Return where a pointer is, in shares of the canvas. */
  placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }

  /** Tell it what the pen does: "mousedown", "mousemove" or "mouseup" at a point. */
  tell(kind, [x, y]) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const at = { clientX: left + x * width, clientY: top + y * height };
    this.canvas.dispatchEvent(new MouseEvent(kind, { bubbles: true, composed: true, cancelable: true, view: window, ...at }));
  }

  /** Have it begin a stroke again and come to where it is. */
  redraw([first, ...rest]) {
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.tell("mousedown", first);
    for (const point of rest) this.tell("mousemove", point);
  }
}

class Companion {
  constructor(parent, place) {
    this.place = place;
    const root = node("div", "companion", parent);
    root.innerHTML = MARKUP;
    for (const name of ["paper", "hint", "cursor", "keys", "pens", "said"]) this[name] = root.querySelector(`.${name}`);
    [this.undoButton, this.clearButton] = root.querySelectorAll("button");
    this.undoButton.onclick = () => this.undo();
    this.clearButton.onclick = () => this.clear();
    this.points = []; // of the stroke that is being drawn, in shares of the canvas
    this.column = this.row = CELLS / 2;
    this.below = []; // strokes that lie under the library's canvas
    this.kept = null; // so many of them are shown; null: all
    this.cleared = null; // what the last clear took away
    this.restored = 0; // clears that were taken back
    this.due = 0; // undone while the server had not yet said which strokes a clear had taken
  }

  update(call) {
    const before = this.call?.data;
    const { data } = (this.call = call);
    const { words } = data;
    this.find();
    this.below = data.below;
    if (data.restored === this.restored) this.snapshot = null;
    if (!this.snapshot) for (; this.due; this.due--) this.undo();
    this.showBelow();
    this.hint.textContent = words.hint;
    this.keys.textContent = words.keys;
    this.undoButton.textContent = words.undo;
    this.clearButton.textContent = words.clear;
    this.pens.setAttribute("aria-label", words.pen);
    this.showPens(before);
    if (before && before.clears < data.clears) this.clear();
    this.show();
  }

  /** Find the library's canvas, which comes when its script is loaded: no event tells of that. */
  find() {
    if (this.ended) return;
    const { library, words } = this.call.data;
    const root = this.place.querySelector(`.st-key-${library} [data-testid="stBidiComponentIsolated"]`)?.shadowRoot;
    const canvas = root?.querySelector(".upper-canvas");
    if (!canvas) return requestAnimationFrame(() => this.find());
    canvas.ariaLabel = words.label;
    canvas.setAttribute("aria-description", words.keys);
    if (canvas === this.library?.canvas) return;
    this.library = new Library(root, canvas);
    // It writes this whenever Python has been heard, which may have given it another brush that knows of no stroke.
    const renewed = new MutationObserver((changes) => {
      if (this.points.length && changes.some((change) => change.attributeName === "data-pinned")) this.library.redraw(this.points);
      this.show(); // the canvas may have emptied itself before we hear of it
    });
    renewed.observe(this.library.toolbar, { subtree: true, attributeFilter: ["data-pinned", "disabled"] });
    Object.assign(canvas, { tabIndex: 0, role: "application" });
    canvas.onpointerdown = (event) => this.press(event);
    canvas.onpointermove = (event) => this.isDrawing(event) && this.drag(event);
    canvas.onpointerup = canvas.onpointercancel = (event) => this.isDrawing(event) && this.end();
    canvas.onkeydown = (event) => this.key(event);
    canvas.onkeyup = (event) => event.key === " " && this.spaceUp();
    canvas.onfocus = () => this.paper.classList.toggle("focused", !this.pressing && canvas.matches(":focus-visible"));
    canvas.onblur = () => this.leave();
    this.show();
  }

  get canUndo() {
    return this.library?.canUndo === true;
  }

  get keptStrokes() {
    return this.snapshot ? 1 : (this.kept ?? this.below.length);
  }

  /** Have the library send its drawing, and show what can be done with it, once it has taken in what just happened. */
  send() {
    setTimeout(() => {
      this.library.send();
      this.show();
    });
  }

  /** Keep so many of the strokes that lie under the library's canvas; null: all. */
  keep(strokes) {
    this.kept = strokes;
    this.showBelow();
    this.call.setStateValue("kept", { strokes, restored: this.restored });
  }

  /** Show the strokes that are kept, and until the server has those of a clear taken back, how the canvas looked. */
  showBelow() {
    const { colour, units } = this.call.data;
    const paths = this.below.slice(0, this.kept ?? undefined).map(([way, width]) => `<path d="${way}" stroke-width="${width}"/>`);
    const style = `fill="none" stroke="${colour}" stroke-linecap="round" stroke-linejoin="round"`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${units} ${units}" ${style}>${paths.join("")}</svg>`;
    const pictures = [this.snapshot, paths.length && `data:image/svg+xml,${encodeURIComponent(svg)}`].filter(Boolean);
    this.place.style.setProperty("--below", pictures.map((picture) => `url("${picture}")`).join(", ") || "none");
  }

  undo() {
    const { cleared } = this;
    this.cleared = null;
    if (cleared?.picture) {
      this.snapshot = cleared.picture;
      this.restored++;
      this.keep(null);
    } else if (cleared) this.keep(cleared.kept);
    else if (this.canUndo) {
      this.library.undo();
      this.send();
    } else if (this.snapshot) this.due++;
    else if (this.keptStrokes) this.keep(this.keptStrokes - 1);
    else return;
    this.show();
    this.say("undone");
  }

  clear() {
    const { canUndo, keptStrokes, kept } = this;
    if (!canUndo && !keptStrokes) return;
    this.cleared = { kept, picture: canUndo ? this.library.picture() : this.snapshot };
    this.snapshot = null;
    if (canUndo) this.library.reset();
    if (keptStrokes) this.keep(0);
    this.show();
    this.say("cleared");
  }

  showPens(before) {
    const { pens, pen, words } = this.call.data;
    const largest = Math.max(...pens);
    if (!before) {
      const dot = (width) => `<span class="dot" style="--width: ${(20 * width) / largest}px"></span>`;
      this.pens.innerHTML = pens.map((width) => `<label><input type="radio" name="pen">${dot(width)}</label>`).join("");
    }
    [...this.pens.children].forEach((label, index) => {
      const field = label.firstChild;
      label.title = field.ariaLabel = words[["thin", "medium", "thick"][index]];
      field.onchange = () => this.call.setStateValue("pen", index);
      if (before?.pen !== pen) field.checked = index === pen;
    });
  }

  /** Show what can be done, and where the keys are. */
  show() {
    const { canUndo, keptStrokes, cleared, column, row, points } = this;
    this.hint.hidden = canUndo || keptStrokes > 0 || points.length > 0;
    // Not `disabled`: the focus would be gone with the last stroke.
    this.undoButton.ariaDisabled = String(!canUndo && !keptStrokes && !cleared);
    this.clearButton.ariaDisabled = String(!canUndo && !keptStrokes);
    this.cursor.style.left = `${(100 * column) / CELLS}%`;
    this.cursor.style.top = `${(100 * row) / CELLS}%`;
    this.cursor.classList.toggle("down", points.length > 0);
  }

  // Strokes, drawn with a pointer or with keys.

  isDrawing(event) {
    return event.pointerId === this.pointer && this.points.length > 0;
  }

  press(event) {
    if (!event.isPrimary || event.button) return;
    event.preventDefault();
    this.end();
    this.library.canvas.setPointerCapture(event.pointerId);
    this.pressing = true; // a focus that a script gives counts as one of the keyboard
    this.library.canvas.focus({ preventScroll: true });
    this.pressing = false;
    this.paper.classList.remove("by-key", "focused");
    this.begin(this.library.placeOf(event), event.pointerId);
  }

  drag(event) {
    const between = event.getCoalescedEvents?.() ?? []; // Safari 18.2 has them
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
    this.cleared = null;
    this.send();
  }

  /** Show on the network's screen the strokes in its 28 x 28 pixels; its own picture, centred, comes with the answer. */
  preview() {
    this.previewing = null;
    const screen = document.querySelector(".st-key-seen_28");
    if (!screen || !this.points.length) return;
    this.small ??= Object.assign(document.createElement("canvas"), { width: CELLS, height: CELLS });
    const context = this.small.getContext("2d");
    const paint = (operation, colour) => {
      Object.assign(context, { globalCompositeOperation: operation, fillStyle: colour });
      context.fillRect(0, 0, CELLS, CELLS);
    };
    context.globalCompositeOperation = "source-over";
    context.clearRect(0, 0, CELLS, CELLS);
    for (const layer of this.library.layers) context.drawImage(layer, 0, 0, CELLS, CELLS);
    paint("source-in", "white");
    paint("destination-over", "black");
    screen.style.setProperty("--live", `url(${this.small.toDataURL()})`);
    this.answered ??= new MutationObserver(() => screen.style.removeProperty("--live"));
    this.answered.observe(screen, { subtree: true, attributes: true, attributeFilter: ["src"] });
  }

  // Keys: a cursor of one pixel of the 28x28 image, whose middle is where the pen is.

  get middle() {
    return [(this.column + 0.5) / CELLS, (this.row + 0.5) / CELLS];
  }

  key(event) {
    if (event.altKey) return;
    if (event.key === "Escape") this.undoButton.focus();
    const { key } = event;
    const acts = { " ": () => event.repeat || this.space(), Delete: () => this.back(), Backspace: () => this.back() };
    const act = ARROWS[key] ? () => this.step(...ARROWS[key]) : acts[key];
    if (event.ctrlKey || event.metaKey) {
      if (key !== "z") return;
      this.undo();
    } else if (act) {
      this.paper.classList.add("focused", "by-key");
      act();
      this.show();
    } else return;
    event.preventDefault(); // the page would scroll
  }

  step(right, down) {
    const [column, row] = [this.column + right, this.row + down].map((cell) => Math.max(0, Math.min(CELLS - 1, cell)));
    const atEdge = column === this.column && row === this.row;
    Object.assign(this, { column, row });
    if (this.points.length && !atEdge) this.move(this.middle);
    this.drewWhileHeld = this.points.length > 0 && this.held;
    this.say(atEdge ? "edge" : this.points.length ? "drawing" : "here");
  }

  /** Lower the pen, or lift it. */
  space() {
    if (this.points.length) return this.lift();
    this.held = true;
    this.begin(this.middle, null);
    this.say("down");
  }

  /** Lift the pen of somebody who held the key while they drew; who only pressed it draws until they press it again. */
  spaceUp() {
    this.held = false;
    if (this.drewWhileHeld) this.lift();
  }

  lift() {
    if (!this.points.length || this.pointer !== null) return;
    this.held = this.drewWhileHeld = false;
    this.end();
    this.say("up");
  }

  /** Take back the last step, or the last stroke when the pen is up. */
  back() {
    if (!this.points.length) return this.undo();
    if (this.points.length > 1) this.points.pop();
    [this.column, this.row] = this.points.at(-1).map((share) => Math.floor(CELLS * share));
    this.library.redraw(this.points);
    this.say("drawing");
  }

  /** Lift the pen of somebody who goes elsewhere. */
  leave() {
    this.paper.classList.remove("focused", "by-key");
    if (this.library.canvas.isConnected) this.lift();
  }

  say(what) {
    const text = this.call.data.words[what].replace("{row}", this.row + 1).replace("{column}", this.column + 1);
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (this.said.textContent = text), QUIET);
  }
}

const companions = new WeakMap();

export default function (call) {
  const { parentElement } = call;
  const place = parentElement.getRootNode().host.closest(".st-key-canvas");
  if (place) { // else another picture has just taken it
    if (!companions.has(parentElement)) companions.set(parentElement, new Companion(parentElement, place));
    companions.get(parentElement).update(call);
  }
  return () => {
    const companion = companions.get(parentElement);
    if (!companion) return;
    companion.ended = true;
    clearTimeout(companion.saying);
  };
}
