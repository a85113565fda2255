"""A run is exported as a file and imported again; a hostile file raises one named error."""

import json
import math
from base64 import b64encode
from dataclasses import asdict, replace

import numpy as np
import pytest

from fvapp.core.documents.runfile import (
    MOST_BYTES,
    RunFileError,
    network_size_in_file,
    read_run_file,
    write_run_file,
)
from fvapp.core.errors import FvappError, SettingsError
from fvapp.core.events import (
    BlockEnded,
    EpochEnded,
    Guesses,
    RunContinued,
    RunEnded,
    RunStarted,
    event_to_json,
)
from fvapp.core.examples import ExampleSet, make_example
from fvapp.core.results.curves import read_curves
from fvapp.core.runs import KerasError, RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import OwnExamples, TaughtExample, TeachingOutcome, TeachingRecord
from fvapp.i18n import Translator, language_tags
from made_up_runs import ENDED
from random_networks import random_weights

STARTED = RunStarted(101_770, 54_000, 6_000, steps_per_epoch=1_688, epochs=2)


def block(epoch, step, loss=0.5):
    return BlockEnded(epoch, step, loss, 0.8)


def epoch(number, loss=0.5, val_loss=0.45):
    return EpochEnded(number, loss, 0.81, val_loss, 0.79, seconds=0.4)


def guesses(epoch, step, *steps, label=3):
    """Return guesses for twelve images at some steps; the twelfth image has no guess."""
    rows = len(steps)
    return Guesses(
        epoch, step, steps, ((label,) * 11 + (None,),) * rows, ((0.125,) * 11 + (None,),) * rows
    )


RESULT = RunResult(0.42, 0.85, 0.8, temperature=1.1)
EVENTS = (
    STARTED,
    guesses(0, 800, 0, 1, 3),
    block(1, 800),
    block(1, 1_688),
    epoch(1),
    guesses(1, 0, 1_688),
    block(2, 1_688),
    epoch(2),
    RunEnded("done", RESULT),
)
SETTINGS = RunSettings(hidden=(512, 256), dropout=0.2, epochs=2, seed=5)
RECORD = replace(
    ENDED,
    id="secret",
    number=7,
    settings=SETTINGS,
    name="宽的 <b>1</b>",
    events=len(EVENTS),
    result=RESULT,
)


def content(**changes):
    return json.loads(write_run_file(RECORD, EVENTS)) | changes


STARTED_AS_JSON = event_to_json(STARTED)


def as_bytes(value):
    return json.dumps(value).encode()


def there_and_back(record, events):
    """Write a run file, and return the record and events that are read from it."""
    return read_run_file(write_run_file(record, events))


def test_a_run_comes_back_as_it_went_out():
    record, events, *_ = there_and_back(RECORD, EVENTS)
    assert events == EVENTS and record.imported
    assert replace(record, id="secret", number=7, events=len(EVENTS), imported=False) == RECORD


WEIGHTS = random_weights(RECORD.settings)


def weights_as(numbers) -> bytes:
    return as_bytes(
        content(
            weights=b64encode(np.concatenate(numbers, axis=None).astype("<f4").tobytes()).decode()
        )
    )


def test_a_run_file_can_hold_the_network_whose_size_is_known():
    with_it = write_run_file(RECORD, EVENTS, weights=WEIGHTS)
    without = write_run_file(RECORD, EVENTS)
    assert all(map(np.array_equal, read_run_file(with_it).weights, WEIGHTS))
    assert read_run_file(without).weights is None
    size = network_size_in_file(replace(RECORD, has_checkpoint=True))
    assert abs(len(with_it) - len(without) - size) < 20 and len(with_it) < MOST_BYTES
    large = replace(RECORD, settings=RunSettings(hidden=(1_024, 512)), has_checkpoint=True)
    broken = replace(RECORD, has_checkpoint=True, result=replace(RESULT, test_loss=math.nan))
    assert [network_size_in_file(each) for each in (RECORD, large, broken)] == [None] * 3


@pytest.mark.parametrize(
    "forged",
    [
        *(
            as_bytes(content(weights=each))
            for each in ("", "=", "nonsense", 7, [], {}, {"shape": [9], "data": "AAAA"})
        ),
        *(weights_as(each) for each in (WEIGHTS[:-1], [*WEIGHTS, np.zeros(1)], [np.zeros(2**19)])),
        *(weights_as([*WEIGHTS[:-1], np.full(10, each)]) for each in (np.nan, np.inf)),
        weights_as([np.full_like(each, 1e30) for each in WEIGHTS]),
    ],
)
def test_weights_of_other_settings_or_not_finite_are_refused(forged):
    with pytest.raises(RunFileError, match=r"runfile_bad_value.*weights"):
        read_run_file(forged)


TAUGHT = TeachingRecord(
    "parent",
    5,
    ("a1", "b2"),
    True,
    TeachingOutcome(
        4, (TaughtExample("a1", 7, 1, 7, 0.2, 0.93),) * 2, 9, 3, 5, 0.97, 2, 1, (5, 90), (7,)
    ),
)
OWN = ExampleSet.from_examples(
    make_example("mnist", np.full((28, 28), number, "uint8"), 3, "photo", number, ())
    for number in range(200)
)
LEARNED = replace(
    RECORD,
    examples=OwnExamples(200, 0, OWN.content_digest, 1e9),
    result=replace(RESULT, my_test=(3, 4)),
)


def test_what_was_taught_and_what_was_learned_from_come_back():
    run = replace(LEARNED, taught=TAUGHT)
    data = write_run_file(run, EVENTS[-1:], OWN)
    brought, _, examples, _ = read_run_file(data)
    assert (brought.taught, brought.examples, brought.result) == (TAUGHT, run.examples, run.result)
    assert all(map(np.array_equal, examples, OWN))
    assert there_and_back(LEARNED, ()).examples is None


def test_the_file_of_the_longest_run_with_the_most_examples_can_be_brought_back():
    noise = np.random.default_rng(1).integers(0, 256, (500, 28, 28), np.uint8)
    examples = ExampleSet(noise, np.zeros(500, "uint8"), np.zeros(500, bool))
    blocks = tuple(block(each // 40 + 1, each % 40 + 1, 1 / 3) for each in range(4_000))
    assert len(write_run_file(LEARNED, blocks, examples)) < MOST_BYTES


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "nonsense",
        7,
        [],
        {},
        b64encode(b"nonsense").decode(),
        b64encode(OWN.to_bytes()[:-9]).decode(),
    ],
)
def test_forged_examples_of_a_run_are_refused(forged):
    content = json.loads(write_run_file(LEARNED, (), OWN))
    with pytest.raises(FvappError, match=r"runfile_bad_value|examples_unusable"):
        read_run_file(json.dumps(content | {"example_images": forged}).encode())


@pytest.mark.parametrize("said", [None, {}, {"learn": 1, "test": 0, "digest": "other"}])
def test_examples_that_are_not_those_of_the_run_are_refused(said):
    content = json.loads(write_run_file(LEARNED, (), OWN))
    with pytest.raises(RunFileError, match="runfile_bad_value"):
        read_run_file(json.dumps(content | {"examples": said}).encode())


def test_a_run_that_failed_keeps_keras_own_words_of_which_a_very_long_one_its_beginning():
    # The HTML must stay plain text, both in the error message and in the versions.
    evil = "<script>alert(1)</script>\n  differ"
    failed = replace(
        RECORD, state="failed", result=None, error=KerasError(evil, evil), versions={"keras": evil}
    )
    record, events, *_ = there_and_back(failed, EVENTS[:1])
    assert (record.error, record.versions, record.result) == (failed.error, failed.versions, None)
    assert events == EVENTS[:1]
    failed = replace(
        RECORD, state="failed", result=None, error=KerasError("ValueError", "x" * 1_000_000)
    )
    assert there_and_back(failed, ())[0].error == KerasError("ValueError", "x" * 20_000)


def test_nan_losses_come_back_as_gaps():
    # These losses are finite but far beyond the scale of every chart.
    far = (STARTED, block(1, 1_688, 1e30), epoch(1, 1e38))
    assert there_and_back(RECORD, far)[1] == far
    events = (STARTED, block(1, 1_688, math.nan), epoch(1, math.nan, math.inf))
    diverged = replace(RECORD, result=replace(RECORD.result, test_loss=math.nan))
    record, back, *_ = there_and_back(diverged, events)
    assert math.isnan(record.result.test_loss)
    assert read_curves(back) == read_curves(events)


def test_undone_parts_of_the_curve_are_not_written():
    more = (*EVENTS, RunContinued(1, 0), replace(STARTED, epochs=3), block(2, 1_688), epoch(2))
    events = there_and_back(RECORD, more).events
    curve = [event for event in events if not isinstance(event, Guesses)]
    assert [type(event) for event in curve] == [
        RunStarted,
        BlockEnded,
        BlockEnded,
        EpochEnded,
        BlockEnded,
        EpochEnded,
    ]
    assert [event for event in events if isinstance(event, Guesses)] == [EVENTS[1], EVENTS[5]]
    assert events[0].epochs == 3


def test_the_file_of_the_longest_run_can_be_brought_back():
    events = [STARTED]
    for number in range(1, 1_001):
        events += [block(number, step * 8, 0.123456789012345) for step in range(1, 26)] + [
            epoch(number)
        ]
        events.append(guesses(number, 0, 1_688 * number))
    data = write_run_file(replace(RECORD, epochs=1_000, epoch=1_000), events)
    assert len(data) < MOST_BYTES
    assert read_curves(read_run_file(data)[1]).epoch_points == read_curves(events).epoch_points


def test_engine_fields_in_a_run_file_are_ignored():
    told = {
        "id": "other",
        "number": 3,
        "place": 1,
        "has_checkpoint": True,
        "group": "x",
        "reason": "y",
    }
    record = read_run_file(as_bytes(content(**told))).record
    assert record == replace(
        record, id="", number=0, queue_place=None, has_checkpoint=False, group=None, reason=None
    )


WRONG_ORDERS = {
    "no list": {},
    "too many": [STARTED_AS_JSON] * 7_000,
    "epochs": [STARTED_AS_JSON, event_to_json(epoch(2)), event_to_json(epoch(1))],
    "a start twice": [STARTED_AS_JSON] * 2,
    "steps of zero": [STARTED_AS_JSON | {"steps_per_epoch": 0}],
    "guesses": [STARTED_AS_JSON, *(event_to_json(guesses(n, 0, 9)) for n in (2, 1))],
}
HOSTILE = {
    "empty": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "not UTF-8": as_bytes(content())[:-2] + b"\xff\xfe",
    "truncated": write_run_file(RECORD, EVENTS)[:-100],
    "huge": b" " * (MOST_BYTES + 1),
    "deep": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep within": as_bytes(content())[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    **{
        f"a number that is {name}": as_bytes(content(created=0)).replace(
            b'"created": 0', b'"created": 1' + number
        )
        for name, number in {
            "infinite": b"e999",
            "of 5,000 digits": b"0" * 5_000,
            "of 4,000": b"0" * 4_000,
        }.items()
    },
    **{
        f"events: {name}": as_bytes(content(events=events)) for name, events in WRONG_ORDERS.items()
    },
    "another kind": as_bytes(content(format="zip")),
    "another version": as_bytes(content(version=2)),
    "a pickle": b"\x80\x04cposix\nsystem\n(X\x02\x00\x00\x00lstR.",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_one_sentence_in_every_language(name):
    with pytest.raises(FvappError) as caught:
        read_run_file(HOSTILE[name])
    assert isinstance(caught.value, (RunFileError, SettingsError))
    for language in language_tags():
        sentence = caught.value.to_sentence(Translator(language))
        assert 0 < len(sentence) < 300
        sentence.encode("utf-8")


LONG = {str(number): "x" * 100 for number in range(1_000)}
ODD = (
    None,
    "x",
    "",
    "\ud800",
    True,
    -1,
    1.5,
    10**400,
    [],
    [[]],
    {},
    {"\udfff": 1},
    [0.5] * 1_000,
    LONG,
    str(LONG),
)


def places(value, way=()):
    """Yield the path to each part of a nested value; of a list, only to the first and last item."""
    if isinstance(value, dict):
        parts = value.items()
    else:
        parts = list(enumerate(value))[:: max(1, len(value) - 1)] if isinstance(value, list) else ()
    for name, part in parts:
        yield *way, name
        yield from places(part, (*way, name))


def test_any_value_anywhere_in_a_file_is_refused_in_one_sentence_or_is_small_and_comes_back():
    failed = {"error": {"kind": "ValueError", "message": "no"}, "taught": asdict(TAUGHT)}
    whole = content(**failed, result=asdict(replace(RESULT, by_class=((3, 4),) * 10)))
    for way in places(whole):
        for value in ODD:
            forged = json.loads(json.dumps(whole))
            holder = forged
            for name in way[:-1]:
                holder = holder[name]
            holder[way[-1]] = value
            try:
                found = read_run_file(as_bytes(forged))
            except (RunFileError, SettingsError) as error:
                assert 0 < len(error.to_sentence(Translator("en"))) < 300, (way, value)
                continue
            written = write_run_file(found.record, found.events)
            again = read_run_file(written)
            assert len(written) < 30_000 and (again.record, again.events) == (
                found.record,
                found.events,
            ), (way, value)
