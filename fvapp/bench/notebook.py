"""The other side: somebody's own script in a process of its own, such as the notebook a student would run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType

_LISTEN = """
print("ready", flush=True)
for line in sys.stdin:
    name, *words = line.split()
    print(json.dumps(globals()[name](*map(int, words))), flush=True)
"""

# Run, not imported, as a notebook of one's own would be: Keras' defaults, and only the data from this app.
_SCRIPT = """
import json, os, sys, time
import keras
from fvapp.core.datasets import load_dataset
from fvapp.core.places import Places

network, batch_size = json.loads(sys.argv[1]), int(sys.argv[2])
dataset = load_dataset("fashion_mnist", Places.from_environ(os.environ))
labels = dataset.y_train
if network == "cnn":
    images = (dataset.x_train / 255.0).astype("float32")[..., None]
else:
    images = dataset.x_train / 255.0

def build():
    layers = keras.layers
    if network == "cnn":
        stack = [keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
                 layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]
    else:
        stack = [keras.Input((28, 28)), layers.Flatten(), *(layers.Dense(n, activation="relu") for n in network)]
    model = keras.Sequential([*stack, layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

class Clock(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.begin = time.perf_counter()
    def on_epoch_end(self, epoch, logs=None):
        self.seconds = time.perf_counter() - self.begin

model, clock = build(), Clock()

def epoch():
    model.fit(images, labels, batch_size=batch_size, epochs=1, verbose=0, callbacks=[clock])
    return clock.seconds

def five_epochs_and_test():  # build, compile, fit and evaluate
    begin = time.perf_counter()
    fresh = build()
    fresh.fit(images, labels, batch_size=batch_size, epochs=5, verbose=0)
    fresh.evaluate(dataset.x_test / 255.0, dataset.y_test, verbose=0)
    return time.perf_counter() - begin

def accuracy(seed):
    keras.utils.set_random_seed(seed)
    fresh = build()
    fresh.fit(images, labels, batch_size=batch_size, epochs=5, verbose=0)
    return fresh.evaluate(dataset.x_test / 255.0, dataset.y_test, verbose=0)[1]

def predict():
    begin = time.perf_counter()
    model.predict(images[:1], verbose=0)
    return time.perf_counter() - begin
"""


class OtherSide:
    """Functions of a script, by name. Use it as a context manager.

    Args:
        script: imports ``json`` and ``sys``; what it is asked for are its functions, of whole numbers.
        arguments: ``sys.argv[1:]``.
        environ: of the process.
        python: the interpreter.

    Raises:
        RuntimeError: the process has ended.
    """

    def __init__(
        self, script: str, arguments: list[str], environ: Mapping[str, str], python: str = sys.executable
    ) -> None:
        self._process = subprocess.Popen(
            [python, "-c", script + _LISTEN, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environ,
        )

    def ask(self, what: str) -> float:
        """Call ``"function 1 2"`` and return its number."""
        print(what, file=self._process.stdin, flush=True)
        return json.loads(self._answer())

    def __enter__(self) -> OtherSide:
        self._answer()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _answer(self) -> str:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the other side's process ended")
        return line


class Notebook(OtherSide):
    """A process with a notebook in it; what it can be asked are the functions of the script.

    Args:
        network: widths of the hidden layers, or "cnn" for the presets' small CNN.
        home: the value of ``FVAPP_HOME``, where the data is unpacked.
    """

    def __init__(self, network: tuple[int, ...] | str, home: str, batch_size: int = 32) -> None:
        super().__init__(_SCRIPT, [json.dumps(network), str(batch_size)], {**os.environ, "FVAPP_HOME": home})

    def epoch(self) -> float:
        """Train one epoch more and return its seconds."""
        return self.ask("epoch")
