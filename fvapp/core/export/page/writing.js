// Text as strips, and which sign comes next, as fvapp/core/texts reads, draws and compares.

/** Return a typed text in the signs of a form, and what it had besides. */
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

/** Return the picture of the last of some labels: 784 grey values, a row a sign, the newest at the bottom. */
function stripOf(labels, { columns, context }) {
  const image = new Uint8Array(SIDE * SIDE);
  labels.slice(-context).reverse().forEach((label, back) => {
    for (const column of columns[label]) image[(SIDE - 1 - back) * SIDE + column] = 255;
  });
  return image;
}

/** Return the label that a number between 0 and 1 draws from the shares of all signs. */
function drawSign(shares, temperature, chance) {
  const likeliest = highest(shares);
  if (temperature <= 0) return likeliest;
  const powers = shares.map((share) => (share / shares[likeliest]) ** (1 / temperature));
  let left = chance * sumOf(powers);
  const drawn = powers.findIndex((power) => (left -= power) < 0);
  return drawn < 0 ? shares.length - 1 : drawn;
}

/** What the text that a network writes has in common with the one that it learned. */
class Compared {
  /**
   * learned: the text, with a break wherever something was held out of it, or null if it is not here and nothing is
   * compared; least: signs from which a piece is a copy; own: another text that was learned, with its own such piece.
   */
  constructor(learned, least, { gap }, own = { text: "", piece: least }) {
    Object.assign(this, { learned, gap, text: "", copied: [], unread: [], news: new Set() });
    this.sources = [[learned, least], [own.text, own.piece]];
    this.read = `${learned}\n${own.text}`;
    this.words = gap ? new Set(this.read.split(/[^\p{L}]+/u)) : null;
  }

  /** Take the next sign. */
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

  /** Return the word that the last sign ended, if nobody wrote it; the first one may have begun before. */
  endedWord() {
    const ended = /(?<=\P{L})(\p{L}+)\P{L}$/u.exec(this.text);
    return ended && !this.words.has(ended[1]) ? { text: ended[1], begin: ended.index } : null;
  }

  /** Return the last two characters, if they never stood beside each other: without gaps nobody can tell words. */
  lastPair() {
    const pair = this.text.slice(-2), isNew = /^\p{L}{2}$/u.test(pair) && !this.read.includes(pair);
    return isNew ? { text: pair, begin: this.text.length - 2 } : null;
  }

  get share() {
    return this.copied.filter(Boolean).length / Math.max(1, this.copied.length);
  }
}
