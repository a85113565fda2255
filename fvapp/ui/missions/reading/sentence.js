// A sentence with words of the glossary in it: underlined, each opens its picture and what it means.

export default function ({ data, parentElement }) {
  const said = JSON.stringify(data);
  if (parentElement.sentence === said) return; // an opened word stays open
  parentElement.sentence = said;
  parentElement.querySelector(".sentence")?.remove();
  const root = node("div", "sentence", parentElement);
  const dialog = node("dialog", "", root);

  const open = ({ name, text, picture }) => {
    beginDialog(dialog, name, data.close);
    node("div", "picture", dialog).innerHTML = picture; // our own SVG
    node("p", "", dialog, text);
    dialog.showModal();
  };

  for (const paragraph of data.paragraphs) {
    const line = node(data.tag, data.size, root);
    let last = null; // the word before, which no line may end after while its comma or colon comes
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
  if (document.headingWanted && focusHeading(document.headingWanted)) document.headingWanted = "";
}
