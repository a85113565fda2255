// Computes a network layer by layer in single precision, like fvapp/core/inspection/network.py.
// This script needs the tables ACTIVATE and STEPS, made from fvapp/core/activations.py and fvapp/core/layers.

const SIDE = 28; // pixels along a side of the image
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const sumOf = (values) => values.reduce((sum, value) => sum + value, 0);
const highest = (values) => values.reduce((best, value, at) => (value > values[best] ? at : best), 0);

/** Unpack numbers: 32 bits are floats; fewer bits are integers, with a scale for each output. */
function unpack({ bits, data, scales }) {
  const { buffer } = bytesOf(data);
  if (bits === 32) return new Float32Array(buffer);
  const factors = new Float32Array(bytesOf(scales).buffer), outputs = factors.length;
  const whole = bits === 8 ? new Int8Array(buffer) : new Int16Array(buffer), values = new Float32Array(whole.length);
  for (let at = 0; at < values.length; at++) values[at] = whole[at] * factors[at % outputs];
  return values;
}

/** Return how many positions a window has along a side, and how far the first position extends beyond the edge. */
function places(length, size, stride, padding) {
  if (padding === "valid") return [Math.ceil((length - size + 1) / stride), 0];
  const count = Math.ceil(length / stride);
  return [count, Math.floor(Math.max((count - 1) * stride + size - length, 0) / 2)];
}

function add(sums, to, weights, from, count, value) {
  if (value) for (let unit = 0; unit < count; unit++) sums[to + unit] += value * weights[from + unit];
}

class Network {
  constructor({ steps, scale, temperature }) {
    Object.assign(this, { scale, temperature });
    const plain = (values) => (values instanceof Float32Array ? values : unpack(values));
    this.steps = steps.map((step) => (step.kernel ? { ...step, kernel: plain(step.kernel), bias: plain(step.bias) } : step));
  }

  /** Return what each step computes for an image of 784 grey values: {step, inputs, before, values, shape}. */
  walk(image) {
    let values = Float32Array.from(image, (value) => value / this.scale), shape = [SIDE, SIDE, 1];
    return this.steps.map((step) => {
      const [inputs, before] = [values, shape];
      [values, shape] = STEPS[step.kind](step, values, shape);
      if (step.activation) values = values.map(ACTIVATE[step.activation]);
      return { step, inputs, before, values, shape };
    });
  }

  /** Return the probability of each class, given the sums of the last layer. */
  shares(sums) {
    const most = sums[highest(sums)], powers = Array.from(sums, (sum) => Math.exp((sum - most) / this.temperature)), all = sumOf(powers);
    return powers.map((power) => power / all);
  }
}

/** Return the difference between the sum of the likeliest class and the mean sum. */
const evidence = (sums) => sums[highest(sums)] - sumOf(sums) / sums.length;
