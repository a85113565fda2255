// A round pen that sets the same pixels as Pillow's, after Pillow's src/libImaging/Draw.c (MIT-CMU licence).
// As in Pillow, lines have integer corners and single-precision edges, and discs are computed point by point.

const single = Math.fround;
const within = (value, low, high) => Math.max(low, Math.min(high, value));
const roundUp = (value) => Math.sign(value) * Math.floor(single(Math.abs(value) + 0.5)); // rounds halves away from 0
const roundDown = (value) => Math.sign(value) * Math.ceil(single(Math.abs(value) - 0.5)); // rounds halves towards 0
const roundEven = (value) => (Math.abs(value) % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

class Area {
  constructor(side) {
    this.side = side;
    this.pixels = new Uint8Array(side * side);
  }

  span(left, y, right) {
    if (y < 0 || y >= this.side) return;
    const from = Math.max(left, 0), to = Math.min(right, this.side - 1);
    if (from <= to) this.pixels.fill(255, y * this.side + from, y * this.side + to + 1);
  }

  /** Draw strokes, each [[x, y], ...] in pixels; pixel 0 covers the coordinates from 0 to 1. */
  draw(strokes, width) {
    const pen = Math.max(1, roundEven(width)), radius = pen / 2;
    for (const stroke of strokes) {
      let before = null;
      for (const [x, y] of stroke) {
        const here = [Math.trunc(x - 0.5), Math.trunc(y - 0.5)];
        if (before) this.line(before, here, pen);
        before = here;
        const [left, top] = [Math.trunc(x - 0.5 - radius), Math.trunc(y - 0.5 - radius)];
        this.disc(left, top, Math.trunc(x - 0.5 + radius) - left, Math.trunc(y - 0.5 + radius) - top);
      }
    }
    return this;
  }

  disc(left, top, wide, tall) {
    for (const [from, y, to] of spansOfDisc(wide, tall)) this.span(left + from, top + y, left + to);
  }

  line([x0, y0], [x1, y1], pen) {
    const across = x1 - x0, down = y1 - y0;
    if (!across && !down) return this.span(x0, y0, x0);
    const length = Math.hypot(across, down), half = (pen - 1) / 2;
    const near = Math.ceil(half - 0.5) / length, far = Math.floor(half + 0.5) / length;
    const less = (part) => roundDownExactly(near * part), more = (part) => roundDownExactly(far * part);
    const corners = [
      [x0 - less(down), y0 + more(across)],
      [x1 - less(down), y1 + more(across)],
      [x1 + more(down), y1 - less(across)],
      [x0 + more(down), y0 - less(across)],
    ];
    this.polygon(corners.map((corner, at) => edgeOf(corner, corners[(at + 1) % 4])));
  }

  polygon(edges) {
    const bottom = Math.min(this.side, Math.max(...edges.map((edge) => edge.bottom)));
    const sides = edges.filter((edge) => edge.top !== edge.bottom);
    for (const edge of edges) if (edge.top === edge.bottom) this.span(edge.left, edge.top, edge.right);
    for (let y = Math.max(0, Math.min(...edges.map((edge) => edge.top))); y <= bottom; y++) {
      const met = [];
      for (const [at, edge] of sides.entries()) {
        if (y < edge.top || y > edge.bottom) continue;
        const x = meets(edge, y);
        if (y === edge.bottom && y < bottom) met.push(x, x);
        else met.push(ends(edge, y) ? joined(edge, sides.slice(0, at), x, y) : x);
      }
      met.sort((one, other) => one - other);
      for (let at = 1; at < met.length; at += 2) this.span(roundUp(met[at - 1]), y, roundDown(met[at]));
    }
  }

  /** Return the image with each square of `by` x `by` pixels replaced by its mean. */
  reduced(by) {
    const side = this.side / by, means = new Uint8Array(side * side), half = (by * by) >> 1;
    for (let row = 0; row < side; row++) for (let column = 0; column < side; column++) {
      let sum = half;
      for (let y = row * by; y < (row + 1) * by; y++) {
        for (let x = column * by; x < (column + 1) * by; x++) sum += this.pixels[y * this.side + x];
      }
      means[row * side + column] = Math.floor(sum / (by * by));
    }
    return means;
  }
}

const roundDownExactly = (value) => Math.sign(value) * Math.ceil(Math.abs(value) - 0.5);

function edgeOf([x0, y0], [x1, y1]) {
  const [left, right, top, bottom] = [Math.min(x0, x1), Math.max(x0, x1), Math.min(y0, y1), Math.max(y0, y1)];
  return { x0, y0, left, right, top, bottom, slope: y0 === y1 ? 0 : single((x1 - x0) / (y1 - y0)) };
}

const meets = (edge, y) => single(single((y - edge.y0) * edge.slope) + edge.x0);
const ends = (edge, y) => edge.slope !== 0 && (y === edge.top || y === edge.bottom);

/**
 * Return the x coordinate at which an edge ends in row y. At a sharp corner with an earlier edge, the end is just
 * beyond the points at which both edges meet the next row.
 */
function joined(edge, earlier, x, y) {
  const next = y + (y === edge.bottom ? -1 : 1);
  for (const other of earlier) {
    if (!ends(other, y) || roundUp(x) !== roundUp(meets(other, y))) continue;
    if (next < other.top || next > other.bottom) continue;
    const [one, two] = [meets(edge, next), meets(other, next)];
    if (x > single(one + 1) && x > single(two + 1)) return roundUp(Math.max(one, two)) + 1;
    if (x < single(one - 1) && x < single(two - 1)) return roundUp(Math.min(one, two)) - 1;
    break;
  }
  return x;
}

const discs = new Map();

/**
 * Return the spans [from, y, to] of the disc that fills a box. The outline is followed from point to point: the next
 * point is the one of three neighbours that is nearest to the circle.
 */
function spansOfDisc(wide, tall) {
  const key = wide * 4096 + tall, known = discs.get(key);
  if (known) return known;
  const spans = [], error = (x, y) => Math.abs((wide * y) ** 2 + (tall * x) ** 2 - (wide * tall) ** 2);
  let x = wide, y = tall % 2, drawn = -1;
  for (;;) {
    if (y !== drawn) {
      for (const row of y ? [y, -y] : [0]) spans.push([(wide - x) / 2, (tall + row) / 2, (wide + x) / 2]);
      drawn = y;
    }
    if (x === wide % 2 && y === tall) break;
    const ways = x > 1 ? [[x, y + 2], [x - 2, y + 2], [x - 2, y]] : [[x, y + 2]];
    [x, y] = ways.reduce((best, way) => (error(...way) < error(...best) ? way : best));
  }
  discs.set(key, spans);
  return spans;
}
