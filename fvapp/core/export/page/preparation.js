// Turns strokes into the network's 28x28 image, with the same steps and pixel values as fvapp/core/preparation.

const PAPER = 280; // units along a side of the drawing square
// constants for digits, from placing.py and strokes.py
const BOX = 20, PEN = 2.4, MIDDLE = 14.5, SMALLEST = 0.04, FINE = 8;
// constants for clothes, from clothes.py
const WORKING = 224, SHARPENING = 30, PAINTS = 24, SEAM = 0.7, HANDLE = 0.8, BELOW_EDGE = 8;
const PRECISION = 2 ** 22; // scale of the integer weights with which Pillow resizes a picture

/** Return the image of strokes [{points: [[x, y], ...], width}], in units of the paper; null if the paper is empty. */
function prepare(strokes, lines, shade) {
  const pieces = strokes.flatMap(({ points, width }) => onPaper(points).map((piece) => ({ points: piece, width })));
  if (!pieces.length) return null;
  return lines ? digitOf(pieces.map(({ points }) => points)) : clothesOf(pieces, shade);
}

/** Cut a stroke into the pieces that are on the paper; each piece ends at the edge. */
function onPaper(points) {
  const pieces = [[]];
  const drawn = [false];
  for (const [x, y] of points) {
    const place = [within(x, 0, PAPER), within(y, 0, PAPER)], outside = place[0] !== x || place[1] !== y;
    pieces.at(-1).push(place);
    drawn[pieces.length - 1] ||= !outside;
    if (outside) drawn.push(!pieces.push([]));
  }
  return pieces.filter((_, at) => drawn[at]);
}

const moved = (strokes, move) => strokes.map((stroke) => stroke.map(([x, y]) => [move(x, 0), move(y, 1)]));

function digitOf(strokes) {
  const own = moved(strokes, (value) => value * (SIDE / PAPER)), all = own.flat();
  const [low, high] = [Math.min, Math.max].map((most) => [0, 1].map((axis) => all.reduce((so, point) => most(so, point[axis]), all[0][axis])));
  const scale = (BOX - PEN) / Math.max(high[0] - low[0], high[1] - low[1], SMALLEST * SIDE);
  const fitted = moved(own, (value, axis) => (value - (low[axis] + high[axis]) / 2) * scale + SIDE / 2);
  const drawn = (some) => new Area(SIDE * FINE).draw(moved(some, (value) => value * FINE), PEN * FINE).reduced(FINE);
  const shift = shiftToCentre(drawn(fitted));
  return drawn(moved(fitted, (value, axis) => value + shift[axis]));
}

/** Return the shift [x, y] that puts the centre of mass where MNIST has it, without moving the box off the image. */
function shiftToCentre(image) {
  let total = 0, across = 0, down = 0;
  image.forEach((value, at) => {
    total += value;
    across += value * ((at % SIDE) + 0.5);
    down += value * (Math.floor(at / SIDE) + 0.5);
  });
  const most = (SIDE - BOX) / 2;
  return [across, down].map((sum) => roundEven(within(MIDDLE - sum / total, -most, most) * 1024) / 1024);
}

function clothesOf(pieces, shade) {
  const scale = WORKING / PAPER;
  const drawn = (some) => some.reduce((area, { points, width }) => area.draw(moved([points], (value) => value * scale), width * scale), new Area(WORKING)).pixels;
  const lines = drawn(pieces), paint = drawn(pieces.filter(({ width }) => width >= PAINTS)), cloth = clothIn(lines);
  const seam = cloth.includes(1) ? roundEven(shade * SEAM) : shade;
  const ink = lines.map((line, at) => (cloth[at] || paint[at] ? shade : line ? seam : 0));
  const edges = [Infinity, Infinity, -1, -1]; // top, left, and one pixel beyond the bottom and right
  ink.forEach((value, at) => {
    if (!value) return;
    const row = Math.floor(at / WORKING), column = at % WORKING;
    [row, column].forEach((place, axis) => {
      edges[axis] = Math.min(edges[axis], place);
      edges[axis + 2] = Math.max(edges[axis + 2], place + 1);
    });
  });
  if (edges[2] < 0) return null;
  const side = Math.max(edges[2] - edges[0], edges[3] - edges[1]);
  const [top, left] = [0, 1].map((axis) => roundEven((edges[axis] + edges[axis + 2] - side) / 2));
  const square = Uint8Array.from({ length: side * side }, (_, at) => {
    const row = top + Math.floor(at / side), column = left + (at % side);
    return [row, column].every((place) => place >= 0 && place < WORKING) ? ink[row * WORKING + column] : 0;
  });
  const small = side === SIDE ? square : turned(scaled(turned(scaled(square, side)), side));
  return sharpened(small);
}

/** Return 1 for each pixel inside closed lines that is filled, else 0; see find_enclosed_cloth in clothes.py. */
function clothIn(lines) {
  const found = new Int16Array(lines.length), holes = [];
  const flood = (start, number) => {
    const hole = { number, size: 0, top: WORKING, bottom: -1, left: WORKING, right: -1 }, open = [];
    const reach = (at) => {
      if (lines[at] || found[at]) return;
      found[at] = number;
      open.push(at);
    };
    reach(start);
    while (open.length) {
      const at = open.pop(), row = Math.floor(at / WORKING), column = at % WORKING;
      hole.size++;
      hole.top = Math.min(hole.top, row);
      hole.bottom = Math.max(hole.bottom, row);
      hole.left = Math.min(hole.left, column);
      hole.right = Math.max(hole.right, column);
      if (column > 0) reach(at - 1);
      if (column < WORKING - 1) reach(at + 1);
      if (row > 0) reach(at - WORKING);
      if (row < WORKING - 1) reach(at + WORKING);
    }
    return hole;
  };
  for (let at = 0; at < WORKING; at++) [at, lines.length - 1 - at, at * WORKING, at * WORKING + WORKING - 1].forEach((edge) => flood(edge, -1));
  lines.forEach((line, at) => {
    if (!line && !found[at]) holes.push(flood(at, holes.length + 1));
  });
  if (!holes.length) return found.map(() => 0);
  const most = holes.reduce((one, other) => (other.size > one.size ? other : one));
  const row = Math.min(most.top + BELOW_EDGE, most.bottom) * WORKING;
  const width = found.subarray(row, row + WORKING).filter((number) => number === most.number).length;
  const cloth = holes.map(({ top, bottom, left, right }) => top + bottom + 1 >= 2 * most.top || right - left + 1 >= HANDLE * width);
  return found.map((number) => Number(number > 0 && cloth[number - 1]));
}

/** Scale rows to 28 pixels, as Pillow does: by the mean of a box when shrinking, else by linear interpolation. */
function scaled(pixels, length) {
  const rows = pixels.length / length, result = new Uint8Array(rows * SIDE), ratio = length / SIDE;
  const wide = Math.max(1, ratio), reach = ratio > 1 ? wide / 2 : 1;
  for (let to = 0; to < SIDE; to++) {
    const centre = (to + 0.5) * ratio;
    const from = Math.max(0, Math.trunc(centre - reach + 0.5)), until = Math.min(length, Math.trunc(centre + reach + 0.5));
    const shares = Array.from({ length: until - from }, (_, at) => {
      const away = (at + from - centre + 0.5) * (1 / wide);
      return ratio > 1 ? Number(away > -0.5 && away <= 0.5) : Math.max(0, 1 - Math.abs(away));
    });
    const all = shares.reduce((sum, share) => sum + share, 0), weights = shares.map((share) => Math.trunc(0.5 + (share / all) * PRECISION));
    for (let row = 0; row < rows; row++) {
      const sum = weights.reduce((sum, weight, at) => sum + weight * pixels[row * length + from + at], PRECISION / 2);
      result[row * SIDE + to] = within(Math.floor(sum / PRECISION), 0, 255);
    }
  }
  return result;
}

/** Return the transposed image: its rows of 28 pixels become columns. */
function turned(pixels) {
  const rows = pixels.length / SIDE;
  return pixels.map((_, at) => pixels[(at % rows) * SIDE + Math.floor(at / rows)]);
}

/**
 * Sharpen as Pillow's unsharp mask of radius 1 does; its blur takes the mean of a pixel and its neighbours three
 * times.
 */
function sharpened(image) {
  const whole = 2 ** 24, own = Math.round(whole / 1.5), beside = (whole - own) >> 1;
  const once = (pixels) => pixels.map((value, at) => {
    const [before, after] = [pixels[at % SIDE ? at - 1 : at], pixels[(at + 1) % SIDE ? at + 1 : at]];
    return Math.floor((value * own + (before + after) * beside + whole / 2) / whole);
  });
  const along = (pixels) => once(once(once(pixels))), blurred = turned(along(turned(along(image))));
  return image.map((value, at) => within(value + Math.trunc(((value - blurred[at]) * SHARPENING) / 100), 0, 255));
}
