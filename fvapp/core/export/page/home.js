// The smallest edition of the app: this page trains a new network on images in the file or on the visitor's drawings.

const sets = data.sets, knownSets = () => sets;
const TWELVE = 12, MOST_CLASSES = 6, FEWEST_CLASSES = 2;
const CHOICES = { neurons: [0, 16, 64, 128], epochs: [1, 2, 5, 10, 20, 50, 100, 200], optimizer: Object.keys(OPTIMIZERS) };
CHOICES.rate = [0.0001, 0.001, 0.01, 0.1];
const lessons = {}; // the visitor's work on each set of images, for a later return to the set
const templates = [...all("template")];
let set, teacher, language;

/** Return a new network with random weights, with one hidden layer or none. */
function freshOf(neurons, classes) {
  const widths = [SIDE * SIDE, ...(neurons ? [neurons] : []), classes];
  const dense = widths.slice(1).map((units, at) => {
    const activation = at + 2 < widths.length ? "relu" : "";
    return { kind: "dense", shows: "neurons", activation, silent: true, kernel: new Float32Array(widths[at] * units), bias: new Float32Array(units) };
  });
  const fresh = new Network({ steps: [{ kind: "flatten" }, ...dense], scale: 255, temperature: 1 });
  forgetAll(fresh);
  return fresh;
}

class Lesson extends Teacher {
  constructor(own) {
    super();
    const chosen = { neurons: 64, epochs: own ? 200 : 5, optimizer: "adam", rate: 0.01 };
    Object.assign(this, { names: own ? ["A", "B", "C"] : null, network: null, chosen });
  }

  train() {
    const { neurons, epochs, optimizer, rate } = this.chosen;
    const lacking = names.find((_, label) => !this.examples.some((each) => each.label === label));
    if (!this.old && lacking) return this.tell(fill(words.home.lacking, { name: lacking }));
    return this.change(() => this.training(epochs, { optimizer, rate }), () => install(freshOf(neurons, names.length), names));
  }

  /** Rename the classes, or change their number. A removed class loses its examples, and the network is reset. */
  rename(called) {
    this.remember();
    this.examples = this.examples.filter(({ label }) => label < called.length);
    const changed = called.length !== names.length;
    install(changed ? freshOf(this.chosen.neurons, called.length) : network, called);
    if (changed) this.taught = nothingTaught();
    this.showExamples();
    this.show();
  }

  bind() {
    super.bind();
    for (const [name, choices] of Object.entries(CHOICES)) {
      const field = find(`.train-${name}`);
      field.replaceChildren();
      for (const choice of choices) make("option", field, { value: choice, textContent: words.home[choice] ?? choice, selected: choice === this.chosen[name] });
      field.onchange = () => (this.chosen[name] = choices[field.selectedIndex]);
    }
  }

  get able() {
    const { names: own, busy } = this;
    return { ...super.able, train: !busy, more: !busy && own?.length < MOST_CLASSES, less: !busy && own?.length > FEWEST_CLASSES };
  }

  more() {
    this.rename([...names, String.fromCharCode(65 + names.length)]);
  }

  less() {
    this.rename(names.slice(0, -1));
  }

  offerNames() {
    find(".class-names").replaceChildren();
    names.forEach((name, label) => {
      const about = fill(words.home.class_name, { n: label + 1 });
      const field = make("input", find(".class-names"), { value: name, maxLength: MOST_NAME, ariaLabel: about, spellcheck: false });
      field.onchange = () => {
        const typed = field.value.replace(/\p{C}/gu, "").trim();
        if (typed && !names.includes(typed)) this.rename(names.map((each, at) => (at === label ? typed : each)));
        else field.value = names[label];
      };
    });
  }

  show() {
    if (this.names) this.names = names;
    this.network = network;
    super.show();
    for (const field of all(".train select, .train input, .sets input, .language")) field.disabled = this.busy;
    find(".train-about").textContent = fill(words.home[`about_${set}`], { n: count(this.old?.labels.length ?? this.examples.length) });
    find(".untrained").hidden = this.busy || this.taught.steps > 0;
    find(".own-classes").hidden = !this.names;
    if (!this.names) return this.showTwelve();
    if (names.join() !== Array.from(find(".class-names").children, ({ value }) => value).join()) this.offerNames();
  }

  /** Write the network's answer below each of the twelve test images. */
  showTwelve() {
    if (!this.score) return;
    all(".tests button").forEach((button, at) => {
      const label = this.tests.labels[at], taken = this.score.answers[at], right = taken === label;
      button.className = right ? "right" : "wrong";
      button.querySelector("span").textContent = right ? "✓" : `✗ ${names[taken]}`;
      button.ariaLabel = fill(right ? words.home.is_right : words.home.is_wrong, { name: names[label], answer: names[taken] });
    });
  }

  async provide(images) {
    await super.provide(images);
    offer(find(".tests .thumbs"), { images: this.tests?.images, labels: [...(this.tests?.labels.slice(0, TWELVE) ?? [])] });
    all(".tests button").forEach((button) => make("span", button));
    this.show();
  }

  save() {
    super.save({ set, language });
  }

  /** Install the content of a file, which may belong to a set of images other than the page's. */
  async take(found) {
    if (found.set !== set) {
      this.back.pop(); // the work on the previous set of images is kept, so drop its undo step
      await draw(found.set);
      teacher.remember();
    }
    return super.take.call(teacher, found);
  }
}

/** Draw the page in the chosen language, with the visitor's work on a set of images. */
function draw(chosen = set) {
  set = chosen;
  const { strokes = [], image = null } = paper ?? {};
  find("#page").replaceChildren(find(`template[lang="${language}"]`).content.cloneNode(true));
  words = JSON.parse(find("#words").textContent);
  document.documentElement.lang = language;
  document.title = find("h1").textContent;
  for (const { lang, title } of templates) make("option", find(".language"), { value: lang, textContent: title, selected: lang === language });
  find(".language").onchange = ({ target }) => {
    language = target.value;
    draw();
    find(".language").focus();
  };
  for (const field of all(".sets input")) {
    field.checked = field.value === set;
    field.onchange = () => draw(field.value);
  }
  way = sets[set];
  teacher = lessons[set] ??= new Lesson(set === "own");
  const called = teacher.names ?? words.names[set];
  find(".hint").textContent = words.hints[set];
  begin(teacher.network ?? freshOf(teacher.chosen.neurons, called.length), called);
  paper.show({ strokes, image }, "");
  teacher.bind();
  document.documentElement.classList.add("awake");
  return teacher.provide(way.teach);
}

/** Return the offered language that suits the browser's settings best. */
function suitable() {
  const wanted = navigator.language.replace(/^zh(?!.*hans).*(hant|hk|mo|tw).*/i, "zh-Hant").replace(/^zh(?!-Hant).*/i, "zh-Hans");
  return (templates.find(({ lang }) => lang.startsWith(wanted) || wanted.startsWith(lang)) ?? templates[0]).lang;
}

language = data.language ?? suitable();
draw(data.set).then(() => data.network && teacher.take(readData(data, sets)));
