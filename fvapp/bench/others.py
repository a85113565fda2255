"""What else one would train the networks of the benchmark with, each as its users would write it for speed.

JAX, PyTorch and scikit-learn are no packages of this project: their scripts run in an interpreter that has them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager

import numpy as np

from fvapp.bench.notebook import Ask, other_side
from fvapp.core.datasets import load_dataset
from fvapp.core.places import Places
from fvapp.core.settings import RunSettings

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
    "JAX, `lax.scan` over an epoch": (_JAX,),
    "PyTorch, fused Adam": (_TORCH + _TORCH_TRAINS,),
    "PyTorch, fused Adam, compiled": (_TORCH + _TORCH_TRAINS, "compile"),
    "scikit-learn, `MLPClassifier`": (_SKLEARN,),
}
CONVOLUTIONAL: Sides = {
    "PyTorch, `channels_last`, bfloat16 by autocast": (_TORCH_CNN + _TORCH_TRAINS,),
    "PyTorch, the same, compiled": (_TORCH_CNN + _TORCH_TRAINS, "compile"),
}


def others(sides: Sides, settings: RunSettings, home: str, python: str) -> dict[str, AbstractContextManager[Ask]]:
    """Return processes with the scripts of these sides, for a network of one hidden layer or for the small CNN.

    Args:
        home: the value of ``FVAPP_HOME``, where the images are written to.
        python: the interpreter; a process ends at once where it lacks the library.
    """
    images = f"{home}/images.npz"
    dataset = load_dataset(settings.dataset, Places.from_environ({**os.environ, "FVAPP_HOME": home}))
    np.savez(images, images=dataset.x_train, labels=dataset.y_train)
    words = [images, str(sum(settings.hidden)), str(settings.batch_size)]
    return {
        name: other_side(_BEGIN + script, [*words, *further], os.environ, python)
        for name, (script, *further) in sides.items()
    }
