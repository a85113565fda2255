"""How a language is chosen, and how texts are looked up."""

import pytest

from fvapp.i18n import (
    Translator,
    choose_language,
    find_missing_keys,
    language_tags,
    parse_plural_rule,
    read_catalogue,
)


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
    assert language in language_tags() and language_tags()[0] == "en"


def test_a_number_chooses_the_form_of_its_sentence():
    t = Translator("en")
    assert t("settings.epochs.short", value=1) == t("settings.epochs.short", value="1") == "1 epoch"
    for count in (0, "1,000", "1.0", "5 + 1"):
        assert t("settings.epochs.short", value=count) == f"{count} epochs"


def test_each_language_has_plural_categories_of_its_own():
    polish = parse_plural_rule(
        "n == 1 ? one : n % 10 > 1 && n % 10 < 5 && (n % 100 < 12 || n % 100 > 14) ? few : many"
    )
    assert list(map(polish, (1, 2, 24, 0, 5, 12))) == ["one", "few", "few", "many", "many", "many"]
    assert parse_plural_rule("other")(1) == "other"


@pytest.mark.parametrize("forms", ['other = "{n} cups"', 'one = "{n} cup", few = "{n} cups"'])
def test_a_text_without_each_form_of_its_language_is_refused(tmp_path, monkeypatch, forms):
    (tmp_path / "tlh").mkdir()
    (tmp_path / "tlh" / "language.toml").write_text('plural = "n == 1 ? one : other"')
    (tmp_path / "tlh" / "tea.toml").write_text(f"cups = {{ {forms} }}")
    monkeypatch.setattr("fvapp.i18n.FOLDER", tmp_path)
    monkeypatch.setattr("fvapp.i18n.language_tags", lambda: ("tlh",))
    with pytest.raises(ValueError, match=r"tea\.cups must have the forms one, other"):
        read_catalogue.__wrapped__("tlh")


def test_what_is_filled_in_is_not_read_as_a_placeholder_again_and_a_catalogue_once():
    assert "{field}" in Translator("en")("errors.unknown_setting", field="{field}")
    assert read_catalogue("en") is read_catalogue("en")


def test_a_missing_key_or_language_is_an_error_and_not_a_gap_on_the_page():
    with pytest.raises(KeyError):
        Translator("en")("no.such.key")
    with pytest.raises(KeyError):
        Translator("tlh")
    assert "no.such.key" not in Translator("en")


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("pt-BR", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("pt-PT", "pt-PT"),
        ("pt", "pt-BR"),
        ("pt-AO", "pt-BR"),
        ("p", "en"),
    ],
)
def test_a_language_with_a_region_is_chosen(monkeypatch, locale, language):
    monkeypatch.setattr("fvapp.i18n.language_tags", lambda: ("en", "pt-BR", "pt-PT", "zh-Hans"))
    assert choose_language(locale) == language


def test_what_a_language_lacks_or_leaves_empty_is_said_in_english_and_warned_of_once(
    begin_language, caplog
):
    t = begin_language(
        language='plural = "other"', train='start = "taH"\nempty = ""', pages='draw = "ghor"'
    )
    english = Translator("en")
    assert language_tags() == ("en", "tlh") and choose_language("tlh-QO") == "tlh"
    assert t("train.start") == "taH" and t("train.empty") == english("train.empty") != ""
    assert [t("settings.epochs.short", value=n) for n in (1, 2)] == ["1 epoch", "2 epochs"]
    assert t("language.name") == "tlh" and "train.empty" in t and "no.such.key" not in t
    assert t.texts_with_prefix("pages.") == english.texts_with_prefix("pages.") | {"draw": "ghor"}
    assert len({*find_missing_keys("tlh"), *read_catalogue("tlh")}) == len(read_catalogue("en"))
    with pytest.raises(KeyError):
        t("no.such.key")
    Translator("tlh")
    warned = [record.getMessage() for record in caplog.records if record.name == "fvapp.i18n"]
    assert len(warned) == 1 and warned[0].startswith(f"tlh: {len(find_missing_keys('tlh'))} of ")


def test_a_catalogue_that_is_complete_warns_of_nothing(caplog):
    assert all(find_missing_keys(language) == () for language in language_tags())
    assert not caplog.records


def test_a_file_of_words_is_enough_for_a_language(begin_language):
    t = begin_language(pages='train = "taH"')
    assert (t("pages.train"), t("pages.draw"), t("language.name")) == ("taH", "Draw", "tlh")
