"""``python -m fvapp bench field``: an epoch of the app's networks, beside what else one would train them with.

Fashion-MNIST, 60,000 images, Adam, the notebook's networks in batches of 32 and the small CNN in batches of 128, all
sides in turn, each as its users would write it for speed. JAX, PyTorch and scikit-learn are no packages of this
project: ``--python`` names an interpreter that has them. What is not there is left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import numpy as np

from fvapp.bench.engine_runs import open_trainings
from fvapp.bench.measuring import Measure, alternate, benchmark
from fvapp.bench.notebook import Notebook, OtherSide
from fvapp.bench.training import CNN, EPOCH_ROUNDS, IMAGES, NOTEBOOK, flop_per_image
from fvapp.core.datasets import load_dataset
from fvapp.core.layers import describe_layers
from fvapp.core.places import Places
from fvapp.core.settings import RunSettings

WIDTHS = (128, 512)
_FILE = "images.npz"
_BYTES_A_WEIGHT = 4 * (4 + 3)  # Adam reads weight, gradient and both moments, and writes all but the gradient

_BEGIN = """
import json, sys, time, warnings
import numpy as np
warnings.simplefilter("ignore")
data, width, batch = np.load(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
images = (data["images"].reshape(-1, 784) / 255).astype("float32")
labels = data["labels"].astype("int64")
order = np.random.default_rng(1)

def epoch():
    begin = time.perf_counter()
    train()
    return time.perf_counter() - begin
"""

_KERAS = """
import keras
model = keras.Sequential(
    [keras.Input((784,)), keras.layers.Dense(width, activation="relu"), keras.layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=True,
              steps_per_execution=64)

def train():
    model.fit(images, labels, batch_size=batch, epochs=1, verbose=0)
"""

_JAX = """
import jax, jax.numpy as jnp
x, y = jnp.asarray(images), jnp.asarray(labels)
draw = jax.random.split(jax.random.key(1))
weights = {"w1": jax.random.normal(draw[0], (784, width)) * (2 / 784) ** 0.5, "b1": jnp.zeros(width),
           "w2": jax.random.normal(draw[1], (width, 10)) * (1 / width) ** 0.5, "b2": jnp.zeros(10)}
zeros = jax.tree.map(jnp.zeros_like, weights)
state = (weights, zeros, jax.tree.map(jnp.zeros_like, weights), jnp.zeros((), "int32"))

def loss(weights, rows):
    hidden = jax.nn.relu(x[rows] @ weights["w1"] + weights["b1"])
    shares = jax.nn.log_softmax(hidden @ weights["w2"] + weights["b2"])
    return -shares[jnp.arange(batch), y[rows]].mean()

def step(state, rows):
    weights, first, second, count = state
    value, slope = jax.value_and_grad(loss)(weights, rows)
    count = count + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slope)
    rate = 0.001 * jnp.sqrt(1 - 0.999 ** count) / (1 - 0.9 ** count)
    weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), weights, first, second)
    return (weights, first, second, count), value

whole = jax.jit(lambda state, rows: jax.lax.scan(step, state, rows), donate_argnums=0)

def train():
    global state
    rows = order.permutation(len(images))[: len(images) // batch * batch].reshape(-1, batch)
    state, values = whole(state, jnp.asarray(rows))
    values.block_until_ready()
"""

_TORCH = """
import torch
from torch import nn
x, y = torch.from_numpy(images), torch.from_numpy(labels)
model = nn.Sequential(nn.Linear(784, width), nn.ReLU(), nn.Linear(width, 10))
optimizer = torch.optim.Adam(model.parameters(), fused=True)
forward = lambda rows: nn.functional.cross_entropy(model(x[rows]), y[rows])
"""

_SKLEARN = """
from sklearn.neural_network import MLPClassifier
model = MLPClassifier((width,), batch_size=batch, max_iter=1, warm_start=True)

def train():
    model.fit(images, labels)
"""

_KERAS_CNN = """
import keras
from keras import layers
keras.config.set_dtype_policy("mixed_bfloat16")
model = keras.Sequential(
    [keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
     layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
     layers.Dense(10, activation="softmax", dtype="float32")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
images = images.reshape(-1, 28, 28, 1)

def train():
    model.fit(images, labels, batch_size=batch, epochs=1, verbose=0)
"""

_TORCH_CNN = """
import torch
from torch import nn
last = torch.channels_last
x, y = torch.from_numpy(images.reshape(-1, 1, 28, 28)), torch.from_numpy(labels)
model = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
                      nn.Flatten(), nn.Linear(1600, 10)).to(memory_format=last)
optimizer = torch.optim.Adam(model.parameters(), fused=True)

def forward(rows):
    with torch.autocast("cpu", torch.bfloat16):
        answers = model(x[rows].to(memory_format=last))
    return nn.functional.cross_entropy(answers.float(), y[rows])
"""

_TORCH_TRAINS = """
if len(sys.argv) > 4:
    forward = torch.compile(forward)

def train():
    for rows in torch.from_numpy(order.permutation(len(images))).split(batch):
        optimizer.zero_grad()
        forward(rows).backward()
        optimizer.step()
"""

Sides = Mapping[str, tuple[str, ...]]
"""Name of a side -> its script, and what else its command line says."""

DENSE: Sides = {
    "Keras `fit`, `jit_compile`, 64 steps an execution": (_KERAS,),
    "JAX, `lax.scan` over an epoch": (_JAX,),
    "PyTorch, fused Adam": (_TORCH + _TORCH_TRAINS,),
    "PyTorch, fused Adam, compiled": (_TORCH + _TORCH_TRAINS, "compile"),
    "scikit-learn, `MLPClassifier`": (_SKLEARN,),
}
CONVOLUTIONAL: Sides = {
    "Keras `fit`, policy `mixed_bfloat16`": (_KERAS_CNN,),
    "PyTorch, `channels_last`, bfloat16 by autocast": (_TORCH_CNN + _TORCH_TRAINS,),
    "PyTorch, the same, compiled": (_TORCH_CNN + _TORCH_TRAINS, "compile"),
}


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Yield a measure for each network and side, and the floor of each of the notebook's."""
    dataset = load_dataset(NOTEBOOK.dataset, Places.from_environ({**os.environ, "FVAPP_HOME": home}))
    np.savez(f"{home}/{_FILE}", images=dataset.x_train, labels=dataset.y_train)
    for width in WIDTHS if args.only != "cnn" else ():
        settings = NOTEBOOK.with_values(hidden=(width,), epochs=2)
        yield from _beside(f"Dense {width}", settings, Notebook((width,), home), DENSE, home, args)
        yield _floor(settings)
    if args.only != "dense":
        notebook = Notebook("cnn", home, CNN.batch_size)
        yield from _beside("small CNN", CNN.with_values(epochs=2), notebook, CONVOLUTIONAL, home, args)


def _beside(
    network: str, settings: RunSettings, notebook: Notebook, sides: Sides, home: str, args: argparse.Namespace
) -> Iterator[Measure]:
    words = [f"{home}/{_FILE}", str(sum(settings.hidden)), str(settings.batch_size)]
    with open_trainings(home) as trainings, ExitStack() as opened:
        # The second epoch of a run: the first of a warm-up compiles, on all sides.
        epochs: dict[str, Callable[[], float]] = {"ours": lambda: trainings.run(settings).epoch_seconds[1]}
        epochs["the notebook's `fit`"] = opened.enter_context(notebook).epoch
        for name, (script, *further) in sides.items():
            try:
                side = opened.enter_context(OtherSide(_BEGIN + script, [*words, *further], os.environ, args.python))
                side.ask("epoch")
            except RuntimeError:
                print(f"{name}: not there", file=sys.stderr)
                continue
            epochs[name] = lambda side=side: side.ask("epoch")
        numbers = alternate(epochs, args.rounds)
    ours = numbers.pop("ours")
    for name, seconds in numbers.items():
        yield Measure(f"{network}, one epoch, beside {name}", "s", ours, seconds)


def _add_own(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--python", default=sys.executable, metavar="FILE", help="an interpreter that has the others")
    parser.add_argument("--rounds", type=int, default=EPOCH_ROUNDS, help="epochs of each side")
    parser.add_argument("--only", choices=("dense", "cnn"), help="networks of one kind")


add_arguments, run = benchmark("field", measure_all, _add_own)


def _floor(settings: RunSettings) -> Measure:
    """Return what an epoch takes at least: products of its shapes, and then what Adam reads and writes.

    Each at the rate that this machine was measured to have: a roofline (Williams et al. 2009,
    doi:10.1145/1498765.1498785).
    """
    (width,), batch = settings.hidden, settings.batch_size
    weights = sum(layer.parameters for layer in describe_layers(settings))
    a, b = np.ones((batch, 784), "float32"), np.ones((784, width), "float32")
    flops = 2 * batch * 784 * width / _seconds(lambda: a @ b)
    arrays = [np.ones(weights, "float32") for _ in range(3)]
    rate = 3 * 4 * weights / _seconds(lambda: np.add(arrays[0], arrays[1], out=arrays[2]))
    products = flop_per_image(settings) * IMAGES / flops
    optimizer = _BYTES_A_WEIGHT * weights * (IMAGES / batch) / rate
    notes = {"gflops": round(flops / 1e9, 1), "gb_a_second": round(rate / 1e9, 1), "products": round(products, 3)}
    return Measure(f"Dense {width}, the least an epoch takes", "s", [products + optimizer], notes=notes)


def _seconds(work: Callable[[], object], times: int = 200) -> float:
    """Return the seconds of one call, the best of five series."""
    found = []
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(times):
            work()
        found.append((time.perf_counter() - begin) / times)
    return min(found)
