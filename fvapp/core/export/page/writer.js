// Continues a text with a network in the browser, on the app's page and in the take-home file.
// Typed text is never sent, and no character waits for the server.
// This script needs elements.js, network.js and writing.js.

const PACE = 70; // milliseconds per character (sign)
const AT_ONCE = 110; // characters shown at once, for visitors who prefer reduced motion
const MOST = 1_200; // maximum number of characters in a text
const BARS = 10;
const SHOWN_NEWS = 6; // number of the latest new words that are shown
const CELL = 32; // canvas pixels per pixel of the network's input; two columns to its left show the letters
const LETTERS = 2 * CELL;
const LENGTH = 400; // length of a bar for a share of 100%, in canvas pixels

const percent = (share) => `${Math.round(100 * share)}%`;

/** Replace the displayed text; only the changed part of the layout is computed again. */
const write = (element, text) => {
  const before = element.firstChild;
  if (!before) element.textContent = text;
  else if (before.data !== text) before.data = text;
};

function build(root, { form, words, chance, learned }) {
  const parts = {};
  parts.form = node("form", "form", root);
  const field = node("label", "field", parts.form);
  node("span", "", field, words.beginning);
  parts.beginning = Object.assign(node("input", "", field), { type: "text", maxLength: 200, autocomplete: "off", spellcheck: false });
  parts.beginning.lang = form.language;
  parts.go = Object.assign(node("button", "go", parts.form, words.go), { type: "submit" });
  parts.one = button("", parts.form, words.one);
  parts.again = button("", parts.form, words.again);
  const slider = node("label", "chance", root);
  node("b", "", slider, words.chance);
  node("span", "", slider, words.little);
  parts.chance = Object.assign(node("input", "", slider), { type: "range", min: 0, max: 1.5, step: 0.1, value: chance });
  node("span", "", slider, words.much);
  parts.lost = node("p", "lost", root);
  const stage = node("div", "stage", root);
  parts.page = Object.assign(node("div", "page", stage), { tabIndex: 0, role: "group", ariaLabel: words.written, lang: form.language });
  parts.text = node("p", "text", parts.page);
  const next = node("div", "next", stage);
  node("h2", "", next, words.next);
  const list = node("ol", "bars", next);
  parts.bars = Array.from({ length: BARS }, () => {
    const row = node("li", "", list);
    return { row, sign: node("b", "", row), share: node("span", "", row) };
  });
  // All bars share a canvas. For ten moving elements, the browser would compute styles anew for each character.
  parts.lengths = Object.assign(node("canvas", "lengths", next), { width: LENGTH, height: 3 * BARS, ariaHidden: "true" });
  parts.took = node("p", "took", next);
  const given = node("div", "given", stage);
  node("h2", "", given, words.strip);
  parts.strip = Object.assign(node("canvas", "", given), { width: LETTERS + SIDE * CELL, height: SIDE * CELL, role: "img", ariaLabel: words.strip_alt });
  parts.notes = Object.assign(node("div", "notes", root), { hidden: learned === null });
  parts.copied = node("p", "copied", parts.notes);
  parts.unread = node("p", "unread", parts.notes);
  parts.read = button("read", root, words.read);
  parts.aloud = Object.assign(node("div", "said", root), { role: "status" });
  return parts;
}

/** Draw the network's input: one row for each character (sign), with the letter beside the row. */
function drawStrip({ strip }, form, labels) {
  const context = strip.getContext("2d"), end = labels.slice(-form.context);
  const rect = (name, ...box) => {
    context.fillStyle = SCREEN[name];
    context.fillRect(...box);
  };
  rect("screen", 0, 0, strip.width, strip.height);
  rect("screen-shade", LETTERS, (SIDE - form.context) * CELL, SIDE * CELL, form.context * CELL);
  context.font = `600 ${0.9 * CELL}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  end.reverse().forEach((label, back) => {
    const top = (SIDE - 1 - back) * CELL;
    for (const column of form.columns[label]) rect("white", LETTERS + column * CELL + 1, top + 1, CELL - 2, CELL - 2);
    context.fillText(form.shown[label], CELL, top + CELL / 2 + 1);
  });
}

const SCREEN = {};

function start(root, data) {
  for (const name of ["screen", "screen-shade", "screen-quiet", "white", "lit"]) SCREEN[name] = `rgb(${colour(name)})`;
  const { form, words } = data, parts = build(root, data);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let network = new Network(data.network), labels = [], begun = "", compared = null, timer = 0;

  const sharesNow = () => network.shares(network.walk(stripOf(labels, form)).at(-1).values);

  /** Show the next characters' probabilities at the slider's temperature; mark the chosen character, if any. */
  const showBars = (given, taken) => {
    parts.chance.oninput = () => showBars(given, taken);
    const powers = powersOf(given, Number(parts.chance.value)), sum = sumOf(powers), shares = powers.map((power) => power / sum);
    const order = [...given.keys()].sort((one, other) => given[other] - given[one]);
    const shown = order.slice(0, BARS);
    if (taken !== null && !shown.includes(taken)) shown[BARS - 1] = taken;
    const lengths = parts.lengths.getContext("2d");
    lengths.clearRect(0, 0, LENGTH, 3 * BARS);
    parts.bars.forEach(({ row, sign, share }, rank) => {
      const label = shown[rank];
      row.hidden = label === undefined;
      if (row.hidden) return;
      row.classList.toggle("taken", label === taken);
      write(sign, form.shown[label]);
      write(share, shares[label] < 0.005 ? "" : percent(shares[label]));
      lengths.fillStyle = SCREEN[label === taken ? "lit" : "screen-quiet"];
      lengths.fillRect(0, 3 * rank, Math.max(1, LENGTH * shares[label]), 2);
    });
    const names = { taken: form.shown[taken], likeliest: form.shown[order[0]] };
    write(parts.took, taken === null ? "" : fill(taken === order[0] ? words.likeliest : words.by_chance, names));
  };

  /** Show the network's input, and the next characters. */
  const showAnswer = (shares, taken) => {
    drawStrip(parts, form, labels);
    showBars(shares, taken);
  };

  /** Show the text: its beginning, then pieces with marks, and the newest character. */
  const showText = () => {
    const { text, copied, unread } = compared;
    const pieces = [["begun", begun]];
    for (let from = 0, to = 0; from < text.length; from = to) {
      for (to = from + 1; to < text.length - 1 && copied[to] === copied[from] && unread[to] === unread[from]; ) to++;
      const marks = [copied[from] && "copied", unread[from] && "unread", to === text.length && "newest"];
      pieces.push([marks.filter(Boolean).join(" "), text.slice(from, to)]);
    }
    // A growing piece of text is updated in place, and any other change replaces the piece, so no other text moves.
    const { children } = parts.text;
    pieces.forEach(([name, piece], place) => {
      const before = children[place];
      if (before?.className === name && piece.startsWith(before.textContent)) return write(before, piece);
      const made = node("span", name, parts.text, piece);
      if (before) before.replaceWith(made);
    });
    while (children.length > pieces.length) parts.text.lastChild.remove();
    parts.notes.classList.toggle("empty", !text);
    const { news } = compared, latest = [...news].slice(-SHOWN_NEWS).join(words.comma);
    parts.copied.classList.toggle("empty", text.length < form.piece);
    write(parts.copied, fill(words.copied, { share: percent(compared.share) }));
    write(parts.unread, fill(words.unread, { n: news.size, words: (news.size > SHOWN_NEWS ? "… " : "") + (latest || words.none) }));
  };

  const writeSign = () => {
    const shares = sharesNow(), taken = drawSign(shares, Number(parts.chance.value), Math.random());
    showAnswer(shares, taken);
    labels.push(taken);
    compared.add(form.signs[taken]);
  };

  const stop = () => {
    clearInterval(timer);
    timer = 0;
    parts.go.textContent = words.go;
  };

  const tick = () => {
    if (!root.isConnected || compared.text.length >= MOST) return stop();
    writeSign();
    showText();
  };

  const writeOn = () => {
    if (timer) return stop();
    if (still.matches) {
      for (let count = 0; count < AT_ONCE && compared.text.length < MOST; count++) writeSign();
      return showText();
    }
    parts.go.textContent = words.stop;
    timer = setInterval(tick, PACE);
    tick();
  };

  const begin = () => {
    stop();
    const { text, dropped } = cleanText(parts.beginning.value, form);
    begun = text;
    labels = [...text].map((sign) => form.signs.indexOf(sign));
    compared = new Compared(data.learned, form.piece, form, data.own, begun);
    parts.lost.textContent = dropped && fill(words.lost, { characters: [...dropped].join(" ") });
    showAnswer(sharesNow(), null);
    showText();
  };

  parts.form.onsubmit = (event) => {
    event.preventDefault();
    writeOn();
  };
  parts.one.onclick = () => {
    stop();
    tick();
  };
  parts.again.onclick = begin;
  // do nothing while the visitor is still composing a Chinese character
  parts.beginning.oninput = (event) => event.isComposing || begin();
  parts.beginning.addEventListener("compositionend", begin);
  parts.read.onclick = () => {
    parts.aloud.textContent = "";
    // set after a pause, so that the same text is announced again
    setTimeout(() => (parts.aloud.textContent = begun + compared.text), 100);
  };
  root.written = () => ({ typed: begun, written: compared.text });
  parts.beginning.value = form.beginning;
  begin();
  return (packed) => {
    network = new Network(packed);
    if (!compared.text) begin();
  };
}
