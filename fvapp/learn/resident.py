"""A data set as tensors that share memory with its arrays."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

ALIGNMENT = 64
"""In bytes; TensorFlow's kernels and XLA expect buffers to start at a multiple of this."""


@dataclass(frozen=True)
class Resident:
    """Images and labels as tensors, together with the arrays that own the memory.

    Attributes:
        images, labels: uint8 [n, 28, 28] and [n]. They must not be written to.
    """

    images: tf.Tensor
    labels: tf.Tensor
    owners: tuple[np.ndarray, np.ndarray]


def make_resident(images: np.ndarray, labels: np.ndarray) -> Resident:
    """Return `images` and `labels` as tensors, without copying them if their alignment allows it.

    Memory-mapped arrays then remain file pages shared by all processes, instead of taking 47 MB in each.
    """
    return Resident(_tensor(images), _tensor(labels), (images, labels))


def _tensor(array: np.ndarray) -> tf.Tensor:
    address = array.ctypes.data
    if address % ALIGNMENT or not array.flags.c_contiguous or not array.nbytes:
        return tf.constant(array)
    # DLPack refuses read-only arrays, which these are; a fresh view of the same memory is not marked read-only.
    memory = (ctypes.c_uint8 * array.nbytes).from_address(address)
    return tf.experimental.dlpack.from_dlpack(np.frombuffer(memory, "uint8").reshape(array.shape).__dlpack__())
