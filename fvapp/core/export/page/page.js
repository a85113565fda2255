// The page: whoever draws is answered at once, and sees how the answer came.

const SURE_FROM = 0.5; // as in the app
const [data, words] = ["#data", "#words"].map((name) => JSON.parse(find(name).textContent)), { names } = data;
const network = new Network(data.network), how = new How(network, words, data), paper = new Paper(words, data, ask);
let judge = null; // the network that knows what is no digit, unpacked when it is first asked
let asked = 0, rested = 0; // two thirds of the time are the pen's

const percent = (share) => `${(100 * share).toFixed(1)}%`;
const bars = names.map((name) => {
  const row = make("div", find(".bars"), { className: "row" });
  make("span", row, { textContent: name });
  return { row, bar: make("b", make("i", row)), share: make("span", row) };
});

/** Answer with the next picture of the screen; while a stroke grows only as often as there is time. */
function ask(final) {
  if (!final && performance.now() < rested) return;
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(() => answer(final));
}

function answer(final) {
  const begun = performance.now();
  const image = paper.empty ? null : paper.image ?? prepare(paper.strokes, data.lines, data.shade);
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

/** Say so where an image is unlike all that the network learned from: a larger network knows, and may take its time. */
function doubt(number, image, steps, likely) {
  if (number !== asked) return;
  judge ??= data.judge ? new Network(data.judge) : network;
  const sums = judge === network ? steps.at(-1).values : judge.walk(image).at(-1).values;
  const unlike = data.unlike_below !== null && evidence(sums) < data.unlike_below;
  find(".unlike").textContent = unlike ? words.unlike : "";
  say(unlike ? fill(words.unlike_too, { answer: likely }) : likely);
}

function headline(text, short = false) {
  Object.assign(find(".words"), { textContent: text, className: short ? "words" : "words long" });
  find(".unlike").textContent = "";
}

/** Offer images of the test set, to tap, where the file has any. */
function offer(place, found) {
  place.parentElement.hidden = !found?.labels.length;
  if (place.parentElement.hidden) return;
  const { labels } = found, all = bytesOf(found.pixels);
  labels.forEach((label, at) => {
    const image = all.slice(at * SIDE * SIDE, (at + 1) * SIDE * SIDE), about = fill(words.test_image, { name: names[label], n: at + 1 });
    const button = make("button", place, { type: "button", title: about, ariaLabel: about });
    paintGrey(make("canvas", button, { width: SIDE, height: SIDE }), image);
    button.onclick = () => {
      paper.show({ image }, fill(words.true_class, { answer: names[label] }));
      if (place.closest(".card")) find("main").scrollIntoView();
    };
  });
}

offer(find(".tests .thumbs"), data.tests);
offer(find(".mistakes .thumbs"), data.mistakes);
find("main").hidden = false;
document.documentElement.classList.add("awake");
if (data.drawing.length) paper.replay(data.drawing, words.whose);
else if (!find(".tests").hidden) find(".tests button:last-child").click(); // an answer to begin with
else paper.clear();
