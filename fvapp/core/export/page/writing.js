// Makes strips (images of text), and chooses the next character (sign), as fvapp/core/texts does.

/** Return typed text reduced to the characters (signs) that a network knows, and the characters dropped. */
function cleanText(typed, { signs, gap, stop, stops, silent, parting }) {
  const readAs = (each) => {
    if (signs.includes(each)) return each;
    if (stops.includes(each)) return stop || gap;
    const folded = [...each.normalize("NFKD")].filter((part) => signs.includes(part)).join("");
    return folded || silent.includes(each) || /\p{Mn}/u.test(each) ? folded : gap;
  };
  const characters = [...typed.toLowerCase()], known = [...stops, ...silent, ...parting];
  const isLost = (each) => !readAs(each).trim() && !known.includes(each) && !/[\s\p{Mn}]/u.test(each);
  let text = characters.map(readAs).join("");
  if (stop) text = text.replace(new RegExp(` *(?:[${stop}] *)+`, "g"), stop + gap);
  text = text.replace(/ +/g, " ").replace(new RegExp(`^[ ${stop}]+`), "");
  return { text, dropped: [...new Set(characters.filter(isLost))].join("") };
}

/** Return the strip of the last characters: 784 grey values, one row per character, the newest at the bottom. */
function stripOf(labels, { columns, context }) {
  const image = new Uint8Array(SIDE * SIDE);
  labels.slice(-context).reverse().forEach((label, back) => {
    for (const column of columns[label]) image[(SIDE - 1 - back) * SIDE + column] = 255;
  });
  return image;
}

/** Return the probabilities with which characters are drawn at a temperature, each divided by the largest. */
function powersOf(shares, temperature) {
  const likeliest = highest(shares);
  if (temperature <= 0) return shares.map((_, label) => (label === likeliest ? 1 : 0));
  return shares.map((share) => (share / shares[likeliest]) ** (1 / temperature));
}

/** Return the label that a random number between 0 and 1 selects by the probabilities of all characters. */
function drawSign(shares, temperature, chance) {
  const powers = powersOf(shares, temperature);
  let left = chance * sumOf(powers);
  const drawn = powers.findIndex((power) => (left -= power) < 0);
  return drawn < 0 ? shares.length - 1 : drawn;
}

/** Finds what a written text has in common with the text that the network learned. */
class Compared {
  /**
   * learned: the text, with a break wherever a part was held out; null if there is nothing to compare with.
   * least: the number of characters from which a shared passage counts as copied.
   * own: another text that was learned, with its own minimum length of a copied passage (`piece`).
   * begun: the typed beginning, whose last word the written text may continue.
   */
  constructor(learned, least, { gap }, own = { text: "", piece: least }, begun = "") {
    Object.assign(this, { learned, gap, begun, text: "", copied: [], unread: [], news: new Set() });
    this.sources = [[learned, least], [own.text, own.piece]];
    this.read = `${learned}\n${own.text}`;
    this.words = gap ? new Set(this.read.split(/[^\p{L}]+/u)) : null;
  }

  /** Add the next character of the written text. */
  add(sign) {
    this.text += sign;
    this.copied.push(false);
    this.unread.push(false);
    if (this.learned === null) return;
    const { text } = this, length = text.length;
    for (const [source, least] of this.sources) {
      if (length >= least && source.includes(text.slice(-least))) this.copied.fill(true, length - least);
    }
    const whole = this.begun + text, word = this.gap ? this.endedWord(whole) : this.lastPair(whole);
    if (!word) return;
    this.news.add(word);
    // Only text written by the network is marked, not the part of a word that the visitor typed.
    const end = this.gap ? length - 1 : length;
    this.unread.fill(true, Math.max(0, end - word.length), end);
  }

  /** Return the word that the last character ended, if the word is new and not wholly typed. */
  endedWord(whole) {
    const word = this.text.length > 1 && /(\p{L}+)\P{L}$/u.exec(whole)?.[1];
    return word && !this.words.has(word) ? word : null;
  }

  /**
   * Return the last two characters, if the learned texts do not contain them. Used for scripts without gaps between
   * words.
   */
  lastPair(whole) {
    const pair = whole.slice(-2);
    return /^\p{L}{2}$/u.test(pair) && !this.read.includes(pair) ? pair : null;
  }

  get share() {
    return this.copied.filter(Boolean).length / Math.max(1, this.copied.length);
  }
}
