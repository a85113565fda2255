// The drawing area ("paper") for a mouse, a finger or a pen, or for keys that move a cursor from pixel to pixel.

const DOTS = 4; // canvas pixels per unit of the paper (drawing area)
const REPLAY = 2000; // milliseconds that a replay takes
const MOST = { strokes: 200, points: 20000 }; // limits of a drawing, the same as in the app

const find = (selector) => document.querySelector(selector);
const make = (name, parent, about = {}) => parent.appendChild(Object.assign(document.createElement(name), about));

/** Paint grey values on a canvas, one value for each pixel. */
function paintGrey(canvas, values, light = (value) => value) {
  const image = new ImageData(canvas.width, canvas.height);
  values.forEach((value, at) => image.data.set([light(value), light(value), light(value), 255], 4 * at));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

class Paper extends KeyPen {
  /** `changed` is called with true when a stroke ends, and with false while the stroke grows. */
  constructor(words, { pens, ink }, changed) {
    super(SIDE, PAPER);
    Object.assign(this, { ink, words, changed, width: pens[pens.length >> 1], strokes: [], image: null, cleared: null, stroke: null });
    this.canvas = find(".paper canvas");
    this.pen = this.canvas.getContext("2d");
    this.pen.scale(DOTS, DOTS);
    this.undoButton = find(".undo");
    this.undoButton.onclick = () => this.undo();
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

  /** The points of the stroke that is being drawn. */
  get points() {
    return this.stroke?.points ?? [];
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
    if (this.lift()) return;
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
    this.undoButton.ariaDisabled = String(!this.strokes.length && !this.cleared);
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

  move(point) {
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
      if (event.button || this.pointer !== null) return;
      this.lift();
      this.pointer = event.pointerId;
      canvas.setPointerCapture(this.pointer);
      canvas.dataset.by = "pointer";
      this.begin(point(event));
    };
    canvas.onpointermove = (event) => event.pointerId === this.pointer && this.move(point(event));
    canvas.onpointerup = canvas.onpointercancel = (event) => {
      if (event.pointerId !== this.pointer) return;
      this.pointer = null;
      this.end();
    };
    canvas.oncontextmenu = (event) => event.preventDefault();
    this.listenToKeys(canvas);
  }

  back() {
    this.undo();
  }

  /** Show the cursor of the keys. */
  refresh() {
    const cursor = find(".cursor"), [left, top] = this.cell.map((place) => `${(100 * place) / SIDE}%`);
    cursor.classList.toggle("down", Boolean(this.stroke));
    Object.assign(cursor.style, { left, top });
  }
}
