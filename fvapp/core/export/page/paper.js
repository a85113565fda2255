// The drawing area ("paper") for a mouse, a finger or a pen, or for keys that move a cursor from pixel to pixel.

const DOTS = 4; // canvas pixels per unit of the paper (drawing area)
const CELL = PAPER / SIDE;
const REPLAY = 2000; // milliseconds that a replay takes
const MOST = { strokes: 200, points: 20000 }; // limits of a drawing, the same as in the app
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const find = (selector) => document.querySelector(selector);
const make = (name, parent, about = {}) => parent.appendChild(Object.assign(document.createElement(name), about));

/** Paint grey values on a canvas, one value for each pixel. */
function paintGrey(canvas, values, light = (value) => value) {
  const image = new ImageData(canvas.width, canvas.height);
  values.forEach((value, at) => image.data.set([light(value), light(value), light(value), 255], 4 * at));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

class Paper {
  /** `changed` is called with true when a stroke ends, and with false while the stroke grows. */
  constructor(words, { pens, ink }, changed) {
    Object.assign(this, { ink, words, changed, width: pens[pens.length >> 1], strokes: [], image: null, cleared: null });
    Object.assign(this, { stroke: null, finger: null, column: SIDE / 2, row: SIDE / 2, held: false, pulled: false });
    this.canvas = find(".paper canvas");
    this.pen = this.canvas.getContext("2d");
    this.pen.scale(DOTS, DOTS);
    find(".undo").onclick = () => this.undo();
    find(".clear").onclick = () => this.clear(true);
    if (pens.length > 1) pens.forEach((width, at) => this.offerPen(width, words.pens[at], width / pens.at(-1)));
    this.listen();
  }

  offerPen(width, name, size) {
    const label = make("label", find(".pens"), { title: name }), across = `${20 * size}px`;
    const choice = make("input", label, { type: "radio", name: "pen", checked: width === this.width, ariaLabel: name });
    Object.assign(make("i", label).style, { width: across, height: across });
    choice.onchange = () => (this.width = width);
  }

  get empty() {
    return !this.strokes.length && !this.image;
  }

  /** Show strokes or an image in place of the current drawing. */
  show({ strokes = [], image = null }, about) {
    Object.assign(this, { strokes, image, cleared: null });
    Object.assign(find(".whose"), { textContent: about, hidden: !about });
    this.tell();
  }

  /** Replay strokes as if drawn by hand, until the visitor draws or presses a key. */
  replay(strokes, about) {
    const all = strokes.reduce((sum, { points }) => sum + points.length, 0);
    const begun = performance.now(), still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let shown = still ? strokes : [];
    const grow = (now) => {
      if (this.strokes !== shown) return;
      const share = Math.min(1, (now - begun) / REPLAY);
      let left = Math.ceil(share * all);
      shown = this.strokes = strokes.flatMap(({ points, width }) => {
        const some = points.slice(0, Math.max(0, left));
        left -= points.length;
        return some.length ? [{ points: some, width }] : [];
      });
      this.tell(share === 1);
      if (share < 1) requestAnimationFrame(grow);
    };
    this.show({ strokes: shown }, about);
    if (!still) requestAnimationFrame(grow);
  }

  clear(aloud = false) {
    if (this.strokes.length) this.cleared = this.strokes;
    Object.assign(this, { strokes: [], image: null });
    find(".whose").hidden = true;
    this.tell();
    if (aloud) say(this.words.cleared);
  }

  undo() {
    if (this.strokes.length) this.strokes = this.strokes.slice(0, -1);
    else if (this.cleared) {
      [this.strokes, this.cleared] = [this.cleared, null];
      find(".whose").hidden = true;
    } else return;
    this.tell();
    say(this.words.undone);
  }

  tell(final = true) {
    this.paint();
    this.changed(final);
  }

  paint() {
    const { pen } = this;
    pen.clearRect(0, 0, PAPER, PAPER);
    if (this.image) {
      const small = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
      paintGrey(small, this.image, (value) => 255 - value);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(small, 0, 0, PAPER, PAPER);
    }
    Object.assign(pen, { lineCap: "round", lineJoin: "round", strokeStyle: this.ink });
    for (const { points, width } of this.strokes) {
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(...points[0]);
      points.slice(1).forEach(([x, y], at) => pen.quadraticCurveTo(...points[at], (points[at][0] + x) / 2, (points[at][1] + y) / 2));
      pen.lineTo(...points.at(-1));
      pen.stroke();
    }
    find(".hint").hidden = !this.empty;
    find(".undo").ariaDisabled = String(!this.strokes.length && !this.cleared);
    find(".clear").ariaDisabled = String(this.empty);
  }

  begin(point) {
    if (this.image || !find(".whose").hidden) this.clear();
    if (this.strokes.length >= MOST.strokes) return;
    this.cleared = null;
    this.stroke = { points: [point], width: this.width };
    this.strokes.push(this.stroke);
    this.tell(false);
  }

  goOn(point) {
    if (!this.stroke || this.strokes.reduce((sum, { points }) => sum + points.length, 0) >= MOST.points) return;
    this.stroke.points.push(point);
    this.tell(false);
  }

  end() {
    this.stroke = null;
    this.tell();
  }

  listen() {
    const { canvas } = this;
    const point = ({ clientX, clientY }) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return [((clientX - left) / width) * PAPER, ((clientY - top) / height) * PAPER];
    };
    canvas.onpointerdown = (event) => {
      if (event.button || this.finger !== null) return;
      this.lift();
      this.finger = event.pointerId;
      canvas.setPointerCapture(this.finger);
      find(".cursor").hidden = true;
      this.begin(point(event));
    };
    canvas.onpointermove = (event) => event.pointerId === this.finger && this.goOn(point(event));
    canvas.onpointerup = canvas.onpointercancel = (event) => {
      if (event.pointerId !== this.finger) return;
      this.finger = null;
      this.end();
    };
    canvas.oncontextmenu = (event) => event.preventDefault();
    canvas.onkeydown = (event) => this.key(event);
    canvas.onkeyup = ({ key }) => {
      if (key !== " ") return;
      if (this.pulled) this.lift(); // the key was held while the pen moved, so its release ends the stroke
      this.held = false;
    };
    canvas.onblur = () => {
      if (this.finger === null) this.lift();
      find(".cursor").hidden = true;
    };
  }

  key(event) {
    const { key } = event, control = event.ctrlKey || event.metaKey;
    if (event.altKey || this.finger !== null || (control && key !== "z")) return;
    if (key === "Escape") return find(".undo").focus();
    if (control || key === "Delete" || key === "Backspace") this.lift() || this.undo();
    else if (key === " ") this.space(event.repeat);
    else if (ARROWS[key]) this.step(...ARROWS[key]);
    else return;
    event.preventDefault();
    this.showCursor();
  }

  space(repeated) {
    if (repeated || this.lift()) return;
    this.held = true;
    this.begin(this.middle);
    this.place(this.words.down);
  }

  step(right, down) {
    const [column, row] = [within(this.column + right, 0, SIDE - 1), within(this.row + down, 0, SIDE - 1)];
    const stays = column === this.column && row === this.row;
    Object.assign(this, { column, row, pulled: this.held && Boolean(this.stroke) });
    if (this.stroke && !stays) this.goOn(this.middle);
    this.place(stays ? this.words.edge : this.stroke ? this.words.drawing : this.words.here);
  }

  lift() {
    if (!this.stroke || this.finger !== null) return false;
    Object.assign(this, { held: false, pulled: false });
    this.end();
    this.showCursor();
    return true;
  }

  get middle() {
    return [(this.column + 0.5) * CELL, (this.row + 0.5) * CELL];
  }

  place(words) {
    say(fill(words, { row: this.row + 1, column: this.column + 1 }));
  }

  showCursor() {
    const cursor = find(".cursor"), share = 100 / SIDE;
    cursor.hidden = false;
    cursor.classList.toggle("down", Boolean(this.stroke));
    Object.assign(cursor.style, { left: `${this.column * share}%`, top: `${this.row * share}%` });
  }
}

let saying = 0;

/** Let a screen reader announce a text, once no further text follows. */
function say(text) {
  clearTimeout(saying);
  saying = setTimeout(() => (find(".said").textContent = text), 200);
}
