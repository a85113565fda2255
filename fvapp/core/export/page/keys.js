// Drawing by keys, which the app's canvas shares with the drawing area ("paper") of take-home files.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * A cursor of one pixel of the network's image, which the arrow keys move, and a pen at the cursor's middle.
 *
 * A subclass draws. It has the current stroke's `points` (none while the pen is up), the `undoButton`, the `words` to announce,
 * and the methods `begin(point)`, `move(point)`, `end`, `undo`, `back` (for the Delete key) and `refresh` (to show the cursor).
 */
class KeyPen {
  /** A side of the drawing area has `cells` cursor steps, and is `size` units of the points long. */
  constructor(cells, size) {
    this.cells = cells;
    this.size = size;
    this.cell = [cells / 2, cells / 2]; // column and row of the cursor
    this.pointer = null; // the pointer that draws the current stroke; null if keys do
  }

  /** Draw by the keys that are pressed in an area; `spoken` is a component's own live region for announcements. */
  listenToKeys(area, spoken) {
    this.area = area;
    this.spoken = spoken;
    area.onkeydown = (event) => this.key(event);
    area.onkeyup = (event) => event.key === " " && this.points.length > 1 && this.lift(); // it was held while drawing
    area.onblur = () => {
      delete area.dataset.by;
      if (area.isConnected) this.lift();
    };
  }

  key(event) {
    const { key, altKey, ctrlKey, metaKey } = event;
    const hasControl = ctrlKey || metaKey;
    if (altKey || this.pointer !== null || (hasControl && key !== "z")) return;
    if (key === "Escape") return this.undoButton.focus();
    if (hasControl) this.undo();
    else if (ARROWS[key]) this.step(ARROWS[key]);
    else if (key === "Delete" || key === "Backspace") this.back();
    else if (key !== " ") return;
    else if (!event.repeat) this.space();
    if (!hasControl) this.area.dataset.by = "key"; // the style sheet then shows the cursor
    event.preventDefault(); // otherwise the page would scroll
  }

  step(by) {
    const cell = this.cell.map((place, axis) => Math.max(0, Math.min(this.cells - 1, place + by[axis])));
    const atEdge = cell.every((place, axis) => place === this.cell[axis]);
    this.cell = cell;
    if (this.points.length && !atEdge) this.move(this.middle());
    this.announce(atEdge ? "edge" : this.points.length ? "drawing" : "here");
  }

  /** Lower the pen, or lift it. */
  space() {
    if (this.lift()) return;
    this.begin(this.middle());
    this.announce("down");
  }

  /** Lift the pen, and return whether it was down by a key. */
  lift() {
    if (!this.points.length || this.pointer !== null) return false;
    this.end();
    this.announce("up");
    return true;
  }

  middle() {
    return this.cell.map((place) => ((place + 0.5) / this.cells) * this.size);
  }

  /** Show the current state, and say what has been done, if there are words for it. */
  announce(what) {
    this.refresh();
    const [column, row] = this.cell.map((place) => place + 1);
    if (this.words[what]) say(fill(this.words[what], { column, row }), this.spoken);
  }
}

let saying = 0;

/** Let a screen reader announce a text in a live region. Only the last text within 200 ms is announced. */
function say(text, region = document.querySelector(".said")) {
  clearTimeout(saying);
  saying = setTimeout(() => (region.textContent = text), 200);
}
