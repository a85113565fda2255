// Teaches the page's network the visitor's labelled drawings, together with images that the page contains, step by step.

const OLD_EACH = 31, MOST_OLD = 620, SURE = 0.9, MOST_TEACHING = 60; // the same limits as in fvapp/core/teaching.py
const BATCH = 32, EPOCHS = 5, ANEW_RATE = 0.003, MOST_BACK = 10, STEP_RATE = 0.01, MOVED = 8;
const POINTS = 300, TESTED = 20; // maximum number of losses in a curve, and of tests in a training run
const SLICE = 30; // milliseconds of learning between two frames
const REDRAWN = 150; // minimum milliseconds between two updates of the curve and the answer, which are slow

const all = (selector) => document.querySelectorAll(selector);
const count = (number) => number.toLocaleString("en");
const rowsOf = (length) => Array.from({ length }, (_, at) => at);

/** Run a generator in slices of time, and let the browser draw the page in between. */
async function inSlices(work, redraw) {
  let begun = 0, drawn = performance.now(); // measured from this call, so that earlier time does not count
  for (const _ of work) {
    if (performance.now() - begun < SLICE) continue;
    if (performance.now() - drawn > REDRAWN) {
      redraw();
      drawn = performance.now();
    }
    await new Promise((done) => setTimeout(done));
    begun = performance.now();
  }
}

const shuffled = (rows) => rows.map((row) => [Math.random(), row]).sort(([one], [other]) => one - other).map(([, row]) => row);

/** Give a network random initial weights as Keras does, with Glorot's method. */
function forgetAll({ steps }) {
  for (const { kernel, bias } of steps.filter((step) => step.kernel)) {
    const most = Math.sqrt(6 / (kernel.length / bias.length + bias.length));
    kernel.forEach((_, at) => (kernel[at] = (2 * Math.random() - 1) * most));
    bias.fill(0);
  }
}

class Teacher {
  constructor() {
    Object.assign(this, { examples: [], taught: nothingTaught(), old: null, tests: null, score: null, before: null });
    Object.assign(this, { back: [], curve: [], planned: 0, done: 0, busy: false, stopped: false, said: "" });
  }

  /** Unpack the images to mix in and those to test on; some files have none. */
  async provide({ old, tests }) {
    Object.assign(this, { old: null, tests: null, score: null, busy: true });
    this.show();
    const unfolds = typeof DecompressionStream !== "undefined";
    if (unfolds) [this.old, this.tests] = await Promise.all([old, tests].map((images) => images && unfold(images)));
    await this.look();
    this.tell(unfolds || !old ? "" : words.teach.too_old);
  }

  /** Add event listeners to the elements that are on the page now. */
  bind() {
    for (const button of all("[data-act]")) button.onclick = () => button.ariaDisabled === "true" || this[button.dataset.act]();
    find(".teach-open").onchange = ({ target }) => this.open(target);
    this.showExamples();
    this.show();
  }

  keep(label) {
    if (this.busy) return;
    const pixels = paper.empty ? null : paper.image ?? prepare(paper.strokes, way.lines, way.shade);
    if (!pixels) return this.tell(words.teach.draw_first);
    if (this.examples.length >= MOST_OWN) return this.tell(fill(words.teach.full, { most: MOST_OWN }));
    this.examples.push({ pixels: Uint8Array.from(pixels), label });
    paper.clear();
    this.showExamples();
    const kept = fill(words.teach.kept, { n: this.examples.length, name: names[label] });
    Object.assign(find(".whose"), { textContent: kept, hidden: false }); // a note below the canvas, which is now empty
    this.tell(kept);
  }

  remove(at) {
    if (this.busy) return;
    this.examples.splice(at, 1);
    this.showExamples();
    this.tell("");
    (find(".strip").children[Math.min(at, this.examples.length - 1)] ?? find(".strip")).focus();
  }

  /** Show a text beside the results, and announce the text to screen readers. */
  tell(text) {
    this.said = text;
    this.show();
    if (text) say(text);
  }

  /** Evaluate the network on the test images. */
  async look() {
    this.busy = true;
    this.show();
    await inSlices(this.testing(), () => {});
    this.busy = false;
    this.show();
  }

  *testing() {
    if (!this.tests) return;
    const { images, labels } = this.tests, learner = new Learner(network), answers = [];
    for (let row = 0; row < labels.length; row++) {
      answers.push(learner.look(images, row, labels[row]).answer);
      if (row % 16 === 15) yield;
    }
    this.score = { answers, right: answers.filter((answer, row) => answer === labels[row]).length / labels.length };
  }

  /** Return the visitor's examples, followed by the images in the file. */
  material() {
    const own = this.examples.length, old = this.old ?? { images: [], labels: [] };
    const images = new Uint8Array(own * SIDE * SIDE + old.images.length);
    this.examples.forEach(({ pixels }, at) => images.set(pixels, at * SIDE * SIDE));
    images.set(old.images, own * SIDE * SIDE);
    return { own, images, labels: [...this.examples.map(({ label }) => label), ...old.labels] };
  }

  /** Return how many examples the network reads correctly, and their mean loss. */
  own() {
    const learner = new Learner(network);
    const looks = this.examples.map(({ pixels, label }) => ({ label, ...learner.look(pixels, 0, label) }));
    const right = looks.filter(({ answer, label }) => answer === label).length;
    return { right, loss: sumOf(looks.map(({ loss }) => loss)) / looks.length, losses: looks.map(({ loss }) => loss) };
  }

  /** Learn all examples at once, with or without images from the file, until the network is sure of each example. */
  *teaching(mixed) {
    const learner = new Learner(network), { own, images, labels } = this.material(), mine = rowsOf(own), old = labels.length - own;
    const mixedIn = mixed ? Math.min(MOST_OLD, OLD_EACH * own) : 0;
    for (let step = 1; step <= MOST_TEACHING; step++) {
      const rows = [...mine, ...Array.from({ length: mixedIn }, () => own + Math.floor(Math.random() * old))];
      let loss = 0;
      for (let from = 0; from < rows.length; from += BATCH) {
        loss += learner.gather(images, labels, rows.slice(from, from + BATCH), rows.length) / rows.length;
        yield;
      }
      learner.update();
      this.done = step;
      this.curve.push({ step, loss });
      if (step % 10 === 0) yield* this.noting();
      if (this.own().losses.every((each) => Math.exp(-each) >= SURE)) return;
    }
  }

  /** Train for some epochs on all images. If there are only the visitor's examples, vary each example every time. */
  *training(epochs, options) {
    const { images, labels } = this.material();
    const batches = Math.ceil(labels.length / BATCH), varied = new Uint8Array(this.old ? 0 : BATCH * SIDE * SIDE);
    this.planned = epochs * batches;
    const learner = new Learner(network, { ...options, decaySteps: this.planned });
    const [drawn, tested] = [POINTS, TESTED].map((times) => Math.ceil(this.planned / times));
    let mean = null, order = rowsOf(labels.length);
    for (let step = 1; step <= this.planned; step++) {
      const from = ((step - 1) % batches) * BATCH;
      if (!from) order = shuffled(order);
      let loss;
      if (this.old) loss = learner.step(images, labels, order.slice(from, from + BATCH));
      else {
        const rows = Array.from({ length: BATCH }, (_, at) => order[(from + at) % order.length]);
        rows.forEach((row, at) => vary(images, row * SIDE * SIDE, varied, at * SIDE * SIDE, anyDraws(), data.augmentation));
        loss = learner.step(varied, rows.map((row) => labels[row]), rowsOf(BATCH));
      }
      mean = mean === null ? loss : mean + (loss - mean) * 0.05;
      this.done = step;
      if (step === 1 || step % drawn === 0) this.curve.push({ step, loss: mean });
      yield;
      if (step % tested === 0) yield* this.noting();
    }
  }

  /** Test the network between two steps, and add the accuracy to the curve. */
  *noting() {
    yield* this.testing();
    if (this.score) this.curve.at(-1).right = this.score.right;
  }

  /** Change the network by `work`; if its weights become infinite or NaN, undo everything. */
  async change(work, startAnew = null) {
    this.remember();
    Object.assign(this, { busy: true, stopped: false, curve: [], done: 0, said: "", planned: MOST_TEACHING });
    const begun = performance.now(), anew = Boolean(startAnew);
    this.before = { score: this.score, own: this.own(), anew };
    startAnew?.();
    this.show();
    const stoppable = function* (teacher) {
      for (const _ of work()) {
        if (teacher.stopped || !Number.isFinite(teacher.curve.at(-1)?.loss ?? 0)) break;
        yield;
      }
      yield* teacher.noting();
    };
    await inSlices(stoppable(this), () => {
      this.show();
      if (!paper.empty) answer(false);
    });
    this.busy = false;
    if (network.steps.some(({ kernel }) => kernel && !kernel.every(Number.isFinite))) {
      this.undo();
      return this.tell(words.teach.broken);
    }
    const { taught, examples, done } = this;
    this.taught = { steps: (anew ? 0 : taught.steps) + done, examples: examples.length, anew: anew || taught.anew };
    for (const layer of how.layers) layer.brightest = 0; // later drawings set the brightness scale anew
    answer(true);
    this.tell(fill(words.teach.done, { steps: count(done), seconds: ((performance.now() - begun) / 1000).toFixed(1) }));
  }

  stop() {
    this.stopped = true;
  }

  teach() {
    const mixed = Boolean(this.old) && find(".teach-mix").checked;
    return this.change(() => this.teaching(mixed));
  }

  startAnew() {
    return this.change(() => this.training(EPOCHS, { rate: ANEW_RATE }), () => forgetAll(network));
  }

  /** Take one step of plain gradient descent on the example with the largest loss, and show the result. */
  async oneStep() {
    const { pixels, label } = this.examples[highest(this.own().losses)];
    const first = network.steps.find(({ kernel }) => kernel), units = first.bias.length, before = first.kernel.slice();
    const learner = new Learner(network, { optimizer: "sgd", rate: STEP_RATE });
    await this.change(() => [this.curve.push({ step: (this.done = 1), loss: learner.step(pixels, [label], [0]) })]);
    const { gradients } = learner.layers[0], after = learner.look(pixels, 0, label).loss, [{ loss }] = this.curve;
    const moved = first.kernel.map((weight, at) => weight - before[at]), slopes = learner.layers.flatMap((layer) => layer.gradients.flatMap((values) => [...values]));
    const most = highest(rowsOf(units).map((unit) => sumOf(ofUnit(moved, units, unit).map((by) => by * by))));
    const to = learner.layers.length > 1 ? fill(words.neuron, { unit: most + 1 }) : names[most];
    paintSigned(find(".step-picture"), SIDE, ofUnit(moved, units, most), pixels);
    const moving = { all: count(slopes.length), n: count(slopes.filter(Boolean).length) };
    const about = { ...moving, before: loss.toFixed(2), after: after.toFixed(2), to, name: names[label] };
    find(".step-words").textContent = fill(words.teach.stepped, about);
    const places = rowsOf(SIDE * SIDE).sort((one, other) => Math.abs(moved[other * units + most]) - Math.abs(moved[one * units + most]));
    find(".step-numbers tbody").replaceChildren();
    for (const place of places.slice(0, MOVED)) {
      const row = make("tr", find(".step-numbers tbody")), at = place * units + most;
      const where = fill(words.teach.pixel, { row: Math.floor(place / SIDE) + 1, column: (place % SIDE) + 1, value: pixels[place] });
      make("th", row, { scope: "row", textContent: where });
      for (const number of [before[at], gradients[0][at], first.kernel[at]]) make("td", row, { textContent: number.toFixed(5) });
    }
    this.tell("");
    find(".step").hidden = false;
    say(find(".step-words").textContent);
  }

  remember() {
    const { score, taught, examples } = this, earlier = new Network(structuredClone({ ...network }));
    this.back = [...this.back, { network: earlier, score, taught, names, examples: [...examples] }].slice(-MOST_BACK);
  }

  undo() {
    const { network: earlier, names: called, ...rest } = this.back.pop();
    Object.assign(this, rest, { before: null, curve: [] });
    install(earlier, called);
    this.showExamples();
    this.tell(words.teach.undone);
  }

  save(more = {}) {
    const taken = find(".teach-with").checked ? this.examples : [];
    const examples = taken.map(({ pixels, label }) => ({ pixels: asText(pixels), label }));
    const learned = { names, network: packNetwork(network), examples, taught: this.taught };
    save({ ...data, ...learned, brightest: how.layers.map(({ brightest }) => brightest), ...more }, "network-taught.html");
    this.tell(words.teach.saved);
  }

  async open(field) {
    const [file] = field.files;
    if (!file || this.busy) return;
    try {
      ensure(file.size <= MOST_FILE, "too_large");
      const found = readSaved(await file.text().catch(() => ""), knownSets());
      this.remember();
      const teacher = await this.take(found);
      teacher.tell(fill(words.teach.opened, { n: found.examples.length }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.tell(words.teach[error.message]);
    }
    field.value = "";
  }

  /** Install the content of an opened file: class names, network and examples. */
  async take({ names: called, network: found, examples, taught }) {
    Object.assign(this, { examples, taught, before: null, curve: [] });
    install(found, called ?? names);
    this.showExamples();
    await this.look();
    return this;
  }

  /** Show the labels that a drawing can have, and the examples. */
  showExamples() {
    for (const place of [".labels", ".strip"]) find(place).replaceChildren();
    names.forEach((name, label) => {
      const ariaLabel = fill(words.teach.keep, { name });
      make("button", find(".labels"), { type: "button", textContent: name, ariaLabel, onclick: () => this.keep(label) });
    });
    this.examples.forEach(({ pixels, label }, at) => {
      const about = fill(words.teach.remove, { name: names[label], n: at + 1 });
      make("span", imageButton(find(".strip"), pixels, about, () => this.remove(at)), { textContent: names[label] });
    });
  }

  /** The actions that are possible now. */
  get able() {
    const { busy, old, back, curve } = this, free = !busy, some = free && this.examples.length > 0;
    return { teach: some, oneStep: some, startAnew: some || (free && old), undo: free && back.length > 0, save: free, stop: busy && curve.length > 0 };
  }

  show() {
    const { busy, before, old, tests, able } = this, some = this.examples.length > 0;
    for (const button of all("[data-act]")) button.ariaDisabled = String(!able[button.dataset.act]);
    find(".strip-empty").hidden = some;
    find(".teach-mix").parentElement.hidden = !old;
    const last = find(before && !before.anew ? ".teach .results" : ".train .results") ?? find(".results");
    find(".teach .results").hidden = !last.closest(".teach"); // hidden if the training section shows the results
    const within = (selector) => last.querySelector(selector);
    within(".untested").hidden = busy || Boolean(tests);
    within(".of-tests").hidden = !tests;
    this.showWords(within, before && !busy && some ? this.own() : null);
    within(".curve").hidden = this.curve.length < 2;
    this.drawCurve(within);
    find(".step").hidden = true;
    this.markCard();
  }

  showWords(within, now) {
    const { score, before, busy, said, curve } = this, { own } = before ?? {};
    const shares = { before: before?.score && percent(before.score.right), after: score && percent(score.right), n: score?.answers.length };
    within(".score").textContent = score ? fill(before?.score ? words.teach.scores : words.teach.score, shares) : "";
    const comparable = now && own.losses.length === now.losses.length;
    const losses = comparable && { loss_before: own.loss.toFixed(2), loss_after: now.loss.toFixed(2), n: now.losses.length };
    within(".own-score").textContent = comparable ? fill(words.teach.own, { ...losses, before: own.right, after: now.right }) : "";
    within(".teach-said").textContent = busy && curve.length ? fill(words.teach.busy, { step: count(this.done), steps: count(this.planned) }) : said;
  }

  /** Note on the model card that its figures no longer apply to this network. */
  markCard() {
    const since = find(".since");
    if (!since) return;
    const { taught, score } = this, share = score ? percent(score.right) : "";
    since.hidden = !taught.steps;
    const about = { steps: count(taught.steps), n: count(taught.examples), share };
    const said = fill(taught.anew ? words.teach.since_anew : words.teach.since, about);
    since.textContent = score ? fill(words.two, { first: said, second: fill(words.teach.since_tested, about) }) : said;
  }

  drawCurve(within) {
    const { curve, busy, planned, done } = this, svg = within(".curve svg"), steps = busy ? planned : done;
    const highestLoss = Math.max(0.1, curve.reduce((most, { loss }) => Math.max(most, loss), 0));
    const x = (step) => 34 + (step / Math.max(steps, 1)) * 276, y = (share) => 126 - share * 112;
    const path = (points) => points.map(([across, down], at) => `${at ? "L" : "M"}${across.toFixed(1)} ${down.toFixed(1)}`).join("");
    const tested = curve.filter(({ right }) => right !== undefined).map(({ step, right }) => [x(step), y(right)]);
    svg.querySelector(".loss").setAttribute("d", path(curve.map(({ step, loss }) => [x(step), y(loss / highestLoss)])));
    svg.querySelector(".right").setAttribute("d", path(tested));
    svg.querySelector(".top").textContent = highestLoss.toFixed(1);
    svg.querySelector(".last").textContent = count(steps);
  }
}
