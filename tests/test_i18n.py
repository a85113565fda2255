"""Choosing a language and looking words up."""

from __future__ import annotations

import pytest

from fvapp.i18n import Translator, choose_language, languages, read_catalogue


def test_english_stands_first_and_both_kinds_of_chinese_are_there():
    assert languages()[0] == "en"
    assert {"en", "zh-Hans", "zh-Hant"} <= set(languages())


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        *((locale, "en") for locale in ("en-GB", "en", "fr-FR", "", None, "../en")),
        *((locale, "zh-Hans") for locale in ("zh-CN", "zh", "zh-SG", "zh_CN", "zh-Hans-HK")),
        *((locale, "zh-Hant") for locale in ("zh-HK", "zh-TW", "zh-MO", "zh-Hant", "ZH-hant-tw")),
    ],
)
def test_a_browsers_locale_leads_to_the_catalogue_that_suits_it(locale, language):
    assert choose_language(locale) == language


def test_what_is_filled_in_is_not_read_as_a_placeholder_again():
    assert "{field}" in Translator("en")("errors.unknown_setting", field="{field}")


def test_a_missing_key_or_language_is_an_error_and_not_a_gap_on_the_page():
    with pytest.raises(KeyError):
        Translator("en")("no.such.key")
    with pytest.raises(KeyError):
        Translator("tlh")
    assert "no.such.key" not in Translator("en")


def test_the_same_catalogue_is_read_once():
    assert read_catalogue("en") is read_catalogue("en")


@pytest.mark.parametrize(
    ("locale", "language"),
    [("pt-BR", "pt-BR"), ("pt_BR", "pt-BR"), ("pt-PT", "pt-PT"), ("pt", "pt-BR"), ("pt-AO", "pt-BR"), ("p", "en")],
)
def test_a_language_with_a_region_is_chosen(monkeypatch, locale, language):
    monkeypatch.setattr("fvapp.i18n.languages", lambda: ("en", "pt-BR", "pt-PT", "zh-Hans"))
    assert choose_language(locale) == language
