/**
 * Vary an image as fvapp/learn/augmentation.py does: rotate, shear, stretch and shift, with linear interpolation.
 * `draws` are six random numbers from -1 to 1.
 */
function vary(images, from, into, to, [turn, sheared, tall, wide, below, beside], { degrees, shear, stretch, shift }) {
  const middle = (SIDE - 1) / 2, angle = (turn * degrees * Math.PI) / 180, lean = sheared * shear;
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)], [down, across] = [1 + tall * stretch, 1 + wide * stretch];
  const at = (row, column) => (row >= 0 && column >= 0 && row < SIDE && column < SIDE ? images[from + row * SIDE + column] : 0);
  const along = (one, other, share) => one + (other - one) * share;
  for (let place = 0; place < SIDE * SIDE; place++) {
    const y = Math.floor(place / SIDE) - middle, x = (place % SIDE) - middle;
    const row = cosine * down * y - sine * across * x + middle + below * shift * SIDE;
    const column = (sine + lean * cosine) * down * y + (cosine - lean * sine) * across * x + middle + beside * shift * SIDE;
    const top = Math.floor(row), left = Math.floor(column);
    const over = along(at(top, left), at(top, left + 1), column - left);
    const under = along(at(top + 1, left), at(top + 1, left + 1), column - left);
    into[to + place] = Math.round(along(over, under, row - top));
  }
}

const anyDraws = () => Array.from({ length: 6 }, () => 2 * Math.random() - 1);
