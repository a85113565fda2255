// Saves this page with the current network as a file, and opens such files again.
// An opened file is treated as data only: nothing in it is run, shown as markup or followed as an address.

const SOURCE = `<!doctype html>\n${document.documentElement.outerHTML}`; // the page as it was loaded, before any change
const VERSION = 1, MOST_FILE = 8e6, MOST_OWN = 60, MOST_NAME = 16;
const MARK = 'id="data"' + ">", END = "<\/script>"; // Python finds the data by this mark, which occurs only once
// maximum absolute value of a weight in a file; also the maximum of each counter, and of the number of parameters
const LARGEST = 1e6;

class Refused extends Error {}

function ensure(holds, why = "damaged") {
  if (!holds) throw new Refused(why);
}

const nothingTaught = () => ({ steps: 0, examples: 0, anew: false });
const isCount = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;

/** Unpack images that Python deflated, with `bits` bits per pixel, the first pixel in the highest bits. */
async function unfold({ bits, data: folded, labels }) {
  const stream = new Blob([bytesOf(folded)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer()), kinds = bytesOf(labels);
  const images = new Uint8Array(kinds.length * SIDE * SIDE), brightest = 2 ** bits - 1;
  for (let at = 0, bit = 0; at < images.length; at++) {
    let level = 0;
    for (const end = bit + bits; bit < end; bit++) level = 2 * level + ((bytes[bit >> 3] >> (7 - (bit & 7))) & 1);
    images[at] = Math.round((level * 255) / brightest);
  }
  return { images, labels: kinds };
}

const asText = ({ buffer, byteOffset, byteLength }) =>
  btoa(Array.from(new Uint8Array(buffer, byteOffset, byteLength), (byte) => String.fromCharCode(byte)).join(""));

/** Pack weights like fvapp/core/export/packing.py: 16 bits, with a scale for each output. */
function pack(values, outputs) {
  const scales = new Float32Array(outputs), whole = new Int16Array(values.length);
  values.forEach((value, at) => (scales[at % outputs] = Math.max(scales[at % outputs], Math.abs(value) / 32767)));
  whole.forEach((_, at) => (whole[at] = Math.round(values[at] / (scales[at % outputs] || 1))));
  return { bits: 16, data: asText(whole), scales: asText(scales) };
}

function packNetwork({ steps, scale, temperature }) {
  const packed = (step) => ({ ...step, kernel: pack(step.kernel, step.bias.length), bias: { bits: 32, data: asText(step.bias) } });
  return { scale, temperature, steps: steps.map((step) => (step.kernel ? packed(step) : step)) };
}

/** Download this page with `changed` in place of its data. */
function save(changed, file) {
  const begin = SOURCE.lastIndexOf(MARK) + MARK.length, plain = JSON.stringify(changed).replaceAll("<", "\\u003c");
  const page = `${SOURCE.slice(0, begin)}${plain}${SOURCE.slice(SOURCE.indexOf(END, begin))}`;
  const href = URL.createObjectURL(new Blob([page], { type: "text/html" }));
  const link = make("a", document.body, { href, download: file, hidden: true });
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 60000); // long enough for the browser to save the file
}

/**
 * Return the content of a saved page: {set, names, network, examples, taught}.
 * `rows` are the sets of images that the file may belong to, by name. If a row does not fix the number of classes, the
 * file's class names determine it.
 */
function readSaved(text, rows) {
  const begin = text.lastIndexOf(MARK), end = text.indexOf(END, begin);
  ensure(begin >= 0 && end >= 0, "strange");
  try {
    return readData(JSON.parse(text.slice(begin + MARK.length, end)), rows);
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("damaged"); // everything unreadable counts as damaged
  }
}

function readData(found, rows) {
  const { version = 0, network: packed, examples = [], taught = null } = found;
  ensure(Number.isInteger(version) && version >= 0);
  ensure(version <= VERSION, "later");
  const { names } = found, alike = (name) => rows[name].lines === found.lines && (rows[name].classes ?? names.length) === names.length;
  const set = found.set ?? Object.keys(rows).find(alike); // the first versions did not save the set's name
  ensure(typeof set === "string" && Object.hasOwn(rows, set), "other");
  ensure(Array.isArray(names));
  if (set === "own") readNames(names);
  const { classes = names.length } = rows[set];
  ensure(!rows[set].own || rows[set].names.join("\n") === names.join("\n"), "other");
  const read = readNetwork(packed, classes);
  return { set, names: set === "own" ? names : null, network: read, examples: readExamples(examples, classes), taught: readTaught(taught) };
}

function readNames(names) {
  ensure(names.length >= 2 && names.length <= 6);
  for (const name of names) ensure(typeof name === "string" && name.trim() === name && name && name.length <= MOST_NAME && !/\p{C}/u.test(name));
  ensure(new Set(names).size === names.length);
}

function readNetwork({ steps, scale, temperature }, classes) {
  ensure(Array.isArray(steps) && steps.length >= 2 && steps.length <= 7);
  const [flat, ...dense] = steps;
  ensure(steps.every(({ kind }) => typeof kind === "string"));
  ensure(flat.kind === "flatten" && dense.every(({ kind }) => kind === "dense"), "cannot_learn");
  ensure(scale === 255, "cannot_learn");
  ensure(typeof temperature === "number" && temperature >= 0.01 && temperature <= 100);
  let inputs = SIDE * SIDE, parameters = 0;
  const read = dense.map((step, at) => {
    const bias = readWeights(step.bias), kernel = readWeights(step.kernel), last = at === dense.length - 1;
    ensure(bias.length && kernel.length === inputs * bias.length && step.bias.bits === 32);
    ensure(last ? step.activation === "" : Object.hasOwn(SLOPES, step.activation));
    inputs = bias.length;
    parameters += kernel.length + bias.length;
    return { kind: "dense", shows: "neurons", activation: step.activation, silent: step.silent === true, kernel, bias };
  });
  ensure(inputs === classes && parameters <= LARGEST);
  return new Network({ steps: [{ kind: "flatten" }, ...read], scale, temperature });
}

function readWeights(packed) {
  ensure([16, 32].includes(packed.bits) && typeof packed.data === "string" && packed.data.length < MOST_FILE);
  const values = unpack(packed);
  ensure(values.every((value) => Math.abs(value) <= LARGEST));
  return values;
}

function readExamples(examples, classes) {
  ensure(Array.isArray(examples) && examples.length <= MOST_OWN);
  return examples.map(({ pixels, label }) => {
    ensure(isCount(label, classes - 1) && typeof pixels === "string");
    const image = bytesOf(pixels);
    ensure(image.length === SIDE * SIDE);
    return { pixels: image, label };
  });
}

/** Read how a network was taught since it was made: steps, examples, and whether it was trained from scratch. */
function readTaught(taught) {
  const { steps, examples, anew } = taught ?? nothingTaught();
  ensure(isCount(steps, LARGEST) && isCount(examples, LARGEST) && typeof anew === "boolean");
  return { steps, examples, anew };
}
