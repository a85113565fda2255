"""Makes tensors that share their memory with the arrays of a data set."""

import ctypes
from dataclasses import dataclass
from math import ceil

import numpy as np
import tensorflow as tf

from fvapp.core.datasets import Dataset, TrainingArrays
from fvapp.core.texts.strips import ALIGNMENT, aligned_zeros

_MORE = 10_000
"""Number of images by which tensors are lengthened if the visitor's own examples do not fit."""


@dataclass(frozen=True)
class ResidentArrays:
    """Images and labels as tensors, together with the arrays that own the memory.

    Attributes:
        images, labels: the tensors, as described in `Batches`, which must not be written to.
    """

    images: tf.Tensor
    labels: tf.Tensor
    memory_owners: tuple[np.ndarray, np.ndarray]


def make_resident_arrays(arrays: TrainingArrays, dataset: Dataset) -> ResidentArrays:
    """Return tensors that begin with the training images and labels.

    The tensors are as long as the data set's training set, because programs are compiled for this
    length. If the visitor's own examples make the training set longer, the length is rounded up to
    one of two greater lengths.

    Arrays of the data set itself are not copied if their alignment allows it. Then all processes
    share the pages of the memory-mapped files, instead of using 47 MB each.
    """
    parts = (arrays.x_train, dataset.x_train), (arrays.y_train, dataset.y_train)
    images, labels = (
        part if arrays.epoch_image_indices is not None else _reuse_or_pad_array(part, whole)
        for part, whole in parts
    )
    return ResidentArrays(_tensor_of_array(images), _tensor_of_array(labels), (images, labels))


def _reuse_or_pad_array(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return whole if np.may_share_memory(part, whole) else _pad_to_length(part, whole)


def _pad_to_length(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return an aligned array as long as `whole`, or longer, that begins with `part`."""
    length = len(whole) + max(0, ceil((len(part) - len(whole)) / _MORE)) * _MORE
    filled = aligned_zeros((length, *whole.shape[1:]), whole.dtype)
    filled[: len(part)] = part
    return filled


def _tensor_of_array(array: np.ndarray) -> tf.Tensor:
    address = array.ctypes.data
    if address % ALIGNMENT or not array.flags.c_contiguous or not array.nbytes:
        return tf.constant(array)
    # DLPack refuses read-only arrays such as this one. A new view of the same memory is not marked
    # as read-only.
    memory = (ctypes.c_uint8 * array.nbytes).from_address(address)
    return tf.experimental.dlpack.from_dlpack(
        np.ctypeslib.as_array(memory).view(array.dtype).reshape(array.shape).__dlpack__()
    )
