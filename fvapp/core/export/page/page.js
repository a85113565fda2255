// The page classifies each drawing while it is drawn, and shows how the network came to its answer.

const SURE_FROM = 0.5; // lowest probability of a sure answer, as in the app
const data = JSON.parse(find("#data").textContent);
let way = data; // data about the current set of images, such as how drawings are prepared for it
let words, names, network, how, paper, bars;
let judge = null; // the network that detects drawings unlike the training images, unpacked at first use
let asked = 0, rested = 0; // to keep strokes smooth, computing answers takes at most a third of the time

const percent = (share) => `${(100 * share).toFixed(1)}%`;

/** Set up the drawing area and the network, using the elements that are on the page now. */
function begin(answering, called) {
  paper = new Paper(words, way, ask);
  install(answering, called, data.brightest);
}

/** Classify drawings with the given network from now on, beginning with the current drawing. */
function install(answering, called, brightest = []) {
  [network, names] = [answering, called];
  for (const place of [".bars", ".panels"]) find(place).replaceChildren();
  how = new How(network, words, { names, brightest, varies: way.varies });
  bars = names.map((name) => {
    const row = make("div", find(".bars"), { className: "row" });
    make("span", row, { textContent: name });
    return { row, bar: make("b", make("i", row)), share: make("span", row) };
  });
  answer(true);
}

/** Classify the drawing at the next frame; while a stroke is still growing, only as often as time allows. */
function ask(final) {
  if (!final && performance.now() < rested) return;
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(() => answer(final));
}

function answer(final) {
  const begun = performance.now();
  const image = paper.empty ? null : paper.image ?? prepare(paper.strokes, way.lines, way.shade);
  const steps = image && network.walk(image), shares = steps ? network.shares(steps.at(-1).values) : names.map(() => 0);
  const best = highest(shares);
  bars.forEach(({ row, bar, share }, label) => {
    row.classList.toggle("best", Boolean(steps) && label === best);
    bar.style.width = `${100 * shares[label]}%`;
    share.textContent = steps ? percent(shares[label]) : "";
  });
  find(".bars").ariaLabel = steps ? fill(words.bars, { best: `${names[best]} ${percent(shares[best])}` }) : words.no_bars;
  paintGrey(find(".seen"), image ?? new Uint8Array(SIDE * SIDE));
  how.show({ image, steps, best });
  rested = 3 * performance.now() - 2 * begun;
  if (!steps) return headline(words.nothing_yet);
  const likely = `${names[best]} · ${percent(shares[best])}`, sure = shares[best] >= SURE_FROM;
  headline(sure ? likely : fill(words.perhaps, { answer: likely }), sure && /^[ -~]{1,2}$/.test(names[best]));
  if (final) setTimeout(doubt, 0, asked, image, steps, fill(sure ? words.said : words.said_perhaps, { answer: likely }));
}

/** Warn if an image differs from all training images. A larger network in the file, if any, decides this. */
function doubt(number, image, steps, likely) {
  if (number !== asked) return;
  judge ??= data.judge && new Network(data.judge);
  const sums = judge ? judge.walk(image).at(-1).values : steps.at(-1).values;
  const unlike = way.unlike_below !== null && evidence(sums) < way.unlike_below;
  find(".unlike").textContent = unlike ? words.unlike : "";
  say(unlike ? fill(words.unlike_too, { answer: likely }) : likely);
}

function headline(text, short = false) {
  Object.assign(find(".words"), { textContent: text, className: short ? "words" : "words long" });
  find(".unlike").textContent = "";
}

/** Make a button from an image. */
function imageButton(place, image, about, act) {
  const button = make("button", place, { type: "button", title: about, ariaLabel: about, onclick: act });
  paintGrey(make("canvas", button, { width: SIDE, height: SIDE }), image);
  return button;
}

/** Offer the test images in the file, if it has any, as buttons. */
function offer(place, found) {
  place.parentElement.hidden = !found?.labels.length;
  if (place.parentElement.hidden) return;
  found.labels.forEach((label, at) => {
    const image = found.images.slice(at * SIDE * SIDE, (at + 1) * SIDE * SIDE);
    imageButton(place, image, fill(words.test_image, { name: names[label], n: at + 1 }), () => {
      paper.show({ image }, fill(words.true_class, { answer: names[label] }));
      if (place.closest(".card, .train")) find(".paper-side").scrollIntoView();
    });
  });
}
