// Shows how the network works: pixels, the neurons that they activate, one neuron in detail, and the classes' sums.

const FOR = [213, 94, 0], AGAINST = [0, 114, 178];

/** Paint signed values, orange above 0 and blue below, over an image that shines through. */
function paintSigned(canvas, columns, values, under) {
  const rows = Math.ceil(values.length / columns), image = new ImageData(columns, rows);
  const most = values.reduce((so, value) => Math.max(so, Math.abs(value)), 0) || 1;
  values.forEach((value, at) => {
    const own = Math.abs(value) / most, ink = under ? (0.45 * under[at]) / 255 : 0, opacity = own + ink * (1 - own) || 1;
    const colour = (value > 0 ? FOR : AGAINST).map((part) => (part * own + 128 * ink * (1 - own)) / opacity);
    image.data.set([...colour, own || ink ? 255 * opacity : 0], 4 * at);
  });
  Object.assign(canvas, { width: columns, height: rows });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Return the values of one unit from a map [rows, columns, units]. */
const ofUnit = (values, units, unit) => Float32Array.from({ length: values.length / units }, (_, at) => values[at * units + unit]);

class Layer {
  constructor(how, at, number, step, brightest) {
    const units = step.bias.length, columns = Math.ceil(Math.sqrt(units)), maps = step.shows === "maps";
    Object.assign(this, { how, at, step, units, columns, maps, rows: Math.ceil(units / columns), brightest });
    const { words } = how;
    this.panel = how.panel(fill(maps ? words.filters : words.neurons, { n: units }));
    this.canvas = make("canvas", this.panel.box, { className: "cells", tabIndex: 0, role: "slider", ariaValueMin: "1", ariaValueMax: String(units) });
    this.canvas.ariaLabel = fill(words.choose, { n: units, layer: number + 1 });
    this.mark = make("i", this.panel.box, { className: "mark", hidden: true });
    this.canvas.onpointerdown = (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.chooseAt(event);
    };
    this.canvas.onpointermove = (event) => this.canvas.hasPointerCapture(event.pointerId) && this.chooseAt(event);
    this.canvas.onkeydown = (event) => {
      const [right, down] = ARROWS[event.key] ?? [0, 0], shown = how.shown(how.last?.best);
      if (!right && !down) return;
      event.preventDefault();
      this.choose((shown.layer === this ? shown.unit : 0) + right + down * columns);
    };
  }

  chooseAt({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const [column, row] = [Math.floor(((clientX - left) / width) * this.columns), Math.floor(((clientY - top) / height) * this.rows)];
    this.choose(within(row, 0, this.rows - 1) * this.columns + within(column, 0, this.columns - 1));
  }

  choose(unit) {
    this.how.chosen = { layer: this, unit: within(unit, 0, this.units - 1) };
    this.how.show();
  }

  nameOf(unit) {
    return fill(this.maps ? this.how.words.filter : this.how.words.neuron, { unit: unit + 1 });
  }

  /** Make units with larger values brighter. A filter is shown as a map of the places where it finds its pattern. */
  light(passed) {
    const [tall, wide] = passed && this.maps ? passed.shape : [10, 10], gap = 2, values = passed?.values;
    Object.assign(this.canvas, { width: this.columns * (wide + gap) - gap, height: this.rows * (tall + gap) - gap });
    if (values) this.brightest = values.reduce((most, value) => Math.max(most, Math.abs(value)), this.brightest);
    const factor = 255 / (0.7 * this.brightest || 1), image = new ImageData(this.canvas.width, this.canvas.height);
    let lit = 0;
    for (let unit = 0; unit < this.units; unit++) {
      const left = (unit % this.columns) * (wide + gap), top = Math.floor(unit / this.columns) * (tall + gap);
      let fires = false;
      for (let place = 0; place < tall * wide; place++) {
        const value = values ? values[this.maps ? place * this.units + unit : unit] : 0;
        const light = Math.min(255, 24 + Math.abs(value) * factor), to = 4 * ((top + Math.floor(place / wide)) * image.width + left + (place % wide));
        image.data[to] = image.data[to + 1] = image.data[to + 2] = light;
        image.data[to + 3] = 255;
        fires ||= this.step.silent ? value > 0 : Math.abs(value) > 0.5;
      }
      lit += fires;
    }
    this.canvas.getContext("2d").putImageData(image, 0, 0);
    this.panel.about.textContent = fill(this.maps ? this.how.words.filters_about : this.how.words.neurons_about, { lit });
  }

  /** Mark the unit (neuron or filter) that the visitor has selected. */
  point(unit, value) {
    this.mark.hidden = unit === null;
    this.canvas.ariaValueNow = String((unit ?? 0) + 1);
    this.canvas.ariaValueText = `${this.nameOf(unit ?? 0)}${value}`;
    const [wide, tall] = [100 / this.columns, 100 / this.rows], at = unit ?? 0;
    const place = { left: (at % this.columns) * wide, top: Math.floor(at / this.columns) * tall, width: wide, height: tall };
    for (const [name, share] of Object.entries(place)) this.mark.style[name] = `${share}%`;
  }
}

class How {
  constructor(network, words, { names, brightest, varies }) {
    Object.assign(this, { network, names, words, varies: varies && bytesOf(varies), chosen: null, last: null, most: 1 });
    this.pixels = this.panel(words.pixels, words.pixels_about);
    this.image = make("canvas", this.pixels.box, { width: SIDE, height: SIDE, role: "img", ariaLabel: words.pixels });
    const hidden = network.steps.flatMap((step, at) => (step.kernel && at < network.steps.length - 1 ? [[step, at]] : []));
    this.layers = hidden.map(([step, at], number) => new Layer(this, at, number, step, brightest[number] ?? 0));
    this.one = this.panel("");
    this.picture = make("canvas", this.one.box, { role: "img" });
    this.votes = this.panel(words.votes);
    this.rows = names.map((name) => {
      const row = make("div", this.votes.box, { className: "vote" });
      make("span", row, { textContent: name });
      const bar = make("i", row);
      return { row, all: make("u", bar), part: make("b", bar) };
    });
  }

  panel(title, words = "") {
    const place = make("div", find(".panels")), heading = make("h3", place, { textContent: title });
    return { heading, box: make("div", place, { className: "box" }), about: make("p", place, { className: "quiet", textContent: words }) };
  }

  /** Return the chosen unit, or else the neuron that contributes most to the answer. */
  shown(best) {
    const layer = this.layers.at(-1);
    if (this.chosen || !layer) return this.chosen ?? { layer: null, unit: best ?? 0 };
    return { layer, unit: this.last?.steps ? highest(this.last.parts.map((votes) => votes[best])) : 0 };
  }

  /** Show how the network came to its answer for an image. */
  show(last = this.last) {
    this.last = last;
    if (last.steps) last.parts ??= this.partsOf(last.steps.at(-1));
    paintGrey(this.image, last.image ?? new Uint8Array(SIDE * SIDE));
    const { layer, unit } = this.shown(last.best);
    for (const each of this.layers) {
      const passed = last.steps?.[each.at];
      each.light(passed);
      each.point(each === layer && passed ? unit : null, passed && !each.maps && each === layer ? `: ${passed.values[unit].toFixed(1)}` : "");
    }
    this.showOne(layer, unit);
    this.showVotes(layer, unit);
  }

  showOne(layer, unit) {
    const { words, one, last } = this, at = layer ? layer.at : this.network.steps.length - 1, passed = last.steps?.[at];
    const step = this.network.steps[at], units = step.bias.length;
    one.heading.textContent = layer ? layer.nameOf(unit) : fill(words.class, { name: this.names[unit] });
    this.picture.className = layer?.maps ? "" : "paper-like";
    if (layer?.maps) {
      const values = passed ? ofUnit(passed.values, units, unit) : new Float32Array(1), most = Math.max(...values) || 1;
      [this.picture.height, this.picture.width] = passed ? passed.shape : [1, 1];
      paintGrey(this.picture, values, (value) => (255 * value) / most);
      one.about.textContent = words.filter_about;
    } else {
      const weights = ofUnit(step.kernel, units, unit), ofPixels = weights.length === SIDE * SIDE;
      // For pixels, show each weight times how much its pixel varies among test images.
      // For units of a layer, show what each unit contributes to the current answer.
      if (ofPixels) paintSigned(this.picture, SIDE, weights.map((weight, pixel) => weight * (this.varies?.[pixel] ?? 1)), last.image);
      else paintSigned(this.picture, ...this.brought(weights, passed));
      const value = passed ? passed.values[unit].toFixed(1) : "0";
      one.about.textContent = fill(!layer ? words.class_about : ofPixels ? words.neuron_about : words.deep_about, { value, name: this.names[unit] });
    }
    this.picture.ariaLabel = `${one.heading.textContent}. ${one.about.textContent}`;
  }

  /**
   * Return the columns and values of a picture: each unit's contribution or, for filters, the sum at each place.
   */
  brought(weights, passed) {
    const products = passed ? weights.map((weight, at) => weight * passed.inputs[at]) : new Float32Array(weights.length);
    const before = this.layers.filter(({ at }) => this.network.steps.indexOf(passed?.step) > at).at(-1);
    if (!before?.maps) return [Math.ceil(Math.sqrt(products.length)), products];
    const places = Float32Array.from({ length: products.length / before.units }, (_, at) => sumOf(products.subarray(at * before.units, (at + 1) * before.units)));
    return [Math.round(Math.sqrt(places.length)), places];
  }

  /** Return how much each unit of the last hidden layer raises each class above the classes' mean: [units][classes]. */
  partsOf({ step, inputs }) {
    const classes = step.bias.length, units = this.layers.at(-1)?.units ?? 1;
    const parts = Array.from({ length: units }, () => new Float64Array(classes));
    inputs.forEach((value, at) => {
      if (!value) return;
      const weights = step.kernel.subarray(at * classes, (at + 1) * classes), usual = sumOf(weights) / classes;
      weights.forEach((weight, label) => (parts[at % units][label] += value * (weight - usual)));
    });
    return parts;
  }

  showVotes(layer, unit) {
    const { last, words, votes } = this, sums = last.steps?.at(-1).values, usual = sums ? sumOf(sums) / sums.length : 0;
    const part = last.steps && layer && layer === this.layers.at(-1) ? last.parts[unit] : null;
    for (const values of [sums?.map((sum) => sum - usual), part]) values?.forEach((value) => (this.most = Math.max(this.most, Math.abs(value))));
    this.rows.forEach(({ row, all, part: bar }, label) => {
      row.classList.toggle("best", Boolean(sums) && label === last.best);
      stretch(all, sums ? (sums[label] - usual) / this.most : 0);
      stretch(bar, part ? part[label] / this.most : 0);
      bar.className = part?.[label] < 0 ? "against" : "";
    });
    votes.about.textContent = part ? fill(words.votes_part, { unit: layer.nameOf(unit) }) : words.votes_all;
  }
}

/** Draw a bar from the middle to the right, or to the left if the share is negative. */
function stretch(bar, share) {
  Object.assign(bar.style, { left: `${50 + 50 * Math.min(share, 0)}%`, width: `${50 * Math.abs(share)}%` });
}
