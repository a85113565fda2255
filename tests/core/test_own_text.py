"""A visitor's own text: how networks read it, how long it must be, how often it is repeated."""

import numpy as np
import pytest

from fvapp.core.classroom.roster import Classroom
from fvapp.core.dataset_table import CLASS_TEXT, DATASETS, MOST_CLASSES, make_own_text_name
from fvapp.core.datasets import Dataset, make_altered_training_arrays, splits
from fvapp.core.datasets.altering import alter_training_labels
from fvapp.core.datasets.own import load_run_dataset
from fvapp.core.examples import ExampleSet, check_enough_examples, make_text_example
from fvapp.core.export import export_notebook, export_script, text_file_content
from fvapp.core.export.sections import write_notebook_sections
from fvapp.core.schema import read_as_type
from fvapp.core.settings import DEFAULTS, RunSettings
from fvapp.core.texts.own import MOST_SIGNS, clean_text_addition, read_own_text
from fvapp.core.texts.strips import labels_of_text, make_strips, partition_strips, texts_in_strips
from fvapp.i18n import Translator
from refusal import refused

ENGLISH = make_own_text_name("stories")


def drawn_text(signs: int, seed: int, dataset: str = ENGLISH) -> str:
    """Return a text of random letters, which needs no cleaning."""
    letters = [sign for sign in DATASETS[dataset].text.signs if sign.isalpha()]
    return "".join(np.random.default_rng(seed).choice(letters, signs))


def of_text(text: str, dataset: str = ENGLISH) -> ExampleSet:
    return ExampleSet.from_examples([make_text_example(dataset, text, 0.0)])


def shipped(strips: int) -> Dataset:
    """Return strips of a random text as a loaded data set with the characters of the stories."""
    form = DATASETS["stories"].text
    labels = labels_of_text(drawn_text(strips + form.context, 1), form)
    places = np.arange(form.context, len(labels))
    images = make_strips(labels, places, form)
    return Dataset("stories", images, labels[places], images[:50], labels[places][:50])


def test_in_english_everything_but_letters_gaps_and_stops_is_dropped():
    read = read_own_text("Anna, 7, has <b>12</b> caf\u00e9s!\u202e\u200b 🙂 😀🏽", "stories")
    assert read.text == "anna has b b cafes. "
    assert read.dropped_characters == "7<>12\u202e\u200b🙂😀🏽"
    assert DATASETS[read.dataset_name].text.signs == DATASETS["stories"].text.signs


def test_in_chinese_the_places_that_are_free_go_to_the_commonest_characters_of_the_text():
    form = DATASETS["stories_zh_hant"].text
    free = form.spare_sign_count
    others = [chr(0x4E00 + n) for n in range(2_000) if chr(0x4E00 + n) not in form.signs]
    rare, common = others[:200], others[200 : 200 + free]
    read = read_own_text("".join(rare + common * 2), "stories_zh_hant")
    assert {*DATASETS[read.dataset_name].text.signs} == {*form.signs, *common}
    assert read.text == "".join(common * 2) and read.dropped_characters == "".join(rare)


@pytest.mark.parametrize(
    ("dataset", "typed", "read"),
    [
        ("stories_zh_hant", "月亮是誰的？", "月亮是誰的？"),
        ("stories_zh_hant", "月亮是我的", "月亮是我的。"),
        ("stories", "Whose is it? ", "whose is it. "),
        ("stories", "mine", "mine. "),
        ("stories", " ... ", ""),
    ],
)
def test_a_part_of_a_text_gets_a_stop_if_no_mark_ends_it(dataset, typed, read):
    assert clean_text_addition(read_own_text(typed, dataset).dataset_name, typed) == read


@pytest.mark.parametrize("text", ["عربي" * 200, "שלום" * 200, "🙂" * 900, "\u200b" * 900])
def test_characters_of_other_scripts_are_dropped(text):
    read = read_own_text(text, "stories_zh_hant")
    assert (read.text, {*read.dropped_characters}) == ("", {*text})


@pytest.mark.parametrize("typed", ["a" * 5_000_000, "a" * (MOST_SIGNS + 1), "ab " * 20_001])
def test_a_text_that_is_too_long_is_refused(typed):
    with refused("text_long"):
        read_own_text(typed, "stories")


@pytest.mark.parametrize("base", ["mnist", "", "nothing", ENGLISH])
def test_a_text_is_mixed_into_a_shipped_text_alone(base):
    with refused("example_dataset"):
        read_own_text("Once upon a time", base)
    assert make_own_text_name(base) not in DATASETS


@pytest.mark.parametrize("signs", ["a", "ab", "貓貓", "🙂", " ", "ﷺ"])
def test_no_name_adds_signs_that_cannot_be_added(signs):
    assert make_own_text_name("stories", signs) not in DATASETS
    assert make_own_text_name("stories_zh_hant", signs + "豬") not in DATASETS


def many_characters() -> tuple[str, str]:
    """Return a text with as many different characters as fit, and the name of its data set."""
    characters = map(chr, range(0x4E00, 0x5A00))
    known = DATASETS["stories_zh_hant"].text
    others = [each for each in characters if each not in known.signs][: known.spare_sign_count]
    read = read_own_text("".join(others) * 12, "stories_zh_hant")
    return read.text, read.dataset_name


def test_a_class_can_store_the_longest_name_of_a_text():
    rare = "".join(map(chr, range(0x20000, 0x20400)))  # characters of four bytes each
    dataset = read_own_text(rare, "stories_zh_hant", CLASS_TEXT).dataset_name
    room = {
        "id": "a",
        "owner": "b",
        "name": "8b",
        "language": "en",
        "missions": [],
        "data": dataset,
    }
    assert DATASETS[dataset].text_form.spare_sign_count == 0
    assert read_as_type(Classroom, room).data == dataset


def test_a_text_of_many_characters_is_learned_with_all_its_labels():
    text, dataset = many_characters()
    form = DATASETS[dataset].text
    data = load_run_dataset(RunSettings(dataset), of_text(text, dataset), load=None)
    taught = alter_training_labels(data.y_train, RunSettings(dataset, wrong_labels=0.5))[1]
    assert len(form.signs) == MOST_CLASSES and form.spare_sign_count == 0
    assert texts_in_strips(data.x_train, form)
    assert data.y_train.max() > 255 and taught.max() > 255
    of_stories = np.zeros(90, np.uint8)
    assert alter_training_labels(of_stories, RunSettings(dataset, wrong_labels=0.9))[1].max() > 255


@pytest.mark.parametrize(
    ("base", "signs", "alone", "enough"),
    [
        ("stories", 499, False, False),
        ("stories", 500, False, True),
        ("stories", 1_999, True, False),
        ("stories", 2_000, True, True),
        ("stories_zh_hant", 249, False, False),
        ("stories_zh_hant", 250, False, True),
    ],
)
def test_a_text_trained_alone_must_be_longer(base, signs, alone, enough):
    name = make_own_text_name(base, of=CLASS_TEXT)
    text = [make_text_example(name, drawn_text(signs, 2, name), 0.0)]
    if enough:
        check_enough_examples(DATASETS[name], text, alone)
    else:
        with refused("text_short_alone" if alone else "text_short"):
            check_enough_examples(DATASETS[name], text, alone)


def test_its_settings_begin_with_stories_around_it_and_other_data_sets_have_none():
    settings = DEFAULTS.settings_for_dataset(ENGLISH)
    assert (settings.mixing, settings.uses_only_own_data) == (5, False)
    assert settings.with_values(mixing="none").uses_only_own_data
    assert settings.settings_for_dataset("stories") == DEFAULTS.settings_for_dataset("stories")


@pytest.mark.parametrize("mixing", [1, 5, 10])
def test_each_strip_of_the_text_is_one_image_that_is_read_several_times_an_epoch(mixing):
    settings = RunSettings(dataset=ENGLISH, mixing=mixing, validation_split=0.1)
    stories = shipped(1_000)
    text = drawn_text(700, 3)
    arrays = make_altered_training_arrays(stories, settings, of_text(text))
    used, times = np.unique(arrays.epoch_image_indices, return_counts=True)
    form = settings.dataset_info.text
    assert len(used) == 900 + 700 - form.context
    assert times.tolist() == [1] * 900 + [mixing] * (700 - form.context)
    assert np.array_equal(arrays.training_images_at(used[:900]), stories.x_train[:900])
    assert texts_in_strips(arrays.training_images_at(used[900:]), form) == [text[:-1]]
    assert np.array_equal(
        arrays.y_train[900 : len(used)], labels_of_text(text[form.context :], form)
    )


@pytest.mark.parametrize("mixing", [1, 10])
def test_of_too_many_strips_as_many_as_fit_are_drawn_in_the_same_shares(monkeypatch, mixing):
    monkeypatch.setattr(splits, "MOST_MIXED", 2_000)
    settings = RunSettings(dataset=ENGLISH, mixing=mixing, validation_split=0.0)
    arrays = make_altered_training_arrays(shipped(1_800), settings, of_text(drawn_text(1_820, 4)))
    assert arrays.images_per_epoch == len(arrays.epoch_image_indices) == 2_000
    stories = {image.tobytes() for image in shipped(1_800).x_train}
    read = [
        image.tobytes() in stories
        for image in arrays.training_images_at(arrays.epoch_image_indices)
    ]
    assert sum(read) / 2_000 == pytest.approx(1 / (1 + mixing), abs=0.04)


@pytest.mark.parametrize(("signs", "tested"), [(2_000, False), (3_999, False), (4_000, True)])
def test_a_short_text_alone_has_no_test_set_and_is_learned_whole(signs, tested):
    settings = RunSettings(dataset=ENGLISH)
    data = load_run_dataset(settings, of_text(drawn_text(signs, 5)), load=None)
    train, test = partition_strips(signs, settings.dataset_info.text)
    assert bool(len(data.x_test)) == bool(len(test)) == tested
    assert len(data.x_train) == len(train)
    assert tested or len(train) == signs - settings.dataset_info.text.context


def test_a_text_comes_back_from_what_a_run_holds_of_it():
    held = of_text(drawn_text(600, 6))
    info = DATASETS[ENGLISH]
    assert ExampleSet.from_bytes(held.to_bytes(), info).content_digest == held.content_digest
    for content in (b"", of_text("x" * (MOST_SIGNS + 1)).to_bytes(), held.to_bytes()[:-9]):
        with refused("examples_unusable"):
            ExampleSet.from_bytes(content, info)


@pytest.mark.parametrize(
    ("signs", "mixing", "dataset"),
    [
        (700, 5, ENGLISH),
        (2_500, "none", ENGLISH),
        (6_000, "none", ENGLISH),
        (6_000, "none", many_characters()[1]),
    ],
)
def test_exported_code_reads_the_text_from_a_file_and_makes_the_strips_of_the_app(
    signs, mixing, dataset, tmp_path, monkeypatch
):
    settings = RunSettings(dataset, mixing=mixing, validation_split=0.0, normalisation=False)
    text = drawn_text(signs, 7, dataset)
    t = Translator("en")
    code = {section.name: section.code for section in write_notebook_sections(settings, t)}
    whole = export_script(settings, t) + export_notebook(settings, t)
    assert text[:20] not in whole and "own_text.txt" in whole
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_text.txt").write_text(text.upper() + "\n7", encoding="utf-8")
    (tmp_path / "stories.txt").write_text(text_file_content("stories"), encoding="utf-8")
    made: dict = {}
    exec("import numpy as np\nimport re\nfrom pathlib import Path\n" + code["data"], made)
    arrays = of_text(text, dataset)
    if mixing == "none":
        data = load_run_dataset(settings, arrays, load=None)
        for part in ("train", "test"):
            strips, labels = made[f"x_{part}"], made[f"y_{part}"]
            read = {(image.tobytes(), label) for image, label in zip(strips, labels, strict=True)}
            expected = getattr(data, f"x_{part}"), getattr(data, f"y_{part}")
            assert read == {
                (image.tobytes(), label) for image, label in zip(*expected, strict=True)
            }
    else:
        stories = DATASETS["stories"].train_images
        assert len(made["x_train"]) == stories + mixing * (signs - 20)
        labels = made["y_train"][np.argsort(made["rows"])]
        own = labels_of_text(text, settings.dataset_info.text)[20:]
        assert np.array_equal(labels[stories::mixing], own)
