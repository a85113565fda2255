// Text as strips, and the choice of the next sign: read, drawn and compared as in fvapp/core/texts.

/** Return typed text reduced to the signs of a form, and the characters that were dropped. */
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

/** Return the strip of the last labels: 784 grey values, one row for each sign, the newest at the bottom. */
function stripOf(labels, { columns, context }) {
  const image = new Uint8Array(SIDE * SIDE);
  labels.slice(-context).reverse().forEach((label, back) => {
    for (const column of columns[label]) image[(SIDE - 1 - back) * SIDE + column] = 255;
  });
  return image;
}

/** Return the label that a random number between 0 and 1 selects by the shares of all signs. */
function drawSign(shares, temperature, chance) {
  const likeliest = highest(shares);
  if (temperature <= 0) return likeliest;
  const powers = shares.map((share) => (share / shares[likeliest]) ** (1 / temperature));
  let left = chance * sumOf(powers);
  const drawn = powers.findIndex((power) => (left -= power) < 0);
  return drawn < 0 ? shares.length - 1 : drawn;
}

/** What a written text has in common with the text that the network learned. */
class Compared {
  /**
   * learned: the text, with a break wherever a part was held out, or null if there is nothing to compare with; least:
   * a sequence of this many signs counts as copied; own: another text that was learned, with its own such number.
   */
  constructor(learned, least, { gap }, own = { text: "", piece: least }) {
    Object.assign(this, { learned, gap, text: "", copied: [], unread: [], news: new Set() });
    this.sources = [[learned, least], [own.text, own.piece]];
    this.read = `${learned}\n${own.text}`;
    this.words = gap ? new Set(this.read.split(/[^\p{L}]+/u)) : null;
  }

  /** Add the next sign. */
  add(sign) {
    this.text += sign;
    this.copied.push(false);
    this.unread.push(false);
    if (this.learned === null) return;
    const { text } = this, length = text.length;
    for (const [source, least] of this.sources) {
      if (length >= least && source.includes(text.slice(-least))) this.copied.fill(true, length - least);
    }
    const news = this.gap ? this.endedWord() : this.lastPair();
    if (!news) return;
    this.news.add(news.text);
    this.unread.fill(true, news.begin, news.begin + news.text.length);
  }

  /** Return the word that the last sign ended, if it is new. The first word is ignored, as it may be the end of one. */
  endedWord() {
    const ended = /(?<=\P{L})(\p{L}+)\P{L}$/u.exec(this.text);
    return ended && !this.words.has(ended[1]) ? { text: ended[1], begin: ended.index } : null;
  }

  /**
   * Return the last two characters, if the learned texts do not contain them. It is for scripts without gaps between
   * words.
   */
  lastPair() {
    const pair = this.text.slice(-2), isNew = /^\p{L}{2}$/u.test(pair) && !this.read.includes(pair);
    return isNew ? { text: pair, begin: this.text.length - 2 } : null;
  }

  get share() {
    return this.copied.filter(Boolean).length / Math.max(1, this.copied.length);
  }
}
