// A sentence with underlined glossary words, each of which opens its picture and explanation.

export default function ({ data, parentElement }) {
  const said = JSON.stringify(data);
  if (parentElement.sentence === said) return; // keep an opened explanation open
  parentElement.sentence = said;
  parentElement.querySelector(".sentence")?.remove();
  const root = node("div", "sentence", parentElement);
  const dialog = node("dialog", "", root);

  const open = ({ name, text, picture }) => {
    beginDialog(dialog, name, data.close);
    node("div", "picture", dialog).innerHTML = picture; // safe, because the SVG comes from the app itself
    node("p", "", dialog, text);
    dialog.showModal();
  };

  for (const paragraph of data.paragraphs) {
    const line = node(data.tag, data.size, root);
    let last = null; // the preceding glossary word, kept on the same line as the punctuation after it
    for (const { kind, text, word } of paragraph) {
      if (word) {
        last = node("span", "whole", line);
        button("word", last, text, () => open(data.words[word]));
        continue;
      }
      const sign = last ? text.match(/^[^\s\p{L}\p{N}]*/u)[0] : "";
      last?.append(sign);
      if (kind) node(kind, "", line, text.slice(sign.length));
      else line.append(text.slice(sign.length));
      last = null;
    }
  }
  if (document.headingWanted) focusHeading(document.headingWanted);
}
