"""The catalogues: complete in every language, with no key missing or unused."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from jinja2 import Environment
from jinja2 import nodes as template

from catalogue_texts import SHIPS, forms, texts, written
from fvapp.core import errors
from fvapp.core.dataset_table import DATASETS, SHIPPED, WORDS
from fvapp.core.runs import STATES, Reason, StoppedBy
from fvapp.core.settings import PRESETS, SETTINGS, setting_to_text
from fvapp.core.wording import join_sentences
from fvapp.engine.api import EngineState
from fvapp.i18n import DEFAULT_LANGUAGE, PluralText, Translator, find_missing_keys, read_catalogue
from fvapp.ui.networks import one_step
from fvapp.ui.parts.page_table import PAGES
from fvapp.ui.train import twelve
from fvapp.ui.train.form import CARDS
from terms import NETWORK_WORDS, TERMS

PACKAGE = Path(__file__).parent.parent / "fvapp"
ENGLISH = read_catalogue(DEFAULT_LANGUAGE)
AT_HOME = "".join(
    path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "core/export/page").glob("*.js"))
)
# The scripts of One step and of the twelve images, which use keys of the catalogue as well.
SCRIPT, TWELVE_SCRIPT = (
    Path(module.__file__).with_suffix(".js").read_text(encoding="utf-8")
    for module in (one_step, twelve)
)
TRANSLATED = [language for language in SHIPS if language != DEFAULT_LANGUAGE]

ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, Exception)
}


def placeholders(text: str | PluralText) -> set[str]:
    parts = (part for form in forms(text) for part in Formatter().parse(form))
    return {name for _, name, _, _ in parts if name is not None}


def wanted_by(key: str) -> set[str]:
    """Return the names of the values a text needs: placeholders, and the number for plurals."""
    text = ENGLISH[key]
    return placeholders(text) | ({text.placeholder} if isinstance(text, PluralText) else set())


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    parse = {
        "*.py": ast.parse,
        "templates/*.html": parse_template,
        "templates/*.svg": parse_template,
    }
    return tuple(
        (str(path), parse_text(path.read_text(encoding="utf-8")))
        for name, parse_text in parse.items()
        for path in sorted(PACKAGE.rglob(name))
    )


def parse_template(text: str) -> ast.Module:
    """Return a template's requests for texts as Python calls, so that both can be checked alike."""
    calls = []
    for call in Environment().parse(text).find_all(template.Call):
        if isinstance(call.node, template.Name) and call.node.name == "t":
            given = [each.key for each in call.kwargs] + ([None] if call.dyn_kwargs else [])
            keywords = [ast.keyword(name, ast.Constant(None)) for name in given]
            calls.append(ast.Expr(ast.Call(ast.Name("t"), [template_key(call.args[0])], keywords)))
    return ast.Module(calls, [])


def template_key(node: template.Expr) -> ast.expr:
    """Return the key that a template requests, or an f-string if parts of the key vary."""
    if isinstance(node, template.Const):
        return ast.Constant(node.value)
    parts = node.nodes if isinstance(node, template.Concat) else [node]
    return ast.JoinedStr(
        [
            ast.Constant(part.value)
            if isinstance(part, template.Const)
            else ast.FormattedValue(part, -1)
            for part in parts
        ]
    )


def nodes() -> Iterator[tuple[str, ast.AST]]:
    for path, tree in sources():
        for node in ast.walk(tree):
            yield f"{path}:{getattr(node, 'lineno', 0)}", node


def called(node: ast.Call) -> str:
    """Return the last part of a called function's name: `t` for ``visit.t("...")``."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def calls(*names: str) -> Iterator[tuple[str, ast.Call, ast.expr]]:
    """Yield the place, the call and the key of each call to a translator or an error."""
    for where, node in nodes():
        if isinstance(node, ast.Call) and node.args and called(node) in names:
            key = node.args[0]
            for each in (key.body, key.orelse) if isinstance(key, ast.IfExp) else (key,):
                yield where, node, each


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def pattern(node: ast.JoinedStr) -> re.Pattern[str]:
    """Return a pattern that matches the keys that an f-string can produce."""
    parts = (re.escape(part.value) if is_text(part) else ".+" for part in node.values)
    return re.compile("".join(parts))


@cache
def families() -> dict[str, set[str]]:
    """Return the catalogue keys that tables in the code require, by table."""
    return {
        "settings": {
            f"settings.{row.name}.{part}" for row in SETTINGS.values() for part in ("label", "help")
        },
        "choices": {
            f"settings.{row.name}.choices.{setting_to_text(row.name, choice)}"
            for row in SETTINGS.values()
            for choice in row.choices
            # Each data set brings the names of its classes, so the settings need no texts for them.
            if row.name not in ("dataset", "rare_class", "marked_class") or choice == "none"
        },
        "presets": {f"presets.{name}.label" for name in PRESETS}
        | {f"presets.{name}.short" for name in CARDS},
        "pages": {f"pages.{page}" for page in PAGES},
        "data sets": {info.dataset_text_key(word) for info in DATASETS.values() for word in WORDS},
        "shipped": {DATASETS[name].dataset_text_key("unlike") for name in SHIPPED},
        "classes": {
            key for info in DATASETS.values() if not info.speaks_english for key in info.class_names
        },
        "states": {f"states.{state}" for state in STATES},
        "reasons": {f"reasons.{reason}" for reason in get_args(Reason)},
        "stopped by": {f"train.stopped_by.{rule}" for rule in get_args(StoppedBy)},
        "engine": {f"train.engine.{state}" for state in get_args(EngineState) if state != "ready"},
        "one step": named_in(SCRIPT, rf"step\.({'|'.join(one_step.SCREENS)}|all_screens)\."),
        "twelve images": named_in(TWELVE_SCRIPT, r"train\.twelve\."),
        "taught at home": {
            key
            for key in ENGLISH
            if re.match(r"at_home\.(teach|why)\.|home\.\w+$", key) and at_home(key)
        },
        "errors": {f"errors.{key.value}" for _, _, key in calls(*ERRORS) if is_text(key)},
    }


def named_in(script: str, beginning: str) -> set[str]:
    """Return the keys with this beginning whose last words are in a script."""
    keys = (key for key in ENGLISH if re.match(beginning, key))
    return {key for key in keys if re.search(rf"\b{key.rpartition('.')[2]}\b", script)}


def at_home(key: str) -> bool:
    """Return whether take-home pages use a catalogue key, as a text or as an error code."""
    word = key.rpartition(".")[2]
    return bool(
        re.search(rf"\b{word.partition('_')[0] if word.startswith('about_') else word}\b", AT_HOME)
    ) or (key.startswith("at_home.why.") and f"errors.{word}" in ENGLISH)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_has_the_same_keys_and_placeholders(language):
    words = read_catalogue(language)
    assert find_missing_keys(language) == () and words.keys() - ENGLISH.keys() == set()
    different = [key for key in words if placeholders(words[key]) != placeholders(ENGLISH[key])]
    assert not different


def test_no_text_is_empty_and_every_language_names_itself(language):
    assert all(text.strip() for _, text in texts(language))
    assert len({read_catalogue(each)["language.name"] for each in SHIPS}) == len(SHIPS)


# Numbers before a plural noun that are not counts or are never 1, each with the reason.
NEVER_ONE = {
    r"{(?:difference|noise|spread|margin|lost|change|signed_gain|gain|gap)} (?:percentage )?points": "has decimals",
    r"{(?:times|times_seconds|times_parameters)} times": "a ratio; of parameters eight or more",
    r"{value} wrong labels": "per cent",
    r"{(?:n|images|train|test)} (?:test |training |(?:other )?new )?(?:images|shirts|ankle boots)": "of a data set",
    r"{(?:n|images)} (?:photos|digits)": "the same",
    r"{wanted} images|{image} pixels|{(?:n|count)} numbers": "more than a data set has; of each image",
    r"{(?:n|parameters|total)} (?:parameters|weights|numbers|probabilities)": "a network has more",
    r"{classes} output neurons|{classes} classes|{outputs} outputs": "a data set has two classes or more",
    r"{total} weights|{of} (?:other images|others)|{one_high} are": "hundreds and more; per cent",
    r"{n} steps": "the constant that the first frame is of",
    r"{(?:n|context)} signs": "of a block; that a strip shows",
    r"{(?:most|least|largest)} (?:whole|numbers|with|million|characters|examples|trained|param|words)": "constants",
    r"{n} (?:networks|runs|comparisons|tries|times|maps|last maps)": "not shown below two",
    r"{n} (?:filters|neurons|pixels|old training images)": "constants",
    r"{count} (?:settings|seeds|different seeds|images)|{cores} cores": "several settings; constants of what ships",
    r"{(?:chosen|epochs|short|long|after|most|fewest|many|last)} (?:epochs|neurons)": "of a mission's own runs",
    r"{(?:few_learned|fewest|learned)} (?:\w+ )?images": "a hundred or more",
}
NO_NOUN = r"(?:of|shows|for|over|with|the|that|before|from|and|or|as|compared)\b"
NO_PLURAL = (
    r"(?:is|was|has|as|its|this|less|does|reaches|gets|comes|gives|says|shows|answers|knows)\b"
)


def test_a_number_before_a_noun_chooses_its_form():
    fixed = [
        f"{key}: {found[0]}"
        for key, text in ENGLISH.items()
        if isinstance(text, str)
        for found in re.finditer(
            rf"\{{\w+\}} (?!{NO_NOUN})(?:[\w-]+ ){{0,2}}?(?!{NO_PLURAL})\w+s\b", text
        )
        if not any(re.match(row, found[0]) for row in NEVER_ONE)
    ]
    assert not fixed


def test_the_form_for_one_has_no_noun_in_the_plural():
    counted = [(key, text) for key, text in ENGLISH.items() if isinstance(text, PluralText)]
    assert counted
    t = Translator(DEFAULT_LANGUAGE)
    for key, text in counted:
        values = dict.fromkeys(placeholders(text), "x")
        one = t(key, **values | {text.placeholder: 1})
        many = t(key, **values | {text.placeholder: "1,000"})
        assert not re.search(r"\b1 (?!pixel turns|of\b)(?:\w+ ){0,2}?(?!is\b)\w+s\b", one), key
        assert one != many.replace("1,000", "1"), key


def test_no_word_is_missing_for_a_row_of_a_table():
    for family, wanted in families().items():
        assert wanted, family
        assert sorted(wanted - ENGLISH.keys()) == []


def keys_for_choices(key: ast.expr) -> set[str]:
    """Return the keys that an f-string becomes with each choice of the setting it inserts."""
    values = key.values if isinstance(key, ast.JoinedStr) else []
    varying = [part.value for part in values if not is_text(part)]
    if len(varying) != 1 or not isinstance(varying[0], ast.Attribute):
        return set()
    *_, owner, name = ast.unparse(varying[0]).split(".")
    if owner != "settings" or name not in SETTINGS:
        return set()
    return {
        "".join(part.value if is_text(part) else setting_to_text(name, choice) for part in values)
        for choice in SETTINGS[name].choices
    }


def test_a_key_made_of_a_setting_has_words_for_each_choice():
    of_choices = [(where, keys_for_choices(key)) for where, _, key in calls("t", "translate")]
    assert sum(bool(keys) for _, keys in of_choices) >= 2
    assert not [(where, keys) for where, keys in of_choices if not keys <= ENGLISH.keys()]


def test_every_key_the_code_asks_for_is_there_with_its_placeholders():
    wrong = []
    for where, call, key in calls("t", "translate", "Term", *ERRORS):
        if is_text(key):
            name = f"errors.{key.value}" if called(call) in ERRORS else key.value
            given = {keyword.arg for keyword in call.keywords}
            if name not in ENGLISH:
                wrong.append(f"{where}: no {name}")
            elif None not in given and called(call) != "Term" and given != wanted_by(name):
                wrong.append(f"{where}: {name} wants {wanted_by(name)}, is given {given}")
        elif isinstance(key, ast.JoinedStr) and not any(map(pattern(key).fullmatch, ENGLISH)):
            wrong.append(f"{where}: nothing like {pattern(key).pattern}")
    assert not wrong


def beginning(node: ast.JoinedStr) -> str:
    return node.values[0].value if is_text(node.values[0]) else ""


def test_no_word_is_left_over():
    used = set().union(*families().values())
    patterns = []
    for _, node in nodes():
        if isinstance(node, ast.Call) and called(node) == "texts_with_prefix":
            patterns.append(re.compile(f"{re.escape(str(getattr(node.args[0], 'value', '')))}.+"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            used |= {node.value, f"errors.{node.value}"}
        elif isinstance(node, ast.JoinedStr) and re.match(r"(?!errors)[^.]*\.", beginning(node)):
            patterns.append(pattern(node))
    assert not [
        key for key in ENGLISH.keys() - used if not any(each.fullmatch(key) for each in patterns)
    ]


@pytest.mark.parametrize(("language", "charset"), [("zh-Hans", "gb2312"), ("zh-Hant", "big5hkscs")])
def test_chinese_is_written_in_the_characters_of_its_readers(language, charset):
    # Each national character set contains the characters that schools teach there, but not the
    # characters that only the other script uses.
    foreign = {}
    for key, text in texts(language):
        for character in re.findall("[\u4e00-\u9fff]", "" if key == "language.name" else text):
            try:
                character.encode(charset)
            except UnicodeEncodeError:
                foreign.setdefault(character, key)
    assert not foreign


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_chinese_sentences_have_full_width_punctuation(language):
    narrow = {k: v for k, v in texts(language) if re.search("[\u4e00-\u9fff][,;:?!.](?!\\d)", v)}
    assert not narrow


def test_a_sentence_of_an_error_is_one_sentence_in_every_language():
    error = errors.SettingsError("unknown_setting", field="colour")
    for language in SHIPS:
        sentence = error.to_sentence(Translator(language))
        assert "colour" in sentence and "{" not in sentence


@pytest.mark.parametrize("table", [TERMS, NETWORK_WORDS], ids=["things", "networks"])
def test_a_thing_has_one_word_and_networks_neither_see_nor_know_nor_want(language, table):
    everything = list(written(language))
    found = {term.use: term.broken_in(everything) for term in table[language]}
    assert not any(found.values()), found


def test_the_sheets_are_read_in_every_language(language):
    names = {re.split("[/.#]", key)[2] for key, _ in written(language) if key[0] == "."}
    assert names >= {"accessibility", "data-protection"}


def test_a_row_of_the_table_finds_what_it_forbids():
    assert TERMS.keys() == NETWORK_WORDS.keys() == set(SHIPS)
    for language in SHIPS:
        for term in (*TERMS[language], *NETWORK_WORDS[language]):
            key = next(filter(term.holds_for, read_catalogue(language)))
            assert term.broken_in([(key, term.such_as)]), (language, term)


def sides_of_a_gap() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """Yield two parts of an f-string with only a separator between them, and their place."""
    for where, node in nodes():
        if isinstance(node, ast.JoinedStr) and ("/ui/" in where or "/documents/" in where):
            for before, gap, after in zip(
                node.values, node.values[1:], node.values[2:], strict=False
            ):
                if isinstance(gap, ast.Constant) and gap.value in (" ", ". ", ": ", ", "):
                    yield where, before, after


def says_a_sentence(value: ast.expr) -> bool:
    """Return whether a part of an f-string may insert a text that ends a sentence."""
    asked = (node for node in ast.walk(value) if isinstance(node, ast.Call))
    keys = [node.args[0] for node in asked if called(node) in ("t", "say")]
    found = [pattern(key) for key in keys if isinstance(key, ast.JoinedStr)]
    found += [re.compile(re.escape(key.value)) for key in keys if is_text(key)]
    ending = (key for key, text in ENGLISH.items() if any(t.endswith(".") for t in forms(text)))
    return any(each.fullmatch(key) for key in ending for each in found)


def returns_words(value: ast.expr) -> bool:
    return isinstance(value.value, ast.Call) and called(value.value).endswith("_words")


def test_sentences_are_joined_by_the_rule_of_their_language():
    gaps = list(sides_of_a_gap())
    assert gaps
    assert not [
        where
        for where, *sides in gaps
        if any(map(says_a_sentence, sides)) or all(map(returns_words, sides))
    ]
    templates = {path.name: path.read_text("utf-8") for path in PACKAGE.glob("**/templates/*.html")}
    assert templates and not [name for name, text in templates.items() if 'join(" ")' in text]
    parts = {language: join_sentences(Translator(language), "A.", "B.", "C.") for language in SHIPS}
    assert parts == {"en": "A. B. C.", "zh-Hans": "A.B.C.", "zh-Hant": "A.B.C."}


def test_the_search_for_joined_sentences_finds_one():
    joined = ast.parse("""f"{t('draw.seen')} {names}" """).body[0].value
    assert says_a_sentence(joined.values[0]) and not says_a_sentence(joined.values[2])


def length(text: str) -> int:
    """Return the number of words, where two Chinese characters count as one."""
    chinese = re.findall("[一-鿿]", text)
    return len(re.sub("[一-鿿]", " ", text).split()) + len(chinese) // 2


def test_no_piece_of_an_explanation_is_longer_than_60_words(language):
    pieces = [(key, piece) for key, text in texts(language) for piece in text.split("\n\n")]
    assert not [key for key, piece in pieces if length(piece) > 60]


def test_words_meant_to_be_bold_are_bold(language):
    # Chinese has no spaces between words. There, **word**: becomes bold, but **word:** does not
    # (CommonMark 0.31, "right-flanking delimiter run").
    pieces = [(key, line) for key, text in texts(language) for line in text.split("\n")]
    assert not [key for key, line in pieces if re.search(r"\*\*[^*]*[^\w\s*`)}]\*\*\w", line)]
