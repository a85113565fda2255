// How a dense network learns, computed as Keras does: a forward pass, a backward pass, and an update by the optimizer.
// Numbers are stored in single precision; each operation computes in double precision.
// This script needs the tables ACTIVATE and SLOPES, activation functions and slopes from fvapp/core/activations.py.

/** Two of the update rules in fvapp/core/optimizers.py; each rule changes weights in place, given their gradients. */
const OPTIMIZERS = {
  adam: {
    slots: 2,
    update(weights, gradients, [m, v], step, rate) {
      const alpha = (rate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
      for (let at = 0; at < weights.length; at++) {
        m[at] += (gradients[at] - m[at]) * 0.1;
        v[at] += (gradients[at] ** 2 - v[at]) * 0.001;
        weights[at] -= (m[at] * alpha) / (Math.sqrt(v[at]) + 1e-7);
      }
    },
  },
  sgd: {
    slots: 1,
    update(weights, gradients, [m], step, rate) {
      for (let at = 0; at < weights.length; at++) {
        m[at] = m[at] * 0.9 - gradients[at] * rate;
        weights[at] += m[at];
      }
    },
  },
};

class Learner {
  /** Prepare to train a Network's dense layers in place. The learning rate falls linearly to 0 in `decaySteps` steps. */
  constructor({ steps, scale }, { optimizer = "adam", rate = 0.001, decaySteps = Infinity } = {}) {
    Object.assign(this, { scale, rate, decaySteps, rule: OPTIMIZERS[optimizer], steps: 0 });
    const zeros = (values) => new Float32Array(values.length);
    this.layers = steps.filter((step) => step.kernel).map(({ kernel, bias, activation }) => ({
      kernel, bias, activation, units: bias.length, inputs: kernel.length / bias.length,
      gradients: [zeros(kernel), zeros(bias)],
      slots: [kernel, bias].map((values) => Array.from({ length: this.rule.slots }, () => zeros(values))),
      values: zeros(bias), // the layer's outputs for the current image
      blame: zeros(bias), // the slopes of the loss with respect to the layer's sums
    }));
    this.pixels = new Float32Array(this.layers[0].inputs);
    this.lit = new Uint16Array(this.pixels.length);
  }

  /** Take one training step on some rows of images (Uint8Array, 784 each); return their mean loss before the step. */
  step(images, labels, rows) {
    const loss = this.gather(images, labels, rows, rows.length);
    this.update();
    return loss / rows.length;
  }

  /** Add the gradients of some of the `count` images of a step, and return the sum of the images' losses. */
  gather(images, labels, rows, count) {
    const { layers } = this;
    let loss = 0;
    if (this.stale) for (const { gradients } of layers) gradients.forEach((values) => values.fill(0));
    this.stale = false;
    for (const row of rows) {
      loss += this.forward(images, row, labels[row], count);
      for (let at = layers.length - 1; at > 0; at--) backward(layers[at], layers[at - 1]);
      const [{ units, gradients: [ofKernel, ofBias], blame }] = layers;
      add(ofBias, 0, blame, 0, units, 1);
      this.eachPixel((pixel, value) => add(ofKernel, pixel * units, blame, 0, units, value));
    }
    return loss;
  }

  /** Change the weights by the gradients gathered since the last step. */
  update() {
    const rate = this.rate * (1 - this.steps++ / this.decaySteps);
    this.stale = true;
    for (const { kernel, bias, gradients, slots } of this.layers) {
      [kernel, bias].forEach((weights, at) => this.rule.update(weights, gradients[at], slots[at], this.steps, rate));
    }
  }

  /** Return the loss of one image, and the label that the network gives the image. */
  look(images, row, label) {
    return { loss: this.forward(images, row, label, 1), answer: highest(this.layers.at(-1).values) };
  }

  /** Compute all layers for an image and the slopes of its loss at the last layer's sums; return the loss. */
  forward(images, row, label, count) {
    const { layers } = this;
    this.read(images, row * this.pixels.length);
    layers.forEach((layer, at) => {
      layer.values.set(layer.bias);
      if (at) layers[at - 1].values.forEach((value, source) => add(layer.values, 0, layer.kernel, source * layer.units, layer.units, value));
      else this.addPixels(layer);
      if (layer.activation) layer.values.set(layer.values.map(ACTIVATE[layer.activation]));
    });
    return blameOf(layers.at(-1), label, count);
  }

  /** Read an image, and list its pixels that are not black: only these are used later. */
  read(images, from) {
    this.count = 0;
    for (let at = 0; at < this.pixels.length; at++) {
      this.pixels[at] = images[from + at] / this.scale;
      if (images[from + at]) this.lit[this.count++] = at;
    }
  }

  /** Add the current image to the first layer's sums, four pixels at a time, which is faster than one at a time. */
  addPixels({ values, kernel, units }) {
    const { lit, pixels, count } = this;
    let each = 0;
    for (; each + 3 < count; each += 4) addFour(values, kernel, units, pixels, lit[each], lit[each + 1], lit[each + 2], lit[each + 3]);
    for (; each < count; each++) add(values, 0, kernel, lit[each] * units, units, pixels[lit[each]]);
  }

  eachPixel(act) {
    for (let each = 0; each < this.count; each++) act(this.lit[each], this.pixels[this.lit[each]]);
  }
}

/** Add the products of four pixels and their weights to the sums of a layer. */
function addFour(sums, kernel, units, pixels, one, two, three, four) {
  const p = one * units, q = two * units, r = three * units, s = four * units;
  const a = pixels[one], b = pixels[two], c = pixels[three], d = pixels[four];
  for (let unit = 0; unit < units; unit++) sums[unit] += a * kernel[p + unit] + b * kernel[q + unit] + c * kernel[r + unit] + d * kernel[s + unit];
}

/** Set the last layer's slopes (softmax minus truth) for one of `count` images; return the image's loss. */
function blameOf({ values, blame }, label, count) {
  const most = values[highest(values)], all = values.reduce((sum, value) => sum + Math.exp(value - most), 0);
  for (let unit = 0; unit < values.length; unit++) blame[unit] = (Math.exp(values[unit] - most) / all - (unit === label)) / count;
  return Math.log(all) + most - values[label];
}

/** Add one image's gradients for a layer's weights, and set the slopes for the sums of the layer before it. */
function backward({ kernel, units, gradients: [ofKernel, ofBias], blame }, before) {
  const slope = SLOPES[before.activation] ?? (() => 1);
  add(ofBias, 0, blame, 0, units, 1);
  for (let source = 0; source < before.units; source++) {
    const value = before.values[source];
    add(ofKernel, source * units, blame, 0, units, value);
    let sum = 0;
    for (let unit = 0; unit < units; unit++) sum += kernel[source * units + unit] * blame[unit];
    before.blame[source] = sum * slope(value);
  }
}
