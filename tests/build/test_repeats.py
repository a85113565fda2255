"""What is measured for the verdicts, and that measuring goes on where it was left."""

from argparse import Namespace

from fvapp.build import repeats
from fvapp.core.results.repeats import CHANGES, SEEDS, measured_repeats, read_repeats, write_repeats
from fvapp.i18n import Translator


def test_what_ships_was_asked_for_and_covers_every_change_on_few_images():
    grid = repeats.grid()
    assert len(set(grid)) == len(grid) and set(measured_repeats()) <= set(grid)
    few = [one for one in measured_repeats() if one.train_images == 1_000]
    assert len(few) >= 2 * len(CHANGES)  # those of a small CNN take long
    assert {len(runs) for runs in measured_repeats().values()} == {len(SEEDS)}


def test_only_what_is_missing_is_measured_when_that_is_asked_for(tmp_path, monkeypatch):
    shipped = measured_repeats()
    (first, runs), (second, others), *_ = shipped.items()
    out = tmp_path / "repeats.json"
    out.write_text(write_repeats({first: runs}, "2026-11-27", {}), encoding="utf-8")
    measured = iter(others)
    monkeypatch.setattr(repeats, "grid", lambda: [first, second])
    monkeypatch.setattr(repeats, "_repeat", lambda settings, dataset: next(measured))
    assert repeats.run(Namespace(out=out, missing=True), Translator("en")) == 0
    assert read_repeats(out.read_text(encoding="utf-8")) == {first: runs, second: others}
    assert next(measured, None) is None
