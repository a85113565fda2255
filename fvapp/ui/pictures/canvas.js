// What streamlit-drawable-canvas does not have, beside and over its canvas: pens, Undo and Clear that one sees, in the
// visitor's language; a message at pen-up; a cursor for the arrow keys that says where it is. The library does
// all the drawing: a stroke made with keys reaches it as mouse events.

const CELLS = 28; // steps of the cursor a side: the pixels of the image that the network sees
const QUIET = 200; // ms without a key before the place is said: a key that is held says it once
const MOST_STEPS = 100; // that the library can undo
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const MOUSE = { down: "mousedown", move: "mousemove", up: "mouseup" };
const FINGER = { down: "touchstart", move: "touchmove", up: "touchend" };

// The library's own buttons are pressed by us and hidden; its canvas has a fixed size in pixels, and here fills its place.
const SEND = "Update the app with this drawing";
const STYLE = `
  .dc-root { width: 100%; }
  .dc-scroll { overflow: hidden !important; }
  .dc-container { width: 100% !important; height: auto !important; aspect-ratio: 1; }
  .dc-container canvas, [data-fabric="wrapper"] { width: 100% !important; height: 100% !important; }
  .dc-canvas { outline: none; -webkit-user-select: none; -webkit-touch-callout: none; }
  .dc-toolbar { display: none !important; }`;

const MARKUP = `
  <div class="paper"><p class="hint" aria-hidden="true"></p><div class="cursor"></div><p class="keys"></p></div>
  <div class="tools"><div class="pens" role="radiogroup"></div>
    <span class="st-key-canvas_undo"><button type="button"></button></span>
    <span class="st-key-canvas_clear"><button type="button"></button></span></div>
  <div class="said" aria-live="polite"></div>`;

class Companion {
  constructor(parent, place) {
    this.place = place;
    const root = node("div", "companion", parent); // of shared.js
    root.innerHTML = MARKUP;
    for (const name of ["paper", "hint", "cursor", "keys", "pens", "said"]) this[name] = root.querySelector(`.${name}`);
    [this.undoButton, this.clearButton] = root.querySelectorAll("button");
    this.undoButton.onclick = () => this.undo();
    this.clearButton.onclick = () => this.clear();
    this.points = []; // of the stroke that is being drawn, in shares of the canvas
    this.finger = null; // that draws it, else a mouse does
    this.column = this.row = CELLS / 2;
    this.cleared = null; // what the last clear took away
    this.ended = new AbortController();
    const options = { capture: true, passive: true, signal: this.ended.signal };
    for (const step of ["down", "move", "up"]) {
      for (const kind of [MOUSE[step], FINGER[step]]) document.addEventListener(kind, (event) => this[step](event), options);
    }
    // The library does not hear that a finger was taken away, and would wait for its end.
    document.addEventListener("touchcancel", () => this.points.length && this.tell("up", this.points.at(-1)), options);
  }

  update(call) {
    const before = this.call?.data;
    const { data } = (this.call = call);
    const { words } = data;
    this.find();
    this.kept ??= data.kept;
    this.place.style.setProperty("--below", data.below ? `url("${data.below}")` : "none");
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
    if (this.ended.signal.aborted) return;
    const { library, words } = this.call.data;
    const root = this.place.querySelector(`.st-key-${library} [data-testid="stBidiComponentIsolated"]`)?.shadowRoot;
    const canvas = root?.querySelector(".upper-canvas");
    if (!canvas) return requestAnimationFrame(() => this.find());
    canvas.ariaLabel = words.label;
    canvas.setAttribute("aria-description", words.keys);
    if (canvas === this.canvas) return;
    this.canvas = canvas;
    this.library = root;
    node("style", "", root, STYLE);
    // It writes this whenever Python has been heard, which may have given it another brush that knows of no stroke.
    const renewed = new MutationObserver((changes) => {
      if (this.points.length && changes.some((change) => change.attributeName === "data-pinned")) this.redraw();
      this.show(); // the canvas may have emptied itself before we hear of it
    });
    renewed.observe(root.querySelector(".dc-toolbar"), { subtree: true, attributeFilter: ["data-pinned", "disabled"] });
    canvas.tabIndex = 0;
    canvas.role = "application";
    canvas.onkeydown = (event) => this.key(event);
    canvas.onkeyup = (event) => event.key === " " && this.spaceUp();
    canvas.onfocus = () => this.paper.classList.toggle("focused", canvas.matches(":focus-visible"));
    canvas.onblur = () => this.leave();
    this.show();
  }

  button(title) {
    return this.library?.querySelector(`.dc-toolbar [title="${title}"]`);
  }

  /** Have the library send its drawing, and show what can be done with it, once it has taken in what just happened. */
  send() {
    setTimeout(() => {
      this.button(SEND)?.click();
      this.show();
    });
  }

  /** Press the last of several Undo or Redo by itself: each has the library load a state, and the largest comes last. */
  sendAfter(title) {
    setTimeout(() => {
      this.button(title)?.click();
      this.send();
    });
  }

  get canUndo() {
    return this.button("Undo")?.disabled === false;
  }

  /** Keep so many of the strokes that lie under the library's canvas. */
  keep(count) {
    this.kept = count;
    if (!count) this.place.style.setProperty("--below", "none");
    this.call.setStateValue("kept", count);
  }

  undo() {
    const { cleared } = this;
    this.cleared = null;
    if (cleared) {
      for (let step = 1; step < cleared.steps; step++) this.button("Redo").click();
      if (cleared.steps) this.sendAfter("Redo");
      if (cleared.kept) this.keep(cleared.kept);
    } else if (this.canUndo) {
      this.button("Undo").click();
      this.send();
    } else if (this.kept) this.keep(this.kept - 1);
    else return;
    this.show();
    this.say("undone");
  }

  clear() {
    if (!this.canUndo && !this.kept) return;
    const { kept } = this;
    let steps = 0;
    for (; this.canUndo; steps++) this.button("Undo").click();
    if (steps >= MOST_STEPS) this.button("Reset canvas & history").click(); // there may be more; it sends by itself
    else if (steps) {
      this.button("Redo").click();
      this.sendAfter("Undo");
    }
    if (kept) this.keep(0);
    this.cleared = steps < MOST_STEPS ? { steps, kept } : null;
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
    const { canUndo, kept, cleared, column, row, points } = this;
    this.hint.hidden = canUndo || kept > 0 || points.length > 0;
    // Not `disabled`: the focus would be gone with the last stroke.
    this.undoButton.ariaDisabled = String(!canUndo && !kept && !cleared);
    this.clearButton.ariaDisabled = String(!canUndo && !kept);
    this.cursor.style.left = `${(100 * column) / CELLS}%`;
    this.cursor.style.top = `${(100 * row) / CELLS}%`;
    this.cursor.classList.toggle("down", points.length > 0);
  }

  // Strokes, drawn with a pointer or with keys.

  /** Return where an event is, in shares of the canvas. */
  placeOf(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const { clientX, clientY } = event.changedTouches?.[0] ?? event;
    return [(clientX - left) / width, (clientY - top) / height];
  }

  down(event) {
    if (event.composedPath()[0] !== this.canvas || event.button || event.touches?.length > 1) return;
    if (event.isTrusted) {
      this.lift();
      this.paper.classList.remove("by-key");
    }
    this.finger = event.changedTouches?.[0].identifier ?? null;
    this.points = [this.placeOf(event)];
    this.show();
  }

  move(event) {
    const moved = event.changedTouches?.[0].identifier ?? null;
    if (!this.points.length || moved !== this.finger) return;
    this.points.push(this.placeOf(event));
    this.previewing ??= requestAnimationFrame(() => this.preview());
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
    for (const layer of this.library.querySelectorAll("canvas")) context.drawImage(layer, 0, 0, CELLS, CELLS);
    paint("source-in", "white");
    paint("destination-over", "black");
    screen.style.setProperty("--live", `url(${this.small.toDataURL()})`);
    this.answered ??= new MutationObserver(() => screen.style.removeProperty("--live"));
    this.answered.observe(screen, { subtree: true, attributes: true, attributeFilter: ["src"] });
  }

  up(event) {
    if (!this.points.length || event.touches?.length) return;
    this.points = [];
    this.cleared = null;
    this.send();
  }

  /** Tell the library what the pen does at a point. */
  tell(step, [x, y]) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const options = { bubbles: true, composed: true, cancelable: true, view: window };
    const at = { clientX: left + x * width, clientY: top + y * height };
    const touch = () => [new Touch({ identifier: this.finger, target: this.canvas, ...at })];
    const event =
      this.finger === null
        ? new MouseEvent(MOUSE[step], { ...options, ...at })
        : new TouchEvent(FINGER[step], { ...options, touches: step === "up" ? [] : touch(), changedTouches: touch() });
    this.canvas.dispatchEvent(event);
  }

  /** Have the library begin the stroke again and come to where it is. */
  redraw() {
    const [first, ...rest] = this.points;
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.tell("down", first);
    for (const point of rest) this.tell("move", point);
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
    if (this.points.length && !atEdge) this.tell("move", this.middle);
    this.drewWhileHeld = this.points.length > 0 && this.held;
    this.say(atEdge ? "edge" : this.points.length ? "drawing" : "here");
  }

  /** Lower the pen, or lift it. */
  space() {
    if (this.points.length) return this.lift();
    this.held = true;
    this.finger = null;
    this.tell("down", this.middle);
    this.say("down");
  }

  /** Lift the pen of somebody who held the key while they drew; who only pressed it draws until they press it again. */
  spaceUp() {
    this.held = false;
    if (this.drewWhileHeld) this.lift();
  }

  lift() {
    if (!this.points.length || this.finger !== null) return;
    this.held = this.drewWhileHeld = false;
    this.tell("up", this.points.at(-1));
    this.say("up");
  }

  /** Take back the last step, or the last stroke when the pen is up. */
  back() {
    if (!this.points.length) return this.undo();
    if (this.points.length > 1) this.points.pop();
    [this.column, this.row] = this.points.at(-1).map((share) => Math.floor(CELLS * share));
    this.redraw();
    this.say("drawing");
  }

  /** Lift the pen of somebody who goes elsewhere. */
  leave() {
    this.paper.classList.remove("focused", "by-key");
    if (this.canvas.isConnected) this.lift();
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
    companion?.ended.abort();
    clearTimeout(companion?.saying);
  };
}
