"""``python -m fvapp bench field``: one epoch of the notebook's network, beside what else one would train it with.

Fashion-MNIST, 60,000 images, batch 32, Adam, all sides in turn, each as its users would write it for speed. JAX,
PyTorch and scikit-learn are no packages of this project: ``--python`` names an interpreter that has them. What is not
there is left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np

from fvapp.bench.engine_runs import open_trainings
from fvapp.bench.measuring import Measure, alternate, benchmark
from fvapp.bench.notebook import Notebook
from fvapp.bench.other_side import OtherSide
from fvapp.bench.training import EPOCH_ROUNDS, IMAGES, NOTEBOOK, flop_per_image
from fvapp.core.datasets import load_dataset
from fvapp.core.layers import describe_layers
from fvapp.core.places import Places
from fvapp.core.settings import RunSettings

WIDTHS = (128, 512)
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
if len(sys.argv) > 4:
    forward = torch.compile(forward)

def train():
    for rows in torch.from_numpy(order.permutation(len(images))).split(batch):
        optimizer.zero_grad()
        forward(rows).backward()
        optimizer.step()
"""

_SKLEARN = """
from sklearn.neural_network import MLPClassifier
model = MLPClassifier((width,), batch_size=batch, max_iter=1, warm_start=True)

def train():
    model.fit(images, labels)
"""

SIDES = {
    "Keras `fit`, `jit_compile`, 64 steps an execution": (_KERAS,),
    "JAX, `lax.scan` over an epoch": (_JAX,),
    "PyTorch, fused Adam": (_TORCH,),
    "PyTorch, fused Adam, compiled": (_TORCH, "compile"),
    "scikit-learn, `MLPClassifier`": (_SKLEARN,),
}


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Yield a measure for each width and side, and the floor of each width."""
    file = f"{home}/images.npz"
    dataset = load_dataset(NOTEBOOK.dataset, Places.from_environ({**os.environ, "FVAPP_HOME": home}))
    np.savez(file, images=dataset.x_train, labels=dataset.y_train)
    for width in WIDTHS:
        settings = NOTEBOOK.with_values(hidden=(width,), epochs=2)
        with open_trainings(home) as trainings, ExitStack() as opened:
            # The second epoch of a run: the first of a warm-up compiles, on all sides.
            sides: dict[str, Callable[[], float]] = {"ours": lambda way=settings: trainings.run(way).epoch_seconds[1]}
            sides["the notebook's `fit`"] = opened.enter_context(Notebook((width,), home)).epoch
            for name, (script, *further) in SIDES.items():
                words = [file, str(width), str(NOTEBOOK.batch_size), *further]
                try:
                    side = opened.enter_context(OtherSide(_BEGIN + script, words, os.environ, args.python))
                    side.ask("epoch")
                except RuntimeError:
                    print(f"{name}: not there", file=sys.stderr)
                    continue
                sides[name] = lambda side=side: side.ask("epoch")
            numbers = alternate(sides, args.rounds)
        ours = numbers.pop("ours")
        for name, seconds in numbers.items():
            yield Measure(f"Dense {width}, one epoch, beside {name}", "s", ours, seconds)
        yield _floor(settings)


def _add_own(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--python", default=sys.executable, metavar="FILE", help="an interpreter that has the others")
    parser.add_argument("--rounds", type=int, default=EPOCH_ROUNDS, help="epochs of each side")


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
