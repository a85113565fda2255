"""Checks that common changes stay cheap: each is made in a copy of the app and touches few files.

``fvapp/README.md`` states the number of files. The tests in ``ui/ten_changes`` run in the copy and
use the new parts in every way in which a visitor can. The tests of those tables that get a new row
run there, too. A data set, missions, a page and a language need no copy: see
``ui/test_new_data_set.py`` and ``ui/test_new_missions.py``.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalogue_texts import SHIPS
from fvapp.core.dataset_table import WORDS as WORDS_OF_A_SET

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[1]
SHIPPED = ("data", "models")
# Tests that use the new parts as a visitor does.
TRIALS = tuple(
    f"tests/ui/ten_changes/{name}.py"
    for name in ("settings", "rounds", "tools_and_tables", "a_text")
)
# Tests that are parametrized by the rows of a table; the tests' ids name the rows.
TABLES = (
    "tests/core/test_layers.py",
    "tests/learn/test_build.py",
    "tests/learn/test_inspection_as_keras.py",
    "tests/browser/test_take_home_agrees.py",
    "tests/ui/test_classroom_rounds.py",
)
# Tests that go through whole tables at once.
WALKS = (
    "tests/test_catalogues.py::test_every_language_has_the_same_keys_and_placeholders",
    "tests/test_catalogues.py::test_no_word_is_missing_for_a_row_of_a_table",
    "tests/test_catalogues.py::test_every_key_the_code_asks_for_is_there_with_its_placeholders",
    "tests/test_catalogues.py::test_no_word_is_left_over",
    "tests/core/test_settings.py::test_a_setting_comes_back_from_json_from_an_address_that_names_it_alone_and_from_text_with_its_type",
    "tests/core/test_settings.py::test_every_default_is_valid_on_every_data_set",
    "tests/core/test_settings.py::test_a_change_of_valid_settings_is_checked_as_they_were",
    "tests/core/results/test_comparison.py::test_every_setting_that_changes_alone_is_named_with_both_values_and_makes_two_names",
    "tests/core/results/test_comparison.py::test_the_settings_in_words_name_what_has_an_effect",
    "tests/core/test_layers.py::test_every_kind_of_layer_is_in_a_network",
    "tests/ui/test_train_form.py::test_what_the_fields_hold_is_what_is_trained[dense]",
    "tests/ui/test_train_form.py::test_what_the_fields_hold_is_what_is_trained[cnn]",
    "tests/ui/test_train_form.py::test_an_address_sets_the_fields",
)


@dataclass(frozen=True)
class Change:
    """A change that somebody may make to the app.

    Attributes:
        most: maximum number of files that the change may touch, not counting catalogues.
        edits: file, line, and the line's replacement; for a new file an empty line and the content.
            Edits of catalogues do not count as files.
        words: for each catalogue and language, a line and its replacement.
        new: for each table row that the change adds, a word in the id of a test of this row. At
            least one test with this word must pass.
    """

    most: int
    edits: tuple[tuple[str, str, str], ...]
    words: Mapping[str, Mapping[str, tuple[str, str]]]
    new: tuple[str, ...]


LAST = "    patience: int = setting_field(\n"
ROWS = """\
    # The share of 16 neurons that the bottleneck of a dense network has.
    narrowing: float = setting_field(1.0, "network", between=(0.25, 1), button_step=0.25, only_for_networks=("dense",))
    head: str | int = setting_field("none", "network", choices=("none", 32, 64), only_for_networks=("cnn",))
    bottleneck: bool = setting_field(False, "network")
"""
OUTPUT = '    add_layer(DenseLayer, units=settings.output_units, activation="softmax")\n'
LAYERS = """\
    if settings.network == "cnn" and settings.head != "none":
        add_layer(DenseLayer, units=settings.head, activation=settings.activation)
    if settings.bottleneck:
        add_layer(DenseLayer, units=round(16 * settings.narrowing), activation=settings.activation)
"""
NAMES = {
    "en": ("Narrowing", "Dense layer of the CNN", "Bottleneck", "none"),
    "zh-Hans": ("收窄", "卷积网络的全连接层", "瓶颈层", "无"),
    "zh-Hant": ("收窄", "卷積網絡的全連接層", "瓶頸層", "無"),
}
WORDS = """
[narrowing]
label = "{0}"
short = "{0} {{value}}"
help = "{0}"

[head]
without = "no head"
label = "{1}"
short = "{1} {{value}}"
help = "{1}"

[head.choices]
none = "{3}"
32 = "32"
64 = "64"

[bottleneck]
label = "{2}"
short = "{2}"
help = "{2}"

[seed]
"""

TABLE = "OPTIMIZERS: Mapping[str, Optimizer] = {\n"
RULE = """\
def _adamax(xp, weight, gradient, step, learning_rate, m, u, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = m + (gradient - m) * (1 - beta_1)
    u = xp.maximum(beta_2 * u, xp.abs(gradient))
    return weight - learning_rate / (1 - beta_1**step) * m / (u + epsilon), m, u


"""

FLATTEN = "    if settings.flatten:\n"
DENSE_IMPORT = "from fvapp.core.layers.dense import DenseLayer\n"
AVERAGE_IMPORT = "from fvapp.core.layers.global_average_pooling2d import AverageLayer\n"
AVERAGE_INSTEAD = """\
    if settings.network == "cnn" and settings.bottleneck:
        add_layer(AverageLayer)
    elif settings.flatten:
"""
AVERAGE = '''\
"""The mean of each map."""

from dataclasses import dataclass

import numpy as np

from fvapp.core.layer import Layer, LayerStep


@dataclass(frozen=True)
class Average(LayerStep):
    kind = "global_average_pooling2d"

    def compute_sums(self, inputs):
        return inputs.mean(axis=(1, 2))

    def input_gradient(self, inputs, gradient):
        places = inputs.shape[1] * inputs.shape[2]
        return np.broadcast_to(gradient[:, None, None] / np.float32(places), inputs.shape)


@dataclass(frozen=True)
class AverageLayer(Layer):
    kind = "global_average_pooling2d"
    keras_class = "GlobalAveragePooling2D"
    drawn_as = "strip"
    javascript = """
(_, values, [rows, columns, units]) => {
  const means = new Float32Array(units);
  values.forEach((value, at) => (means[at % units] += value / (rows * columns)));
  return [means, [1, 1, units]];
}"""

    @property
    def output_shape(self):
        return self.input_shape[-1:]

    def forward(self, tf, x, kernel, arithmetic):
        return tf.reduce_mean(x, axis=(1, 2))

    def make_numpy_step(self, weights):
        return Average()

    @classmethod
    def read_numpy_step_from_keras(cls, config, weights):
        return Average()


LAYER = AverageLayer
'''

HANDS = '''\
"""A show of hands: everybody says yes or no to the teacher's question."""

from collections import Counter
from dataclasses import dataclass, replace

from fvapp.core.classroom.round_kind import RoundKind
from fvapp.core.classroom.rounds import RoundView, StudentRound
from fvapp.core.errors import EngineError

SAID = ("yes", "no")


@dataclass(frozen=True)
class HandsView(RoundView):
    hands: tuple[int, ...] = ()


@dataclass(frozen=True)
class HandsRound(StudentRound):
    said: str = ""


class Hands(RoundKind):
    menu_position = 11

    def accepts_round_subject(self, subject, missions):
        return 0 < len(subject) <= 40

    def record_answer(self, current, row, answer):
        if answer not in SAID:
            raise EngineError("round_unknown")
        entry = replace(row.student.entry_in(current), answer=answer)
        return replace(row, student=replace(row.student, entry=entry))

    def class_view(self, classroom, rows, now):
        said = Counter(row.student.entry_in(classroom.round).answer for row in rows)
        return HandsView(*self.count_answered(classroom, rows, now), tuple(said[each] for each in SAID))

    def student_view(self, classroom, row, now, get_view):
        current = classroom.round
        return HandsRound(*current.fields_for_students, said=row.student.entry_in(current).answer)


KIND = Hands()
'''
HANDS_SCREENS = '''\
"""A show of hands on all screens."""

import streamlit as st

from fvapp.core.classroom.kinds.hands import SAID
from fvapp.ui.browser.choices import draw_select
from fvapp.ui.classroom.round_screens import RoundScreens
from fvapp.ui.parts.commands import give_engine_command


class Hands(RoundScreens):
    def draw_round_subject_fields(self, classroom, t):
        st.text_input(t("classroom.round.hands.ask"), key="round_question", max_chars=40)
        return ("round_question",)

    def draw_round_for_student(self, visit, current):
        words = {each: visit.t(f"classroom.round.hands.{each}") for each in SAID}
        options = {"index": None, "disabled": current.revealed}

        def say(answer):
            give_engine_command(visit, visit.engine.rounds.answer_round, current.number, answer)

        draw_select(st.radio, self.round_title(current, visit.t), words, "hands", current.said or None, say, **options)

    def draw_round_on_projector(self, current, view, now, t):
        if current.revealed:
            for each, count in zip(SAID, view.hands, strict=True):
                st.html(f"<p>{t(f'classroom.round.hands.{each}')}: {count}</p>")

    def draw_round_on_board(self, visit, classroom, current, view):
        self.draw_round_on_projector(current, view, 0.0, visit.t)


SCREENS = Hands()
'''
HANDS_WORDS = {
    "en": (
        "Show of hands",
        "Everyone says yes or no. Reveal shows how many.",
        "Question",
        "Yes",
        "No",
    ),
    "zh-Hans": ("举手", "每个人回答是或否。揭晓之后显示人数。", "问题", "是", "否"),
    "zh-Hant": ("舉手", "每個人回答是或否。揭曉之後顯示人數。", "問題", "是", "否"),
}


def hands_words(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield the edits of a language's catalogue for a show of hands."""
    name, help_, ask, yes, no = HANDS_WORDS[language]
    file = f"i18n/{language}/classroom.toml"
    before = "[round.student]\n"
    for table, text in (("kinds", name), ("help", help_), ("title", "{subject}")):
        yield file, f"[round.{table}]\n", f'[round.{table}]\nhands = "{text}"\n'
    yield file, before, f'[round.hands]\nask = "{ask}"\nyes = "{yes}"\nno = "{no}"\n\n{before}'


BRIGHTNESS = '''\
"""How bright my image is."""

import streamlit as st

from fvapp.ui.inside.card import Card, framed_picture_html
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage


def draw_brightness(view: InspectedImage) -> None:
    st.markdown(view.t("inside.brightness.said", n=round(float(view.image.mean()))))


def _card(view: InspectedImage) -> Card:
    return [framed_picture_html(view.image)], view.t("inside.cards.brightness")


TOOL = InsideTool(95, draw_brightness, _card)
'''
BRIGHTNESS_WORDS = {
    "en": ("Brightness", "How bright is it?", "Mean of all pixels: {n}"),
    "zh-Hans": ("亮度", "它有多亮？", "所有像素的平均值：{n}"),
    "zh-Hant": ("亮度", "它有多亮？", "所有像素的平均值：{n}"),
}


def brightness_words(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield the edits of a language's catalogue for the tool on brightness."""
    name, card, said = BRIGHTNESS_WORDS[language]
    file = f"i18n/{language}/inside.toml"
    yield (
        file,
        "\n[parts]\n",
        f'\n[brightness]\nsaid = "{said}"\n\n[parts]\nbrightness = "{name}"\n',
    )
    yield file, "\n[cards]\n", f'\n[cards]\nbrightness = "{card}"\n'


COLUMN = (
    ("ui/classroom/templates/names.html", '"best", "idle")', '"best", "runs", "idle")'),
    (
        "ui/classroom/templates/names.html",
        "<td>{{ student.best_accuracy|percent }}</td>\n",
        "<td>{{ student.best_accuracy|percent }}</td>\n<td>{{ student.student_row.runs|length }}</td>\n",
    ),
    (
        "core/documents/class_results.py",
        '_column_heading("last_seen", t), *head]',
        '_column_heading("last_seen", t), _column_heading("runs", t), *head]',
    ),
    (
        "core/documents/class_results.py",
        '.strftime("%Y-%m-%d %H:%M")]',
        '.strftime("%Y-%m-%d %H:%M"), len(row.runs)]',
    ),
)
COLUMN_WORDS = {"en": "Runs", "zh-Hans": "训练次数", "zh-Hant": "訓練次數"}


def column_words(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield the edits of a language's catalogue for the new column."""
    for table in ("board", "results"):
        head = f"\n[{table}]\n"
        yield f"i18n/{language}/classroom.toml", head, f'{head}runs = "{COLUMN_WORDS[language]}"\n'


EPOCHS_CHART = '''\
"""For how many epochs each run was trained."""

from fvapp.charts.figure import PlotlyFigure, escape_labels, horizontal_bars, make_axis, make_rows_axis


def epochs_figure(epochs, t) -> PlotlyFigure:
    """Draw a bar for each run.

    Args:
        epochs: by what each run is called.
    """
    names = [escape_labels(name) for name in epochs]
    counts = list(epochs.values())
    return PlotlyFigure(
        [horizontal_bars(counts, [str(count) for count in counts], names)],
        height=120 + 36 * len(names),
        xaxis=make_axis(t("compare.table.epochs")),
        yaxis=make_rows_axis(names),
    )
'''
CHART = (
    ("charts/epochs.py", "", EPOCHS_CHART),
    (
        "ui/compare/page.py",
        "from fvapp.core.runs import ACTIVE, RunRecord\n",
        "from fvapp.charts.epochs import epochs_figure\nfrom fvapp.core.runs import ACTIVE, RunRecord\n",
    ),
    (
        "ui/compare/page.py",
        "from fvapp.ui.parts import draw_page_link, row_container\n",
        "from fvapp.ui.parts import draw_chart, draw_page_link, row_container\n",
    ),
    (
        "ui/compare/page.py",
        '    _draw_compare_expander(\n        visit, "all",',
        "    figure = epochs_figure({titles[record.id]: record.epoch for record in records}, t)\n"
        '    alt = t("compare.folds.lengths")\n'
        '    chart = lambda: draw_chart(figure, "epochs_chart", alt)\n'
        '    _draw_compare_expander(visit, "lengths", figure.height, chart)\n'
        '    _draw_compare_expander(\n        visit, "all",',
    ),
)
CHART_WORDS = {"en": "How long?", "zh-Hans": "训练了多久？", "zh-Hant": "訓練了多久？"}

HEROES = ("le renard", "la poule", "le loup", "une souris", "le roi", "la reine", "un ours")
ACTS = ("mange", "cherche", "trouve", "cache", "porte", "regarde", "vend")
THINGS = ("la pomme", "le pain", "un gateau", "la lune", "le tresor", "une cle", "un nuage")
CONTES = "".join(f"{hero} {act} {thing}. " for hero in HEROES for act in ACTS for thing in THINGS)
CONTES_ROW = """\
licence = "MIT"
homepage = "https://example.org/contes"

[text]
signs = " abcdefghijklmnopqrstuvwxyz."
language = "fr"
beginning = "le zebre "
piece = 40
kinds = ["aeiou", " ", "."]
"""


def contes_words(language: str) -> str:
    """Return a language's catalogue for the new text."""
    words = [word for word in WORDS_OF_A_SET]
    return "".join(f'{word} = "Contes ({language}): {word}"\n' for word in words)


CHANGES = {
    "a text in another language": Change(
        3,  # files: the licence notice, the row for the data set, and the text
        (
            ("data/contes/NOTICE.md", "", "Written for this test. MIT.\n"),
            ("data/contes/dataset.toml", "", CONTES_ROW),
            ("data/contes/text.txt", "", CONTES),
            *(
                (f"i18n/{language}/datasets/contes.toml", "", contes_words(language))
                for language in SHIPS
            ),
        ),
        {},
        (),
    ),
    "a number, a choice and a flag among the settings": Change(
        2,  # files: the table of settings, and the code that uses the new settings
        (("core/settings.py", LAST, ROWS + LAST), ("core/stack.py", OUTPUT, LAYERS + OUTPUT)),
        {
            "settings": {
                language: ("\n[seed]\n", WORDS.format(*names)) for language, names in NAMES.items()
            }
        },
        ("narrowing", "head", "bottleneck"),
    ),
    "an optimizer": Change(
        1,
        (
            (
                "core/optimizers.py",
                TABLE,
                RULE + TABLE + '    "adamax": Optimizer("Adamax", _adamax, slots_per_weight=2),\n',
            ),
        ),
        {
            "settings": {
                language: ('\nrmsprop = "RMSprop"\n', '\nrmsprop = "RMSprop"\nadamax = "Adamax"\n')
                for language in SHIPS
            }
        },
        ("adamax",),
    ),
    "an activation": Change(
        1,
        (
            (
                "core/activations.py",
                '    "elu": Activation(\n',
                '    "silu": Activation(\n'
                "        lambda sums: sums * _sigmoid(sums),\n"
                "        lambda sums: _sigmoid(sums) * (1 + sums * (1 - _sigmoid(sums))),\n"
                "        never_decreases=False,\n"
                "    ),\n"
                '    "elu": Activation(\n',
            ),
        ),
        {
            "settings": {
                language: ('\nelu = "ELU"\n', '\nelu = "ELU"\nsilu = "SiLU"\n')
                for language in SHIPS
            }
        },
        ("silu",),
    ),
    "a layer": Change(
        2,  # files: the layer's new module, and the module that adds the layer to networks
        (
            ("core/layers/global_average_pooling2d.py", "", AVERAGE),
            ("core/stack.py", DENSE_IMPORT, f"{DENSE_IMPORT}{AVERAGE_IMPORT}"),
            ("core/stack.py", FLATTEN, AVERAGE_INSTEAD),
        ),
        {
            "network": {
                language: ("\nconv2d =", f'\nglobal_average_pooling2d = "{name}"\nconv2d =')
                for language, name in {
                    "en": "Average",
                    "zh-Hans": "全局平均",
                    "zh-Hant": "全域平均",
                }.items()
            }
        },
        # Tests of the setting "bottleneck" reach the new layer, which that setting adds to CNNs.
        ("bottleneck",),
    ),
    "a kind of round": Change(
        2,  # files: the rules of the new kind of round, and its screens
        (
            ("core/classroom/kinds/hands.py", "", HANDS),
            ("ui/classroom/kinds/hands.py", "", HANDS_SCREENS),
            *(edit for language in SHIPS for edit in hands_words(language)),
        ),
        {},
        ("hands",),
    ),
    "a tool of Look inside": Change(
        1,
        (
            ("ui/inside/tools/brightness.py", "", BRIGHTNESS),
            *(edit for language in SHIPS for edit in brightness_words(language)),
        ),
        {},
        (),
    ),
    "a column of the board and of its table": Change(
        2,  # files: the modules that make the table on the board and the downloaded table
        (*COLUMN, *(edit for language in SHIPS for edit in column_words(language))),
        {},
        (),
    ),
    "a chart on Compare": Change(
        2,  # files: the module with the new figure, and the page that shows it
        CHART,
        {
            "compare": {
                language: ("\n[folds]\n", f'\n[folds]\nlengths = "{words}"\n')
                for language, words in CHART_WORDS.items()
            }
        },
        (),
    ),
}
TRIED = (
    {"narrowing": "0.5", "bottleneck": "yes", "activation": "silu", "optimizer": "adamax"},
    {"network": "cnn", "head": "32", "bottleneck": "yes", "optimizer": "adamax"},
)
"""Settings, as texts, of runs that use what the ten changes have added to the app."""


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the compiled app and its tests, linked to the shipped data sets and models."""
    for name in ("app.py", ".pytest.ini", ".readme", ".streamlit"):
        (tmp_path / name).symlink_to(TOP / name)
    shutil.copytree(TOP / "tests", tmp_path / "tests")

    def not_copied(folder: str, names: list[str]) -> set[str]:
        return set(SHIPPED) & set(names) if Path(folder) == TOP / "fvapp" else set()

    shutil.copytree(TOP / "fvapp", tmp_path / "fvapp", ignore=not_copied)
    for name in SHIPPED:
        (tmp_path / "fvapp" / name).mkdir()
        for shipped in (TOP / "fvapp" / name).iterdir():
            (tmp_path / "fvapp" / name / shipped.name).symlink_to(shipped)
    return tmp_path


def make(change: Change, folder: Path) -> None:
    """Make a change in a copy of the app."""
    words = [
        (f"i18n/{language}/{catalogue}.toml", *lines)
        for catalogue, texts in change.words.items()
        for language, lines in texts.items()
    ]
    for name, before, after in [*change.edits, *words]:
        file = folder / "fvapp" / name
        text = file.read_text(encoding="utf-8") if before else ""
        assert not before or text.count(before) == 1, f"{name} is not what this test knows"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_everything_works_with_all_changes_at_once(copy, home):
    for name, change in CHANGES.items():
        assert (
            len({file for file, *_ in change.edits if not file.startswith("i18n/")}) <= change.most
        ), name
        make(change, copy)
    new = [word for change in CHANGES.values() for word in change.new]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    told = {
        "FVAPP_TESTS_TRY": json.dumps(TRIED),
        "FVAPP_TESTS_CACHE": str((home / "cache").resolve()),
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-p",
        "no:cacheprovider",
        f"--basetemp={copy / 'temp'}",
    ]
    chosen = " or ".join([*new, "ten_changes", *(walk.partition("::")[2] for walk in WALKS)])
    ended = subprocess.run(
        [*command, "-k", chosen, *TRIALS, *TABLES, *WALKS],
        cwd=copy,
        env={**environ, **told, "PYTHONPATH": str(copy)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=800,  # seconds; the tests take a minute of one core
    )
    assert ended.returncode == 0, ended.stdout[-8_000:]
    passed = [
        line for line in ended.stdout.splitlines() if line.startswith(TABLES) and " PASSED " in line
    ]
    assert [word for word in new if not any(word in line for line in passed)] == []
