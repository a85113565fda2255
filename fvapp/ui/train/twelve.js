/* Twelve test images with the network's guess below each, and a drawing with a bar for each class, at successive
   moments of training. The server sends all moments at once; the browser plays new ones, and replays without a request. */

const PACE = 420; // milliseconds for which each moment of the run is shown
const MOST_BUTTONS = 30; // with more classes, the visitor types the name of a class
const HURRIED = 260; // milliseconds for each moment while many moments are waiting
const MARK = '<svg viewBox="0 0 16 16" class="mark" aria-hidden="true"><path/></svg>';
const MARKS = { right: "M3.5 8.5l3 3 6-7", wrong: "M4.5 4.5l7 7M11.5 4.5l-7 7" };

const played = new Map(); // the last moment played of each run, from which the run continues when drawn again

const ours = new Map(); // the visitor's guesses for each run, until the tab is closed

/** Return the visitor's own guesses for a run, by image; a browser may refuse to store them. */
function guessesOf(run) {
  const name = `fvapp.guesses.${run}`;
  if (!ours.has(run)) {
    let kept = {};
    try {
      kept = JSON.parse(sessionStorage.getItem(name)) ?? {};
    } catch {}
    ours.set(run, kept);
  }
  return ours.get(run);
}

/** Ask the visitor what each image shows, one image at a time; close the dialog after the last. */
function askVisitor(parts, data) {
  const { dialog } = parts;
  const mine = guessesOf(data.run);
  const index = data.truth.findIndex((_, image) => mine[image] === undefined);
  if (index < 0) return dialog.close();
  beginDialog(dialog, data.words.what, data.words.close);
  const body = node("div", "body", dialog);
  const asked = node("div", "large", body);
  place(node("span", "picture", asked), data, index);
  node("span", "text", asked, data.lines[index]);
  const names = node("div", "names", body);
  const take = (label) => {
    mine[index] = label;
    try {
      sessionStorage.setItem(`fvapp.guesses.${data.run}`, JSON.stringify(mine));
    } catch {}
    parts.draw();
    askVisitor(parts, data);
  };
  if (data.names.length > MOST_BUTTONS) {
    const field = Object.assign(node("input", "", names), { ariaLabel: data.words.what });
    field.oninput = () => data.names.includes(field.value) && take(data.names.indexOf(field.value));
  } else data.names.forEach((name, label) => button("look", names, name, () => take(label)));
  if (!dialog.open) dialog.showModal();
}

function mark(parent) {
  parent.insertAdjacentHTML("beforeend", MARK);
  return parent.lastChild.firstChild;
}

function build(root) {
  root.replaceChildren();
  const line = node("p", "line", root);
  const own = Object.assign(node("div", "own", root), { role: "img", bars: [] });
  own.head = node("span", "title", own);
  own.picture = node("span", "picture", own);
  own.list = node("span", "bars", own);
  const grid = Object.assign(node("div", "grid", root), { role: "group" });
  const ask = button("look ask", root);
  return { line, own, grid, ask, ...player(root, 1), dialog: node("dialog", "", root), tiles: [] };
}

function buildTiles(parts, count) {
  parts.grid.replaceChildren();
  parts.tiles = Array.from({ length: count }, (_, index) => {
    const tile = Object.assign(button("tile", parts.grid), { tabIndex: index ? -1 : 0 });
    const frame = node("span", "frame", tile);
    const [picture, path] = [node("span", "picture", frame), mark(frame)];
    const text = node("span", "text", tile);
    const [bar, name] = [node("span", "bar", node("span", "sure", tile)), node("span", "name", tile)];
    return { tile, picture, path, bar, name, text, mine: node("span", "mine", tile) };
  });
}

const place = (picture, data, index) => {
  picture.style.backgroundImage = `url("${data.picture}")`;
  picture.style.backgroundSize = `${100 * data.truth.length}% 100%`;
  picture.style.backgroundPosition = `${(100 * index) / (data.truth.length - 1)}% 0`;
};

/** Show a moment's answer to the drawing: a bar for each class, with the answer's bar in colour. */
function showDrawing({ own }, data, moment) {
  const { names, words } = data;
  own.hidden = !data.drawing;
  if (own.hidden) return;
  const shares = moment?.drawing ?? [];
  const best = shares.indexOf(Math.max(...shares));
  own.head.textContent = words.drawing;
  own.picture.style.backgroundImage = `url("${data.drawing}")`;
  own.picture.style.backgroundSize = "100% 100%";
  const widths = names.map((name) => [...name].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0));
  own.style.setProperty("--own-name", `${Math.max(...widths)}ch`);
  while (own.bars.length < names.length) {
    const row = node("span", "row", own.list);
    own.bars.push({ row, name: node("span", "name", row), bar: node("span", "bar", node("span", "sure", row)) });
  }
  own.bars.forEach(({ row, name, bar }, label) => {
    name.textContent = names[label];
    bar.style.transform = `scaleX(${shares[label] ?? 0})`;
    row.classList.toggle("best", label === best);
  });
  const guess = best < 0 ? "?" : `${names[best] ?? best} ${Math.floor(100 * shares[best] + 0.5)}%`;
  own.setAttribute("aria-label", words.drawing_said.replace("{guess}", guess));
}

/** Write a name so that its lines break only after a slash: "T-shirt/top" must fit below a small picture. */
function write(place, name) {
  if (place.dataset.name === name) return;
  place.dataset.name = name;
  const parts = name.replaceAll("-", "\u2011").split("/");
  place.replaceChildren(...parts.flatMap((part, at) => (at ? ["/", document.createElement("wbr"), part] : [part])));
}

/** Return a moment's answer to an image: its state, its text, and how sure the network is. */
function verdict(data, moment, index) {
  const { words, names, truth } = data;
  if (!moment) return { state: "unknown", guess: "?", share: 0, percent: "" };
  const label = moment.labels[index];
  if (label === null || label === undefined) return { state: "wrong", guess: words.nothing, share: 0, percent: "" };
  const share = moment.shares[index] ?? 0;
  return {
    state: label === truth[index] ? "right" : "wrong",
    guess: names[label] ?? String(label), // show the number of an output neuron without a class
    share,
    percent: `${Math.floor(100 * share + 0.5)}%`,
  };
}

const mineOf = (data, index) => {
  const label = guessesOf(data.run)[index];
  return label === undefined ? "" : data.words.mine.replace("{label}", data.names[label] ?? "");
};

const said = (data, index, { state, guess, percent }) =>
  `${data.lines[index]} `.concat(state === "unknown" ? data.words.unknown : data.words.guess)
    .replace("{label}", data.names[data.truth[index]])
    .replace("{guess}", `${guess} ${percent}`.trim())
    .replace("{verdict}", data.words[state])
    .concat(" ", mineOf(data, index))
    .trim();

const lineOf = (data, moment) =>
  moment ? data.words.line.replace("{when}", moment.when).replace("{right}", moment.right).replace("{all}", data.truth.length) : data.words.empty;

/** Show an enlarged image, with the network's answers at all moments. */
function open(parts, data, index, look) {
  const { dialog } = parts;
  beginDialog(dialog, data.words.label.replace("{label}", data.names[data.truth[index]]), data.words.close);
  const body = node("div", "body", dialog);
  const left = node("div", "large", body);
  place(node("span", "picture", left), data, index);
  node("span", "text", left, data.lines[index]);
  if (data.opens) {
    button("look", left, data.words.look, () => {
      dialog.close();
      look(index);
    });
  }
  const list = Object.assign(node("ol", "history", body), { tabIndex: 0, ariaLabel: data.words.history });
  for (const moment of data.moments) {
    const found = verdict(data, moment, index);
    const row = node("li", found.state, list);
    node("span", "when", row, moment.when);
    mark(row).setAttribute("d", MARKS[found.state]);
    node("span", "name", row, found.guess);
    node("span", "percent", row, found.percent);
    node("span", "bar", node("span", "sure", row)).style.transform = `scaleX(${found.share})`;
    row.setAttribute("aria-label", `${moment.when}: ${said(data, index, found)}`);
  }
  dialog.showModal();
  list.scrollTop = list.scrollHeight;
}

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".twelve");
  if (!root) {
    root = node("div", "twelve", parentElement);
    parentElement.twelve = { parts: build(root), run: null, at: -1, back: false, playing: false, timer: 0 };
  }
  const state = parentElement.twelve;
  const { parts } = state;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const last = data.moments.length - 1;
  clearTimeout(state.timer);

  if (parts.tiles.length !== data.truth.length) buildTiles(parts, data.truth.length);
  if (state.run !== data.run) {
    // A finished run is shown at its end. A run in training is played from its beginning or the last moment played.
    const begin = data.live ? (played.get(data.run) ?? 0) : last;
    Object.assign(state, { run: data.run, back: false, playing: false, at: Math.min(begin, last) });
  }
  state.at = Math.min(state.at, last);

  const moving = () => state.playing || (!state.back && state.at < last);

  function draw() {
    const moment = data.moments[state.at];
    played.set(data.run, state.at);
    parts.line.textContent = lineOf(data, moment);
    showDrawing(parts, data, moment);
    parts.tiles.forEach(({ tile, picture, path, bar, name, mine, text }, index) => {
      const found = verdict(data, moment, index);
      place(picture, data, index);
      text.textContent = data.lines[index];
      tile.dataset.state = found.state;
      path.setAttribute("d", MARKS[found.state] ?? "");
      bar.style.transform = `scaleX(${found.share})`;
      write(name, found.guess);
      mine.textContent = mineOf(data, index);
      tile.setAttribute("aria-label", said(data, index, found));
      tile.disabled = last < 0;
    });
    // While a run has no answers yet, offer to guess, unless the visitor has already guessed all images.
    const waits = data.live && last < 0 && Object.keys(guessesOf(data.run)).length < data.truth.length;
    parts.ask.hidden = !waits;
    parts.ask.textContent = data.words.guess_now;
    parts.ask.onclick = () => askVisitor(parts, data);
    parts.controls.hidden = last < 0 && !data.live;
    parts.controls.dataset.idle = String(last < 1);
    parts.play.disabled = parts.range.disabled = last < 1;
    // While a run trains, show this play button beside "Stop" and "Pause" only if the visitor has gone back.
    parts.play.hidden = data.live && !state.back;
    parts.play.textContent = moving() && !still.matches ? data.words.pause : data.words.play;
    parts.range.max = Math.max(0, last);
    parts.range.value = Math.max(0, state.at);
    parts.range.setAttribute("aria-valuetext", lineOf(data, moment));
  }

  parts.draw = draw;

  function show(at) {
    state.at = at;
    draw();
    go();
  }

  /** Show the next moment after a pause; at the last moment, stop playing. */
  function go() {
    clearTimeout(state.timer);
    if (state.at >= last) {
      Object.assign(state, { playing: false, back: false });
      draw();
      return;
    }
    if (state.back && !state.playing) return;
    state.timer = setTimeout(() => show(Math.min(last, state.at + 1)), last - state.at > 8 ? HURRIED : PACE);
  }

  parts.grid.setAttribute("aria-label", data.words.history);
  parts.range.setAttribute("aria-label", data.words.slider);
  parts.play.onclick = () => {
    if (still.matches) {
      // For visitors who prefer reduced motion, show one moment after another, without transitions.
      state.at = state.at >= last ? 0 : state.at + 1;
      state.back = state.at < last;
      draw();
      return;
    }
    Object.assign(state, { playing: !moving(), back: true });
    show(state.playing && state.at >= last ? 0 : state.at);
  };
  parts.range.oninput = () => {
    const at = Number(parts.range.value);
    Object.assign(state, { playing: false, back: at < last });
    show(at);
  };
  parts.tiles.forEach(({ tile }, index) => {
    tile.onclick = () => open(parts, data, index, (image) => setTriggerValue("opened", image));
    tile.onkeydown = (event) => goByArrow(event, parts.grid, index);
  });

  if (still.matches && !state.back) state.at = last;
  draw();
  if (!still.matches) go();
  return () => clearTimeout(state.timer);
}
