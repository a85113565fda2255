"""Runs a student's notebook in a separate process; benchmarks compare the app with it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Ask = Callable[[str], float]
"""A function that sends a command such as ``accuracy 3`` to the process that runs the notebook.

It returns the command's result.
"""

_LISTEN = """
print("ready", flush=True)
for line in sys.stdin:
    name, *words = line.split()
    print(json.dumps(globals()[name](*map(int, words))), flush=True)
"""

# The code of a student's notebook, with Keras' default settings and the app's data.
_SCRIPT = """
import json, os, sys, time
import keras
from fvapp.core.datasets import load_dataset
from fvapp.core.places import AppFolders

network, batch_size, policy, tuning = map(json.loads, sys.argv[1:])
keras.config.set_dtype_policy(policy)
dataset = load_dataset("fashion_mnist", AppFolders.from_environ(os.environ))
labels = dataset.y_train
images = dataset.x_train / 255.0
if network == "cnn":
    images = images.astype("float32")[..., None]
elif tuning:
    images = images.astype("float32")

def build():
    layers = keras.layers
    if network == "cnn":
        stack = [keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
                 layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]
    else:
        stack = [keras.Input((28, 28)), layers.Flatten(), *(layers.Dense(n, activation="relu") for n in network)]
    model = keras.Sequential([*stack, layers.Dense(10, activation="softmax", dtype="float32")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **tuning)
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

def five_epochs():  # build, compile, fit and evaluate
    fresh = build()
    fresh.fit(images, labels, batch_size=batch_size, epochs=5, verbose=0)
    return fresh.evaluate(dataset.x_test / 255.0, dataset.y_test, verbose=0)[1]

def five_epochs_and_test():
    begin = time.perf_counter()
    five_epochs()
    return time.perf_counter() - begin

def accuracy(seed):
    keras.utils.set_random_seed(seed)
    return five_epochs()

def predict():
    begin = time.perf_counter()
    model.predict(images[:1], verbose=0)
    return time.perf_counter() - begin
"""


@contextmanager
def run_notebook(
    network: tuple[int, ...] | str,
    home: str,
    batch_size: int = 32,
    policy: str = "float32",
    **tuning: object,
) -> Iterator[Ask]:
    """Run a notebook in a separate process; yield a function that calls functions of the notebook.

    Args:
        network: widths of the hidden layers, or "cnn" for the small CNN of the app's presets.
        home: the value of ``FVAPP_HOME``, where the data is unpacked.
        policy: the name of Keras' dtype policy.
        tuning: further arguments for Keras' ``compile``.

    Raises:
        RuntimeError: the notebook's process ended too early.
    """
    command = [
        sys.executable,
        "-c",
        _SCRIPT + _LISTEN,
        *map(json.dumps, (network, batch_size, policy, tuning)),
    ]
    # At the end of the ``with`` block, the input of the process is closed, which ends the process.
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "FVAPP_HOME": home},
    ) as process:

        def read_line() -> str:
            line = process.stdout.readline() if process.stdout is not None else ""
            if not line:
                raise RuntimeError("the notebook's process ended")
            return line

        def call_function(function: str) -> float:
            print(function, file=process.stdin, flush=True)
            return json.loads(read_line())

        read_line()
        yield call_function
