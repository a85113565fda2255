"""A language with a single file of texts: its translator can already see each page.

Missing texts appear in English.
"""

import pytest

from fvapp.i18n import Translator
from fvapp.ui.parts.page_table import PAGES
from ui_pages import raw_keys, shown

WORDS = {"train": "taH", "draw": "ghor"}


@pytest.mark.usefixtures("few_images")
def test_all_pages_are_drawn_in_a_language_with_one_file_of_words_and_the_log_warns(
    begin_language, own_page, caplog
):
    begin_language(pages="".join(f'{page} = "{word}"\n' for page, word in WORDS.items()))
    english = Translator("en")
    for name, page in PAGES.items():
        app = own_page(name, lang="tlh")
        text = shown(app)
        assert not raw_keys(text) and all(word in text for word in WORDS.values()), name
        assert page.is_for_class_only or WORDS.get(name, english(f"pages.{name}")) in text
    assert [record.levelname for record in caplog.records if record.name == "fvapp.i18n"] == [
        "WARNING"
    ]
