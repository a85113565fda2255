/* The "One step" tool: six screens on how a network learns. The server has computed every number, so moving a slider or
   taking a step sends no request. */

const SVG = "http://www.w3.org/2000/svg";
const fixed = (value, digits = 2) => value.toFixed(digits).replace(/^-(0(\.0+)?)$/, "$1").replace("-", "−");
const percent = (value) => (value > 0.9995 ? ">99.9%" : `${(100 * value).toFixed(value < 0.0945 || value > 0.985 ? 1 : 0)}%`);
const rounded = (value) => `${Math.round(100 * value)}%`;
const whole = (value) => value.toLocaleString("en");
const across = (from, to, count) => Array.from({ length: count }, (_, i) => from + ((to - from) * i) / Math.max(1, count - 1));
// a smaller change of the loss changes the correct class's probability by at most about a twentieth
const HARDLY = 0.05;
// use a third digit if two digits would hide the change
const digitsOf = (...values) => (new Set(values.map((each) => fixed(each))).size < values.length ? 3 : 2);

function shape(kind, parent, attributes = {}, text = "") {
  const made = parent.appendChild(document.createElementNS(SVG, kind));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== "") made.textContent = text;
  return made;
}

/** Write a text; parts between asterisks are bold. */
function say(parent, words, values = {}) {
  const made = node("p", "", parent);
  words.split("*").forEach((part, i) => (i % 2 ? node("b", "", made, fill(part, values)) : made.append(fill(part, values))));
}

/**
 * Draw a picture in grey. With `strength`, draw what a step adds to a neuron: orange for weights that go up, blue for
 * down.
 */
function picture(parent, pixels, strength) {
  const canvas = node("canvas", "image", parent), image = new ImageData(28, 28);
  canvas.width = canvas.height = 28;
  canvas.setAttribute("aria-hidden", "true");
  pixels.forEach((value, i) => {
    const tint = strength === undefined ? [value, value, value, 255] : [...(strength > 0 ? ABOVE : BELOW), value * Math.abs(strength)];
    image.data.set(tint, 4 * i);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Draw the taught image; below an image of text, also draw the text. */
function taught(parent, { pixels, line }) {
  const figure = node("div", "", parent);
  picture(figure, pixels);
  if (line) node("p", "reads", figure, line);
}

function ticks(least, most, count) {
  const raw = (most - least) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw * 0.999);
  const first = Math.ceil(least / step - 1e-9);
  return Array.from({ length: Math.floor(most / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

/**
 * Draw axes as wide as their container, so that text keeps its size on a phone. Return the chart's elements, and
 * functions that turn numbers into positions.
 */
function axes(parent, { x, y, xName, yName, xText, yText, label }) {
  const width = Math.max(280, parent.clientWidth), height = width < 440 ? 225 : Math.min(340, Math.max(230, innerHeight * 0.36));
  const svg = shape("svg", parent, { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": label });
  const box = { left: 52, right: width - 12, top: 14, bottom: height - 44, width };
  const toX = (value) => box.left + ((value - x[0]) / (x[1] - x[0])) * (box.right - box.left);
  const toY = (value) => box.bottom - ((value - y[0]) / (y[1] - y[0])) * (box.bottom - box.top);
  const digits = (marks) => Math.max(0, -Math.floor(Math.log10(marks[1] - marks[0]) + 1e-9));
  const up = ticks(...y, 4), along = ticks(...x, width < 440 ? 4 : 6);
  for (const tick of up) {
    shape("line", svg, { class: "grid", x1: box.left, x2: box.right, y1: toY(tick), y2: toY(tick) });
    shape("text", svg, { class: "tick", x: box.left - 7, y: toY(tick) + 4.5, "text-anchor": "end" }, yText ? yText(tick) : fixed(tick, digits(up)));
  }
  for (const tick of along)
    shape("text", svg, { class: "tick", x: toX(tick), y: box.bottom + 19, "text-anchor": "middle" }, xText ? xText(tick) : fixed(tick, digits(along)));
  shape("text", svg, { class: "tick", x: box.right, y: height - 5, "text-anchor": "end" }, xName);
  const middle = (box.top + box.bottom) / 2;
  if (yName) shape("text", svg, { class: "tick", x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` }, yName);
  const clip = shape("clipPath", svg, { id: "one-step-axes" });
  shape("rect", clip, { x: box.left, y: box.top - 10, width: box.right - box.left + 6, height: box.bottom - box.top + 10 });
  const inside = shape("g", svg, { "clip-path": "url(#one-step-axes)" });
  const path = (xs, ys) => xs.map((value, i) => `${i ? "L" : "M"}${toX(value).toFixed(2)} ${toY(ys[i]).toFixed(2)}`).join("");
  return { svg, inside, box, toX, toY, path };
}

/** Add a slider below the chart, as wide as the chart's axis. Dragging on the chart also moves the slider. */
function slide(scene, chart, { most, value, label, text }, changed) {
  const { svg, box } = chart;
  const range = Object.assign(node("input", "range", scene.main), { type: "range", min: 0, max: most, value });
  range.style.cssText = `margin-left: ${box.left - 8}px; width: ${box.right - box.left + 16}px`;
  range.setAttribute("aria-label", label);
  const move = (to) => {
    range.value = to;
    range.setAttribute("aria-valuetext", text(+range.value));
    changed(+range.value);
  };
  range.oninput = () => move(+range.value);
  range.onchange = () => scene.tell(text(+range.value));
  const drag = (event) => {
    const seen = svg.getBoundingClientRect(), at = ((event.clientX - seen.left) / seen.width) * box.width;
    move(Math.round(((at - box.left) / (box.right - box.left)) * most));
  };
  svg.onpointerdown = (event) => (svg.setPointerCapture(event.pointerId), drag(event));
  svg.onpointermove = (event) => event.buttons && drag(event);
  svg.onpointerup = range.onchange;
  range.setAttribute("aria-valuetext", text(value));
  return move;
}

function place(ball, chart, x, y) {
  ball.setAttribute("cx", chart.toX(x));
  ball.setAttribute("cy", Math.max(chart.toY(y), chart.box.top));
}

function drawBars(parent, data, shares, before) {
  const list = node("div", "bars", parent);
  shares.forEach((value, i) => {
    const row = node("div", i === data.label ? "row right" : "row", list);
    node("span", "", row, data.names[i]);
    const track = node("div", "track", row);
    node("i", "", track).style.width = `${100 * value}%`;
    if (before) node("u", "", track).style.left = `${100 * before[i]}%`;
    node("span", "n", row, percent(value));
  });
}

// Screen 1, "How wrong?"
function drawLoss(scene) {
  const { data, words, main, beside, says } = scene, own = data.shares[data.label], most = Math.max(4.2, data.loss + 0.5);
  const pair = node("div", "pair", beside), answer = data.shares.indexOf(Math.max(...data.shares));
  const about = { share: percent(own), label: data.names[data.label], answer: data.names[answer], when: words.when };
  taught(pair, data);
  drawBars(pair, data, data.shares);
  const title = fill(words.x, about), chart = axes(main, { x: [0, 1], y: [0, most], xName: title, yName: words.loss, xText: rounded, label: title });
  const xs = across(Math.exp(-most), 1, 400), mark = shape("g", chart.svg);
  shape("path", chart.inside, { class: "line", d: chart.path(xs, xs.map((value) => -Math.log(value))) });
  const of = (step) => (Math.abs(step / 100 - own) < 0.006 ? own : Math.max(0.01, step / 100));
  // `data.loss` is finite even if the probability is 0
  const lossOf = (value) => (value === own ? data.loss : -Math.log(value));
  const put = (step) => {
    const value = of(step), loss = lossOf(value), x = chart.toX(value), y = Math.max(chart.toY(loss), chart.box.top), isLeft = x < chart.box.width * 0.6;
    mark.replaceChildren();
    shape("path", mark, { class: "leader", d: `M${chart.box.left} ${y}H${x}V${chart.box.bottom}` });
    shape("circle", mark, { class: value === own ? "ball" : "ball ghost", cx: x, cy: y, r: 11 });
    shape("text", mark, { class: "big", x: x + (isLeft ? 18 : 8), y: Math.max(y, 48) - (isLeft ? 12 : 34), "text-anchor": isLeft ? "start" : "end" }, `${words.loss} ${fixed(loss)}`);
  };
  put(Math.round(100 * own));
  slide(scene, chart, { most: 100, value: Math.round(100 * own), label: title, text: (step) => `${percent(of(step))}, ${words.loss} ${fixed(lossOf(of(step)))}` }, put);
  say(says, data.loss < 0.05 ? words.known : data.label !== data.truth ? words.taught : answer === data.label ? words.right : words.wrong, about);
  say(says, words.says);
}

// Screen 2, "One weight"
const isShort = (name) => /^[ -~]{1,2}$/.test(name); // one or two narrow characters; a Chinese character is wide
function drawWire(parent, data, words, weight) {
  const { pixel, source, target } = weight, between = !pixel || data.hidden, isOut = !pixel;
  const wire = shape("svg", parent, { viewBox: "0 0 330 132", class: "wire", role: "img", "aria-label": nameOf(data, words, weight) });
  const plain = between ? [[98, 150], [218, 266]] : [[98, 266]];
  const lines = plain.map(([from, to]) => shape("path", wire, { class: "plain", d: `M${from} 62H${to}` }));
  picture(node("div", "", shape("foreignObject", wire, { x: 2, y: 14, width: 96, height: 96 })), data.pixels);
  if (pixel) shape("rect", wire, { class: "pixel", x: 2 + (source % 28) * 3.43 - 3, y: 14 + Math.floor(source / 28) * 3.43 - 3, width: 9.4, height: 9.4 });
  if (between) {
    shape("circle", wire, { class: "node", cx: 184, cy: 62, r: 34 });
    shape("text", wire, { class: "inner", x: 184, y: 68, "text-anchor": "middle" }, pixel ? "" : fixed(weight.given));
    shape("text", wire, { class: "name", x: 184, y: 116, "text-anchor": "middle" }, fill(words.neuron, { unit: pixel ? target : source }));
  }
  const answer = data.names[pixel && data.hidden ? data.label : target];
  shape("circle", wire, { class: "node", cx: 296, cy: 62, r: 30 });
  node("div", isShort(answer) ? "called short" : "called", shape("foreignObject", wire, { x: 270, y: 36, width: 52, height: 52 }), answer);
  shape("text", wire, { class: "name", x: 296, y: 116, "text-anchor": "middle" }, words.answer);
  const line = lines[isOut && between ? 1 : 0];
  line.setAttribute("class", "wireline");
  return line;
}
const nameOf = (data, words, { pixel, source, target }) =>
  fill(words[pixel ? (data.hidden ? "way.pixel_neuron" : "way.pixel_answer") : "way.neuron_answer"], {
    source: pixel ? `${Math.floor(source / 28)}, ${source % 28}` : source,
    target: pixel && data.hidden ? target : data.names[target],
  });

function drawWeight(scene) {
  const { data, words, main, beside, says, buttons, root } = scene;
  const tries = (root.tries ??= { at: 0, of: data.weights.map((each) => ({ from: 1e9, to: -1, now: (each.losses.length - 1) / 2 })) });
  const weight = data.weights[tries.at], own = tries.of[tries.at], count = weight.losses.length, middle = (count - 1) / 2;
  const values = across(weight.value - weight.span, weight.value + weight.span, count), title = nameOf(data, words, weight);
  const nudge = Math.max(1, Math.round((0.1 / weight.span) * middle)), way = weight.slope < 0 ? "up" : "down";
  const line = drawWire(beside, data, words, weight), row = node("div", "row right", node("div", "bars one", beside));
  node("span", "", row, data.names[data.label]);
  const bar = node("i", "", node("div", "track", row)), share = node("span", "n", row);

  const low = Math.min(...weight.losses), high = Math.max(...weight.losses), room = Math.max(0.2, (high - low) * 0.1);
  const chart = axes(main, { x: [values[0], values[count - 1]], y: [Math.max(0, low - room), high + room], xName: words.x, yName: words.loss, label: title });
  const track = shape("path", chart.inside, { class: "line" }), tangent = shape("path", chart.inside, { class: "tangent" });
  const triangle = shape("g", chart.svg), start = shape("circle", chart.svg, { class: "start", r: 0 }), ball = shape("circle", chart.svg, { class: "ball", r: 12 });
  const isRight = weight.slope <= 0; // write the number on the side where the curve leaves space
  const number = shape("text", chart.svg, { class: "big", x: isRight ? chart.box.right : chart.box.left + 12, y: chart.box.top + 28, "text-anchor": isRight ? "end" : "start" });
  place(start, chart, weight.value, weight.losses[middle]);

  const draw = (i) => {
    Object.assign(own, { now: i, from: Math.min(own.from, i), to: Math.max(own.to, i) });
    const tried = own.from <= middle - nudge && own.to >= middle + nudge, reach = weight.span * 0.6, loss = weight.losses[middle];
    track.setAttribute("d", chart.path(values.slice(own.from, own.to + 1), weight.losses.slice(own.from, own.to + 1)));
    place(ball, chart, values[i], weight.losses[i]);
    number.textContent = `${words.loss} ${fixed(weight.losses[i])}`;
    line.style.stroke = values[i] >= 0 ? "var(--validation)" : "var(--training)";
    line.setAttribute("stroke-width", 2 + Math.min(16, 14 * Math.abs(values[i])));
    bar.style.width = `${100 * weight.shares[i]}%`;
    share.textContent = percent(weight.shares[i]);
    start.setAttribute("r", tried ? 6 : 0);
    tangent.setAttribute("d", tried ? chart.path([weight.value - reach, weight.value + reach], [loss - weight.slope * reach, loss + weight.slope * reach]) : "");
    triangle.replaceChildren();
    if (tried && weight.slope) drawSlope(triangle, chart, weight.value, loss, weight.slope, weight.span);
    if (tried !== own.told) tellOf(tried);
  };
  const tellOf = (tried) => {
    const size = Math.abs(weight.slope), step = data.rate * size, digits = digitsOf(data.loss, own.after ?? 1e9);
    const about = { slope: fixed(weight.slope), by: fixed(0.1 * size, size < 0.5 ? 3 : 2), rate: data.rate, size: fixed(size), step: fixed(step, step < 0.001 ? 5 : 3), total: whole(data.parameters), before: fixed(data.loss, digits), after: fixed(own.after ?? 0, digits) };
    own.told = tried;
    says.replaceChildren();
    buttons.replaceChildren();
    if (!tried) return say(says, words.try, about);
    if (!weight.slope) say(says, words[`flat.${weight.name === "silent" ? "silent" : weight.name === "dark" ? "dark" : "other"}`], about);
    else if (own.after !== undefined) say(says, words[Math.abs(data.loss - own.after) < HARDLY ? "after" : "after_more"], about);
    else {
      say(says, words[`slope.${way}`], about);
      say(says, words[`steps.${way}`], about);
      button("main", buttons, words.take, () => {
        const at = middle - ((data.rate * weight.slope) / weight.span) * middle, before = Math.floor(at);
        own.after = weight.losses[before] + (at - before) * (weight.losses[before + 1] - weight.losses[before]);
        own.told = undefined;
        move(Math.round(at));
        scene.tell(`${words.loss} ${fixed(own.after, 3)}`);
        buttons.firstChild.focus();
      });
    }
    button("", buttons, words.another, () => ((tries.at = (tries.at + 1) % data.weights.length), root.show(), root.querySelector(".range").focus()));
  };
  own.told = undefined;
  const move = slide(scene, chart, { most: count - 1, value: own.now, label: title, text: (i) => `${fixed(values[i])}, ${words.loss} ${fixed(weight.losses[i])}` }, draw);
  draw(own.now);
}

/** Draw the slope as a right triangle with a horizontal and a vertical side. */
function drawSlope(parent, chart, x, y, slope, span) {
  const fits = (each) => each <= span * 0.55 && chart.toY(y + slope * each) <= chart.box.bottom && chart.toY(y + slope * each) >= chart.box.top;
  const run = [2, 1, 0.5, 0.2, 0.1].find(fits) ?? 0.1, [x0, y0, x1, y1] = [chart.toX(x), chart.toY(y), chart.toX(x + run), chart.toY(y + slope * run)];
  shape("path", parent, { class: "slope", d: `M${x0} ${y0}H${x1}V${y1}` });
  shape("text", parent, { class: "tick", x: (x0 + x1) / 2, y: y0 + (slope < 0 ? -8 : 18), "text-anchor": "middle" }, `+${fixed(run, 1)}`);
  shape("text", parent, { class: "tick", x: x1 + 8, y: (y0 + y1) / 2 + 4 }, (slope > 0 ? "+" : "") + fixed(slope * run));
}

// Screen 3, "All weights at once"
function drawAll(scene) {
  const { data, words, main, beside, says, buttons, root } = scene;
  const most = Math.max(1e-12, ...data.blame.map(Math.abs)), isPhone = matchMedia("(max-width: 640px)").matches, digits = digitsOf(data.loss, data.loss_after);
  const loudest = [...data.blame.keys()].sort((a, b) => Math.abs(data.blame[b]) - Math.abs(data.blame[a]));
  const units = loudest.slice(0, isPhone ? 40 : 128).sort((a, b) => a - b), grid = node("div", data.hidden ? "stamps" : "stamps few", main);
  grid.setAttribute("role", "img");
  grid.setAttribute("aria-label", words.alt);
  for (const unit of units) {
    const tile = node("i", "", grid), change = -data.rate * data.blame[unit];
    tile.title = fill(words.tile, { unit: data.hidden ? unit : data.names[unit], change: (change > 0 ? "+" : "") + fixed(change, 4) });
    picture(tile, data.pixels, root.stepped ? -data.blame[unit] / most : 0);
  }
  const number = node("p", "number", beside);
  number.append(`${words.loss} ${root.stepped ? `${fixed(data.loss, digits)} → ` : ""}`);
  node("b", "", number, fixed(root.stepped ? data.loss_after : data.loss, digits));
  drawBars(beside, data, root.stepped ? data.after : data.shares, root.stepped && data.shares);
  const done = !data.hidden ? words["done.none"] : data.fires ? words["done.fired"] : words["done.every"];
  say(says, root.stepped ? done : words.ask, { total: whole(data.parameters), moved: whole(data.moved), rate: data.rate });
  button(root.stepped ? "" : "main", buttons, root.stepped ? words.undo : words.take, () => {
    root.stepped = !root.stepped;
    root.show();
    root.querySelector(".buttons button").focus();
    scene.tell(`${words.loss} ${fixed(root.stepped ? data.loss_after : data.loss, digits)}`);
  });
}

// Screen 4, "The same image again"
function drawAgain(scene) {
  const { data, words, main, beside, says, buttons, root } = scene, { right, sure, taken, twelve_answers: answers } = data, last = sure.length - 1;
  if (!last) return say(says, words.known, { share: percent(sure[0]) });
  const chart = axes(main, { x: [0, last], y: [0, 1], xName: words.x, xText: (value) => (Number.isInteger(value) ? value : ""), yText: rounded, label: words.alt });
  const lines = ["line", "line others"].map((name) => shape("path", chart.inside, { class: name })), ends = shape("g", chart.svg);
  const pair = node("div", "pair", beside), tiles = node("div", "twelve", beside);
  taught(pair, data);
  const numbers = node("div", "", pair), found = [sure, right.map((each) => each / data.others)];
  const draw = (k) => {
    root.steps = k;
    ends.replaceChildren();
    const [own, others] = found.map((values) => chart.toY(values[k])), x = chart.toX(k), isRight = k > last * 0.55;
    const above = own < others ? 0 : 1; // one ball has its name above, the other ball below
    found.forEach((values, i) => {
      lines[i].setAttribute("d", chart.path(across(0, k, k + 1), values.slice(0, k + 1)));
      const y = [own, others][i], at = i === above && y > chart.box.top + 26 ? y - 16 : i === above ? y + 26 : Math.max(y, [own, others][above] + 22) + 26;
      shape("circle", ends, { class: i ? "ball others" : "ball", cx: x, cy: y, r: 9 });
      shape("text", ends, { class: i ? "end others" : "end", x: x + (isRight ? 4 : -4), y: Math.min(at, chart.box.bottom - 4), "text-anchor": isRight ? "end" : "start" }, words[i ? "lines.others" : "lines.own"]);
    });
    numbers.replaceChildren();
    say(numbers, words.sure, { share: percent(sure[k]), label: data.names[data.label] });
    say(numbers, words.right, { n: right[k], of: data.others });
    tiles.replaceChildren();
    data.images.forEach((pixels, i) => {
      const tile = node("span", answers[k][i] === data.twelve_labels[i] ? "right" : "wrong", tiles), name = data.names[answers[k][i]];
      picture(tile, pixels);
      node("b", isShort(name) ? "" : "long", tile, name);
    });
    says.replaceChildren();
    const end = !data.is_sure ? words["end.slow"] : right[k] < right[0] ? words["end.worse"] : words["end.same"];
    say(says, k === last ? end : words.ask, { steps: k, taken: taken[k], of: data.others, real: data.real, label: data.names[data.label], before: right[0], after: right[k], share: percent(sure[k]) });
    buttons.replaceChildren();
    const to = (step, word, name = "") =>
      button(name, buttons, word, () => (draw(Math.min(last, step)), buttons.querySelector("button").focus(), scene.tell(numbers.innerText)));
    if (k === last) return to(0, words.restart);
    to(k + 1, words.one, "main");
    to(k + 10, words.ten);
    to(last, words.until);
  };
  draw(Math.min(last, root.steps ?? 0));
}

// Screen 5, "Many images"
function drawMany(scene) {
  const { data, words, main, beside, says } = scene, { pulls, curves, span, weight, source } = data, count = curves.length / pulls.length;
  const xs = across(weight - span, weight + span, count), kinds = pulls.map((pull) => (Math.abs(pull) < 0.005 ? "none" : pull < 0 ? "up" : "down"));
  const mean = xs.map((_, i) => pulls.reduce((sum, _, k) => sum + curves[k * count + i], 0) / pulls.length);
  const way = nameOf(data, words, { pixel: !data.hidden, source, target: data.label });
  const chart = axes(main, { x: [xs[0], xs[count - 1]], y: [0, Math.max(3.6, 1.2 * mean[(count - 1) / 2])], xName: way, yName: words.loss, label: words.alt });
  const grid = node("div", "pulls", beside);
  kinds.forEach((kind, k) => {
    const line = shape("path", chart.inside, { class: `thin ${kind}`, d: chart.path(xs, curves.slice(k * count, (k + 1) * count)) });
    const tile = node("span", kind, grid);
    picture(tile, data.images[k]);
    node("b", "", tile, { up: "↑", down: "↓", none: "·" }[kind]);
    tile.onpointerenter = () => line.classList.add("on");
    tile.onpointerleave = () => line.classList.remove("on");
  });
  const best = mean.indexOf(Math.min(...mean)), isValley = best > 0 && best < count - 1, of = (name) => kinds.filter((kind) => kind === name).length;
  shape("path", chart.inside, { class: "line mean", d: chart.path(xs, mean) });
  place(shape("circle", chart.svg, { class: "start", r: 6 }), chart, weight, mean[(count - 1) / 2]);
  if (isValley) place(shape("circle", chart.svg, { class: "ball", r: 10 }), chart, xs[best], mean[best]);
  say(says, words.says, { up: of("up"), down: of("down"), none: of("none") });
  say(says, words[isValley ? "valley" : "slope"]);
}

// Screen 6, "How big a step?"
function drawSize(scene) {
  const { data, words, main, beside, says, root } = scene, { rates, own, rest, kinds, best, theirs } = data, last = rates.length - 1, gain = own[0] - own[best];
  if (!best) say(says, words.known);
  const start = best ? Math.max(1, Math.round(best / 8)) : 0, fewest = digitsOf(own[0], own[best]), rateText = (rate) => String(+rate.toPrecision(2));
  const change = (values, i) => {
    const digits = i ? Math.max(fewest, digitsOf(values[0], values[i])) : fewest;
    return [fixed(values[0], digits), fixed(values[i], digits)];
  };
  const lift = Math.max(gain, 0.05);
  const chart = axes(main, { x: [0, rates[last]], y: [Math.max(0, Math.min(own[best], ...rest) - lift * 0.35), Math.max(own[0], rest[0]) + lift * 0.75], xName: words.x, yName: words.loss, label: words.alt });
  const bandOf = (i) => (kinds[i] === "small" || kinds[i] === "good" ? kinds[i] : "large");
  // A band along the axis says whether a rate is small, good or large.
  for (const name of best ? ["small", "good", "large"] : []) {
    const of = [...rates.keys()].filter((i) => bandOf(i) === name), half = rates[1] / 2;
    if (!of.length) continue;
    const [x0, x1] = [chart.toX(Math.max(0, rates[of[0]] - half)), Math.min(chart.box.right, chart.toX(rates[of.at(-1)] + half))];
    shape("rect", chart.svg, { class: `band ${name}`, x: x0, y: chart.box.bottom - 22, width: Math.max(1, x1 - x0 - 2), height: 20, rx: 2 });
    if (x1 - x0 > 60) shape("text", chart.svg, { class: "tick", x: (x0 + x1) / 2, y: chart.box.bottom - 7.5, "text-anchor": "middle" }, words[`bands.${name}`]);
  }
  shape("path", chart.inside, { class: "line others", d: chart.path(rates, rest) });
  shape("path", chart.inside, { class: "line", d: chart.path(rates, own) });
  const hop = shape("path", chart.svg, { class: "hop" });
  place(shape("circle", chart.svg, { class: "start", r: 7 }), chart, 0, own[0]);
  const second = shape("circle", chart.inside, { class: "ball others", r: 8 }), ball = shape("circle", chart.svg, { class: "ball", r: 12 });
  const verdict = (i) => words[`kinds.${kinds[i]}`], link = data.train && best && button("link", scene.buttons, "", () => location.assign(link.dataset.address));
  if (link) link.setAttribute("role", "link"); // not an <a>, which the checker axe would take for the page's first link
  const draw = (i) => {
    root.size = i;
    place(ball, chart, rates[i], own[i]);
    second.setAttribute("cx", chart.toX(rates[i]));
    second.setAttribute("cy", chart.toY(rest[i]));
    const [x0, y0, x1, y1] = [chart.toX(0), chart.toY(own[0]), chart.toX(rates[i]), Math.max(chart.box.top, chart.toY(own[i]))];
    hop.setAttribute("d", i ? `M${x0} ${y0}Q${(x0 + x1) / 2} ${Math.min(y0, y1) - 20 - (x1 - x0) * 0.1} ${x1} ${y1}` : "");
    beside.replaceChildren();
    if (best) node("p", "verdict", beside, verdict(i));
    const rows = node("div", "two", beside);
    for (const [name, values, title] of [["own", own, words.own], ["others", rest, fill(words.rest, { of: data.others })]]) {
      node("i", name, rows);
      node("span", "", rows, title);
      node("b", "", rows, change(values, i).join(" → "));
    }
    if (!link) return;
    link.style.display = data.trained[i] === null ? "none" : "";
    link.textContent = fill(words.train, { rate: data.trained[i] });
    link.dataset.address = `${data.train}&learning_rate=${data.trained[i]}`;
  };
  slide(scene, chart, { most: last, value: root.size ?? start, label: words.x, text: (i) => `${rateText(rates[i])}, ${words.loss} ${change(own, i)[1]}${best ? `, ${verdict(i)}` : ""}` }, draw);
  draw(root.size ?? start);
  if (!best) return;
  say(says, words.says);
  say(says, words[!theirs ? "best.none" : theirs < best ? "best.smaller" : theirs > best ? "best.larger" : "best.same"], { best: rateText(rates[best]), rest: rateText(rates[theirs]), of: data.others });
  if (data.train) say(says, words.training);
}

const DRAWN = { loss: drawLoss, weight: drawWeight, all: drawAll, again: drawAgain, many: drawMany, size: drawSize };

/** Return the data with its pictures and numbers decoded. */
function read(data) {
  const numbers = (text) => text && Array.from(decoded(text, Float32Array)), pictures = data.images ?? data.twelve;
  const all = pictures && decoded(pictures, Uint8Array);
  return {
    ...data,
    pixels: decoded(data.image, Uint8Array),
    blame: numbers(data.blame),
    curves: numbers(data.curves),
    weights: data.weights?.map((each) => ({ ...each, losses: numbers(each.losses), shares: numbers(each.shares) })),
    images: all && Array.from({ length: all.length / 784 }, (_, i) => all.slice(784 * i, 784 * (i + 1))),
  };
}

function build(parent) {
  const root = node("div", "onestep", parent);
  root.body = node("div", "", root);
  root.said = node("div", "spoken", root);
  root.said.setAttribute("aria-live", "polite");
  // Charts are drawn for a width, so they are redrawn when it changes, but not when the observer first reports it.
  new ResizeObserver(() => root.width !== root.clientWidth && ((root.width = root.clientWidth), root.show?.())).observe(root);
  return root;
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".onestep") ?? build(parentElement);
  const { screen, screens, titles, name, words } = data, values = read(data), at = screens.indexOf(screen);
  if (root.of !== name) Object.assign(root, { of: name, tries: null, stepped: false, steps: 0, size: undefined });
  const came = root.came !== undefined && root.came !== screen, go = (to) => setStateValue("screen", screens[to]);
  root.came = screen;
  root.width = root.clientWidth;
  root.show = () => {
    root.body.replaceChildren();
    const steps = node("nav", "steps", root.body);
    steps.setAttribute("aria-label", words.screens);
    titles.forEach((title, i) => {
      const step = button(i === at ? "now" : i < at ? "past" : "", steps, title, () => go(i));
      if (i === at) step.setAttribute("aria-current", "step");
    });
    const head = node("div", "top", root.body), title = node(data.heading, "title", head, words.title), walk = node("div", "walk", head);
    title.tabIndex = -1;
    for (const choice of at ? [] : data.choices) {
      const select = node("select", "", walk);
      select.setAttribute("aria-label", choice.title);
      choice.words.forEach((word, i) => Object.assign(node("option", "", select, word), { value: i }));
      select.selectedIndex = choice.values.indexOf(choice.value);
      select.onchange = () => setStateValue(choice.name, choice.values[select.selectedIndex]);
    }
    if (at) button("", walk, words.back, () => go(at - 1));
    if (at < screens.length - 1) button("next", walk, `${words.next} →`, () => go(at + 1));
    const drawn = node("div", `scene ${screen}`, root.body);
    const [main, beside, says, buttons] = ["picture", "beside", "saying", "buttons"].map((each) => node("div", each, drawn));
    DRAWN[screen]({ data: values, words, root, main, beside, says, buttons, tell: (text) => (root.said.textContent = text) });
  };
  root.show();
  if (came) root.querySelector(".title").focus({ preventScroll: true }); // the focused button is gone
}
