// Shows twenty images, and which of them a rule with an adjustable limit sorts correctly.

const SIDE = 28;
const DARK_TEXT_FROM = 118; // lowest grey value on which black digits are readable

function build(parent, data, setTriggerValue) {
  const { features, limits, words, trousers, names } = data;
  const pixels = decoded(data.images, Uint8Array);
  const image = (place) => pixels.subarray(place * SIDE * SIDE, (place + 1) * SIDE * SIDE);
  const rule = { ...data.rule };
  const root = node("div", "rule", parent);
  node("h2", "", root, words.title);
  const form = node("p", "form", root, words.intro);
  const choice = (name, rows) => {
    const select = Object.assign(node("select", "", form), { ariaLabel: words[name] });
    for (const [value, text] of rows) Object.assign(node("option", "", select, text), { value });
    select.value = rule[name];
    return select;
  };
  const feature = choice("feature", Object.keys(features).map((name) => [name, words[`features.${name}`]]));
  const limit = choice("limit", limits.map((name) => [name, words[`limits.${name}`]]));
  const number = node("output", "", form);
  const range = Object.assign(node("input", "", root), { type: "range", min: 0, ariaLabel: words.number });
  const groups = node("div", "groups", root);
  const sides = ["right", "wrong"].map((side) => {
    const group = node("section", side, groups);
    const head = node("h3", "", group);
    const count = Object.assign(node("b", "", head), { ariaLive: "polite" });
    node("span", "", head, words[side]);
    return { count, tiles: node("div", "tiles", group) };
  });
  const dialog = node("dialog", "numbers", root);
  const open = (place) => {
    const { values } = features[rule.feature];
    beginDialog(dialog, names[place], words.close);
    node("p", "", dialog, `${words[`features.${rule.feature}`]}: ${values[place]}`);
    const grid = Object.assign(node("div", "grid", dialog), { tabIndex: 0 });
    for (const value of image(place)) {
      node("i", value < DARK_TEXT_FROM ? "dark" : "", grid, value).style.setProperty("--v", value);
    }
    const hint = node("p", "", dialog, words.swipe);
    grid.before(hint);
    dialog.showModal();
    hint.hidden = grid.scrollWidth <= grid.clientWidth;
  };
  const tiles = names.map((name, place) => {
    const tile = button("tile", sides[0].tiles, "", () => open(place));
    const context = Object.assign(node("canvas", "", tile), { width: SIDE, height: SIDE }).getContext("2d");
    const grey = new ImageData(SIDE, SIDE);
    image(place).forEach((value, i) => grey.data.set([value, value, value, 255], 4 * i));
    context.putImageData(grey, 0, 0);
    return { tile, caption: node("span", "", tile) };
  });

  const sort = () => {
    const { most, values } = features[rule.feature];
    Object.assign(range, { max: most, value: rule.number });
    number.textContent = rule.number;
    tiles.forEach(({ tile, caption }, place) => {
      const says = rule.limit === "at_most" ? values[place] <= rule.number : values[place] >= rule.number;
      const wrong = says !== trousers[place];
      caption.textContent = wrong ? `${names[place]} → ${says ? words.yes : words.no}` : names[place];
      sides[Number(wrong)].tiles.append(tile);
    });
    for (const side of sides) side.count.textContent = side.tiles.children.length;
    oneStop([...groups.querySelectorAll("button")]);
  };
  const choose = () => setTriggerValue("chosen", rule);
  range.oninput = () => sort((rule.number = Number(range.value)));
  range.onchange = choose;
  limit.onchange = () => choose(sort((rule.limit = limit.value)));
  feature.onchange = () => {
    rule.feature = feature.value;
    // Start with about half of the images on each side of the limit, where moving the limit matters most.
    rule.number = features[rule.feature].values.toSorted((a, b) => a - b)[names.length / 2];
    choose(sort());
  };
  sort();
}

export default function ({ data, parentElement, setTriggerValue }) {
  // Build the elements only once for each language, because the server may not know the latest choices yet.
  const words = JSON.stringify(data.words);
  if (parentElement.drawn === words) return;
  parentElement.querySelector(".rule")?.remove();
  parentElement.drawn = words;
  build(parentElement, data, setTriggerValue);
}
