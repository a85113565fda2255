"""Random runs made by Hypothesis, with all endings, sizes, splits, orders and data sets.

Some runs have losses of nan, accuracies of 0% or 100%, or equal seeds, and some are imported.
"""

from dataclasses import replace
from math import inf, nan

from hypothesis import strategies as st

from fvapp.core.dataset_table import make_own_dataset_name
from fvapp.core.datasets import DATASETS
from fvapp.core.events import EpochEnded
from fvapp.core.missions import MISSIONS, MissionRun
from fvapp.core.results.curves import epoch_points
from fvapp.core.runs import KerasError, RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import TeachingRecord
from random_settings import WORDS
from verdict_sentences import LABEL_ERROR, RANK_ERROR

SIZES = (1_000, 5_000, 10_000, None)
SHARES = st.one_of(
    st.floats(0.85, 0.9),
    st.sampled_from((0.5, 0.8736, 0.88, 0.8815, 0.9996, 1.0)),
    st.floats(0.2, 1),
    st.sampled_from((0.88, 0.885, 0.89)),
    st.sampled_from((0.0, 0.1, 0.1037, 0.19996, 0.2)),
)
LOSSES = st.one_of(st.floats(0.3, 0.5), st.floats(0, 5), st.sampled_from((0.0, 0.0003, 2.303)))
NO_NUMBERS = (nan, inf, None)
MARKS = {"marked_class": 9}, {"rare_class": 6, "rare_share": 0.0}, {"wrong_labels": 0.3}
LINKS = st.fixed_dictionaries(
    {"train_images": st.sampled_from(SIZES)},
    optional={
        "learning_rate": st.sampled_from((0.00001, 0.01, 1.0)),
        "optimizer": st.sampled_from(("sgd", "rmsprop")),
        "wrong_labels": st.just(0.3),
        "seed": st.integers(0, 5),
    },
)


@st.composite
def courses(draw, count):
    """Return `count` losses that fall, rise, turn, stay level or are random.

    Occasionally, one loss is nan or infinite.
    """
    kind = draw(st.sampled_from(("falls", "rises", "turns", "level", "any")))
    if kind == "any":
        losses = draw(st.lists(LOSSES, min_size=count, max_size=count))
    else:
        low = draw(st.sampled_from((0.001, 0.3)))
        step = draw(st.sampled_from((0.0001, 0.01, 0.1)))
        turn = {"falls": count, "rises": 0, "level": None}.get(kind, count // 2)
        losses = [low + step * (0 if turn is None else abs(turn - place)) for place in range(count)]
    if draw(st.integers(0, 39)) == 39:
        losses[draw(st.integers(0, count - 1))] = draw(st.sampled_from(NO_NUMBERS))
    return losses


@st.composite
def epochs(draw, settings, most=30):
    """Return the epochs of a run: all that were planned, or fewer."""
    planned = min(settings.epochs, most)
    count = draw(
        st.sampled_from([planned, planned, planned, *(few for few in (1, 3, 4) if few < planned)])
    )
    has_validation = settings.validation_split > 0
    losses = draw(courses(count))
    val_losses = draw(courses(count)) if has_validation else [None] * count
    seconds = draw(st.sampled_from((0.35, 0.5, 0.585, 1.1)))
    return tuple(
        EpochEnded(
            number, loss, draw(SHARES), val_loss, draw(SHARES) if has_validation else None, seconds
        )
        for number, (loss, val_loss) in enumerate(zip(losses, val_losses, strict=True), start=1)
    )


@st.composite
def results(draw, settings):
    """Return a result, usually with figures by class, which results of earlier versions lack.

    The numbers are arbitrary, because run files may contain any numbers.
    """
    images = DATASETS[settings.dataset].test_images // 10
    by_class = ()
    accuracy = draw(SHARES)
    if draw(st.integers(0, 9)) < 9:
        right = draw(
            st.lists(st.sampled_from((880, 900, 1_000, 370, 1, 0)), min_size=10, max_size=10)
        )
        if draw(st.booleans()):
            right = [
                min(images, max(0, round(accuracy * images) + place % 3 - 1)) for place in range(10)
            ]
        by_class = tuple((each, images) for each in right)
        accuracy = sum(right) / (10 * images)
    loss = nan if draw(st.integers(0, 39)) == 39 else 0.4
    marked = {"marked_accuracy": draw(SHARES), "marked_taken": draw(SHARES)}
    marked = marked if settings.marked_class != "none" else {}
    stopped_by = (
        draw(st.sampled_from((None, "target", "patience")))
        if settings.target_metric != "none"
        else None
    )
    return RunResult(loss, accuracy, 3.0, stopped_by, by_class=by_class, **marked)


@st.composite
def mission_runs(draw):
    """Return a mission that judges its own runs, and random runs of that mission."""
    mission = MISSIONS[draw(st.sampled_from([name for name, row in MISSIONS.items() if row.judge]))]
    base = RunSettings(**draw(LINKS))
    variant = draw(st.sampled_from(sorted(mission.variants))) if mission.variants else None
    trials = []
    for number, settings in enumerate(
        mission.run_settings(base, variant) * (1 + len(mission.teaching_ways))
    ):
        one = MissionRun(
            settings, "done", 1_000 * sum(settings.hidden) + number, draw(epochs(settings))
        )
        one = replace(one, result=draw(results(settings)))
        if settings.target_metric != "none":
            one = _ended_by_its_target(one)
        if mission.fails_on_purpose and draw(st.booleans()):
            error = KerasError(
                "ValueError", draw(st.sampled_from((RANK_ERROR, LABEL_ERROR, "The disk is full.")))
            )
            one = replace(one, state="failed", result=None, epochs=(), error=error)
        trials.append(one)
    if mission.id in ("neurons", "layers", "raw_pixels", "epochs"):
        trials = draw(st.permutations(trials)) if mission.id != "raw_pixels" else trials
    return mission, trials


def _ended_by_its_target(trial):
    """Return a run that ends at its target or stops early, as Keras' callbacks would decide."""
    last = trial.epochs[-1]
    settings = trial.settings
    value = getattr(last, settings.target_metric)
    known = value is not None and value == value
    reached = known and (
        value >= settings.target_value if settings.target_metric == "accuracy" else value <= 0.4
    )
    early = "patience" if len(trial.epochs) < settings.epochs else None
    return replace(trial, result=replace(trial.result, stopped_by="target" if reached else early))


@st.composite
def curves(draw):
    """Return a run's epochs and settings, and its result or None."""
    values = draw(LINKS) | {
        "epochs": 30,
        "validation_split": draw(st.sampled_from((0.1, 0.1, 0.2, 0.5, 0.05, 0.01, 0.001, 0.0))),
    }
    values |= draw(st.sampled_from(({}, {}, {}, *MARKS)))
    if draw(st.booleans()):
        values = {
            name: value
            for name, value in values.items()
            if name in ("train_images", "epochs", "validation_split")
        }
    settings = RunSettings(**values)
    result = draw(st.one_of(st.none(), results(settings)))
    return epoch_points(draw(epochs(settings))), settings, result


OWN = st.fixed_dictionaries(
    {},
    optional={
        "learning_rate": st.sampled_from((0.00001, 0.01, 1.0)),
        "wrong_labels": st.sampled_from((0.3, 0.9)),
        "normalisation": st.just(False),
        "validation_split": st.just(0.2),
        "patience": st.just(2),
    },
)


@st.composite
def few_images(draw):
    """Return settings, result and epochs of a run on a visitor's set with 1 to 20 test images.

    Some runs were resumed.
    """
    classes = draw(st.integers(2, 6))
    counts = draw(
        st.lists(st.integers(0, 10), min_size=classes, max_size=classes).filter(
            lambda n: 0 < sum(n) <= 20
        )
    )
    right = [draw(st.sampled_from((0, n, draw(st.integers(0, n))))) for n in counts]
    settings = RunSettings(make_own_dataset_name(WORDS[:classes]), **draw(OWN))
    trained = draw(epochs(settings.with_values(epochs=draw(st.sampled_from((5, 12))))))
    # Results of earlier versions were not measured by class.
    by_class = tuple(zip(right, counts, strict=True)) if draw(st.integers(0, 9)) else ()
    stopped_by = "patience" if settings.patience and len(trained) < settings.epochs else None
    result = RunResult(1.0, sum(right) / sum(counts), 1.0, stopped_by, by_class=by_class)
    return settings, result, epoch_points(trained)


CHANGES = (
    {},
    {"seed": 2},
    {"seed": 3},
    {"hidden": (512,)},
    {"dropout": 0.2, "hidden": (64,)},
    {"learning_rate": 1.0},
    {"train_images": 1_000},
    {"validation_split": 0.2},
    {"validation_split": 0.0},
    {"dataset": "mnist"},
    {"flatten": False},
    {"rare_class": 7, "dataset": "mnist"},
    {"network": "cnn", "hidden": ()},
)
ENDS = (
    {"epoch": 5},
    {"epoch": 5},
    {"epoch": 3},
    {"epochs": 7, "epoch": 7},
    {"epoch": 5, "has_checkpoint": True},
    {"state": "stopped", "epoch": 2},
    {"state": "stopped", "epoch": 2, "step": 7},
    {"state": "lost", "epoch": 1},
    {"state": "failed"},
    {"state": "queued"},
)


@st.composite
def records(draw, number, repeated=None):
    """Return a run in any state, sometimes taught or imported, or a repeat of given settings.

    A repeat has an accuracy near the given level.
    """
    changes, level = repeated or (
        draw(st.sampled_from(CHANGES)) | {"seed": draw(st.integers(1, 4))},
        None,
    )
    settings = RunSettings(**{"seed": number, **changes})
    end = {"epoch": 5} if repeated else draw(st.sampled_from(ENDS))
    result = draw(results(settings)) if end.get("state", "done") in ("done", "stopped") else None
    # Repeats of the same settings have accuracies close to each other.
    if result and (repeated or draw(st.integers(0, 3)) < 3):
        close = draw(st.sampled_from((0.876, 0.88, 0.8805, 0.884)))
        result = replace(
            result, test_loss=0.4, test_accuracy=close - 0.88 + level if repeated else close
        )
    one = RunRecord(
        f"r{number}", number, settings, **{"state": "done", "epochs": 5, **end}, result=result
    )
    if number > 1 and result and draw(st.integers(0, 9)) == 9:
        one = replace(
            one, taught=TeachingRecord(f"r{draw(st.integers(1, number - 1))}", 1, ("a",), False)
        )
    return (
        replace(one, arithmetic=draw(st.sampled_from(("float32", "bfloat16"))))
        if settings.network == "cnn"
        else one
    )


REPEATED = st.tuples(st.sampled_from(CHANGES), st.sampled_from((0.1, 0.5, 0.88, 0.88, 0.8805)))


@st.composite
def several_records(draw):
    """Return runs to compare, and their known validation accuracies.

    The settings are random, or alternate between two.
    """
    two = draw(st.one_of(st.just((None, None)), st.tuples(REPEATED, REPEATED)))
    runs = [
        draw(records(number, two[number % 2]))
        for number in range(1, draw(st.integers(4 if two[0] else 2, 8)) + 1)
    ]
    known = [run for run in runs if run.settings.validation_split and run.result]
    return runs, {run.id: run.result.test_accuracy if two[0] else draw(SHARES) for run in known}
