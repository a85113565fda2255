/* Reads a mission's screen aloud, sentence by sentence. Only voices of this computer are used, because for other voices
   the browser would send the text to a server. */

const silent = "button:not(.word), summary, details:not([open]) > *, select, pre, svg, script, style, [translate=no]";
const icons = { start: "M3 9v6h4l5 5V4L7 9zM15.5 8.5a5 5 0 0 1 0 7M18 6a8.5 8.5 0 0 1 0 12", stop: "M7 7h10v10H7z" };

/** Return the visible lines of an element. */
const linesOf = (element, lines = [""]) => {
  for (const each of (element.shadowRoot ?? element).childNodes) {
    if (each.nodeType === Node.TEXT_NODE) lines.push(lines.pop() + each.data);
    const style = each.matches?.(`:not(${silent})`) ? getComputedStyle(each) : { display: "none" };
    if (style.display === "none" || style.visibility === "hidden") continue;
    const line = style.display.startsWith("inline") ? [] : [""];
    lines = [...linesOf(each, [...lines, ...line]), ...line];
  }
  return lines;
};

export default function ({ data: { screen, words, signs, voices }, parentElement }) {
  if (!window.speechSynthesis) return;
  const press = parentElement.querySelector("button") ?? button("aloud", parentElement);
  const show = () => {
    const own = speechSynthesis.getVoices().filter(({ localService }) => localService);
    press.voice = voices.map((tag) => own.find(({ lang }) => lang.replaceAll("_", "-").startsWith(tag))).find(Boolean);
    press.hidden = !press.voice;
    const does = press.reading ? "stop" : "start";
    press.ariaLabel = press.title = words[does];
    press.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${icons[does]}"/></svg>`;
  };
  const read = (reading) => {
    press.reading = reading;
    speechSynthesis.cancel();
    const lines = reading ? linesOf(document.querySelector(`.st-key-${screen}`)) : [];
    const parts = lines.flatMap((line) => line.split(/(?<=[.!?]\s|[。！？])/)).filter((part) => /[\p{L}\d]/u.test(part));
    parts.forEach((part, index) => {
      const one = new SpeechSynthesisUtterance(part.trim().replace(/[×−=＝±]/g, (sign) => ` ${signs[sign]} `));
      const onend = () => index + 1 < parts.length || read(false);
      speechSynthesis.speak(Object.assign(one, { voice: press.voice, lang: press.voice.lang, onend }));
    });
    show();
  };
  press.onclick = () => read(!press.reading);
  speechSynthesis.onvoiceschanged = show; // voices load later than the page
  show();
  return (window.onpagehide = () => read(false));
}
