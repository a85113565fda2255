"""Finds Latin words and misplaced spaces on pages in Chinese.

Code and names may be in Latin letters.
"""

import re

from playwright.sync_api import Page

NAMES = frozenset(
    """
    A B C D T X Y e Adam ReLU ELU tanh Sigmoid softmax SGD RMSprop Dropout Flatten Dense Sequential CNN XLA
    MNIST Fashion-MNIST Keras TensorFlow Python
    Notebook epoch patience callback batch loss accuracy validation overfitting cross-entropy argmax activation
    optimizer seed label Holm Delete Esc
    bias Bias Fine-tuning Forgetting Shortcut Gender Shades McCloskey Cohen
    English JSON HTML HTTPS IP MB AMD EPYC localhost json png jpg webp bmp gif npz ZIP keras py ipynb fvapp
    """.split()
)
"""Words in Latin letters that a Chinese textbook also uses.

They are names of methods, data sets, programs and formats, and words of the code.
"""

CODE = ("code", "pre", ".st-key-keras_error", "script", "style", "noscript")

STREAMLITS_OWN = (
    '[data-testid="stIconMaterial"]',  # names of icons, which a font draws as pictures
    '[data-testid^="stExpanderIcon"]',
    '[data-testid="stAlertDynamicIcon"]',
    '[role="img"][translate="no"]',  # an icon inside a label
    '[data-testid="stSkipToContent"]',
    '[data-testid="stFileUploaderDropzone"]',
    '[data-testid="stFileUploader"] button',
    '[data-testid="stStatusWidget"]',
    '[data-testid="InputInstructions"]',
    '[data-testid="stMainMenu"]',
)
"""Selectors of the places where Streamlit writes its own words, which no option can translate."""

_ENGLISH_TERM = re.compile(r"(?<=[\u4e00-\u9fff])（[a-z][a-z ,-]*）")
"""The English name of a term, in the brackets after its Chinese name, as in the glossary."""

_TEXTS = """
(skipped) => {
  const texts = [];
  const walk = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.ELEMENT_NODE) {
        if (node.shadowRoot) walk(node.shadowRoot);
        continue;
      }
      const parent = node.parentElement;
      if (parent && !parent.closest(skipped) && node.data.trim()) texts.push(node.data.trim());
    }
  };
  walk(document.body);
  return texts;
}
"""


def latin_words(page: Page) -> dict[str, str]:
    """Return each Latin word on the page, with the text that contains it.

    Hidden text and the text of components are searched, too. ``CODE``, ``STREAMLITS_OWN``, the
    words of ``NAMES``, and English terms in brackets after Chinese terms are left out.
    """
    texts = page.evaluate(_TEXTS, ", ".join(CODE + STREAMLITS_OWN))
    assert any(re.search("[\u4e00-\u9fff]", text) for text in texts), "nothing Chinese on this page"
    words = {
        word: text
        for text in texts
        for word in re.findall(r"[A-Za-z][A-Za-z-]*", _ENGLISH_TERM.sub("", text))
    }
    return {word: text for word, text in words.items() if word not in NAMES}


_NAMED = "[aria-label], [alt], [title]"
_LABELS = """
(named) => [...document.querySelectorAll(named)].flatMap((one) =>
  ["aria-label", "alt", "title"].map((name) => one.getAttribute(name) ?? ""))
"""


def gaps(page: Page) -> list[str]:
    """Return the texts and labels in which a space follows full-width punctuation."""
    texts = page.evaluate(_TEXTS, ", ".join(CODE + STREAMLITS_OWN)) + page.evaluate(_LABELS, _NAMED)
    return [text for text in texts if re.search("[。！？；：，、] +[\u4e00-\u9fff「“]", text)]
