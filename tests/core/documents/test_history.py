"""The history as CSV, read back by Python's own reader."""

import csv

from fvapp.core.documents.history import write_history
from fvapp.core.events import Continued, EpochEnded, Started


def epoch(number, val_loss):
    return EpochEnded(number, 0.5, 0.8, val_loss, None, seconds=0.4)


def test_there_is_one_line_an_epoch_with_keras_names():
    events = [Started(1, 60_000, 0, 1, epochs=2), epoch(1, 0.6), epoch(2, None)]
    rows = list(csv.DictReader(write_history(events).splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert rows[0] == {
        "epoch": "1",
        "loss": "0.5",
        "accuracy": "0.8",
        "val_loss": "0.6",
        "val_accuracy": "",
        "seconds": "0.4",
    }
    assert rows[1]["val_loss"] == ""


def test_epochs_that_were_taken_back_are_left_out():
    events = [epoch(1, None), epoch(2, None), Continued(1, 0), epoch(2, 0.5)]
    rows = list(csv.DictReader(write_history(events).splitlines()))
    assert [row["val_loss"] for row in rows] == ["", "0.5"]
