"""Text as a data set: every page, card and tool that a run on it reaches, in its language and in others."""

import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.settings import RunSettings
from fvapp.i18n import languages
from fvapp.ui.inside.tools import tools_of
from fvapp.ui.parts.page_table import PAGES
from ui_pages import raw_keys, shown

TEXTS = [name for name, info in DATASETS.items() if info.text]
LANGUAGES = dict(zip(TEXTS, languages(), strict=True))


def check(app) -> None:
    assert not app.exception, app.exception
    assert not raw_keys(shown(app))


@pytest.mark.parametrize("name", TEXTS)
def test_every_page_and_tool_is_drawn_of_a_run_on_text(open_page, token, train, few_images, name):
    classes, lang = DATASETS[name].classes, LANGUAGES[name]
    runs = train(
        RunSettings(name, epochs=2),
        RunSettings(name, epochs=2, hidden=(), wrong_labels=0.2, rare_class=3),
        RunSettings(name, epochs=2, output_units=classes - 5),
    )
    assert [len(run.result.by_class) for run in runs][:2] == [classes] * 2
    for page, row in PAGES.items():
        if not row.in_class:
            check(open_page(page, token=token, lang=lang, dataset=name))
    for run in ("1", "2", "3"):
        for part in ("", *tools_of(name)):
            check(open_page("inside", token=token, run=run, part=part, lang=lang))
