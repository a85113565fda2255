"""What a slow machine says while its processes start."""

import pytest

from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from ui_pages import texts


@pytest.mark.parametrize("slow_start", [50.0, 0.0])
def test_a_run_that_waits_for_a_slow_start_is_told_how_long(open_page, engine, token, says, slow_start):
    engine.submit(token, [RunSettings()])
    engine.workers.names = ()  # none has come yet
    says(slow_start=slow_start)
    words = "\n".join(texts(open_page("train", token=token)))
    t = Translator("en")
    assert (t("train.engine.slow", time="50 s") in words) is bool(slow_start)
    assert (t("train.engine.starting") in words) is not bool(slow_start)
