"""Packs networks and images as base64 for JSON; weights become integers of 8 or 16 bits."""

import zlib
from base64 import b64encode

import numpy as np

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.inspection import Network
from fvapp.core.layer import LayerStep, WeightedStep

BITS = 16
"""Bits per weight of a network that runs in the browser or in a take-home file.

With eight bits, the answer would change for one drawing in fifty. The decision whether a drawing is
unlike the training images would hardly ever change.
"""


def pack_network(network: Network, bits: int) -> dict[str, object]:
    """Return a network in the form that ``page/network.js`` reads.

    Args:
        bits: bits per weight, 8 or 16; biases have 32 bits.
    """
    steps = [_pack_layer_step(step, bits) for step in network.steps]
    return {"steps": steps, "scale": network.pixel_scale, "temperature": network.temperature}


def pack_array(array: np.ndarray, bits: int) -> dict[str, object]:
    """Return an array [..., outputs] packed as integers with one scale per output.

    The rounding error is at most half of 1/127 (8 bits) or 1/32,767 (16 bits) of the largest
    absolute value for the same output. 16-bit floats would take as many bytes as 16-bit integers,
    but have errors seven times as large. If `bits` is 32, the values are stored as floats.
    """
    if bits == 32:
        return {"bits": 32, "data": array_to_base64(array.astype("<f4"))}
    largest = 2 ** (bits - 1) - 1
    scales = np.abs(array).reshape(-1, array.shape[-1]).max(axis=0).astype("<f4") / np.float32(
        largest
    )
    scales[scales == 0] = 1
    whole = np.rint(array / scales).astype(f"<i{bits // 8}")
    return {"bits": bits, "data": array_to_base64(whole), "scales": array_to_base64(scales)}


def pack_images(images: np.ndarray, labels: np.ndarray, bits: int) -> dict[str, object]:
    """Return images, uint8 [n, 28, 28], and labels, packed as ``page/saved.js`` reads them.

    Args:
        bits: bits per pixel after rounding the original eight bits. The pixels are stored in order
            and compressed together.
    """
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    folded = bytearray()
    for begin in range(0, len(images), 50):  # packing all images at once takes 14 MB of memory
        some = images[begin : begin + 50].reshape(-1, 1)
        levels = np.rint(some * np.float32((2**bits - 1) / 255)).astype(np.uint8)
        folded += deflate.compress(
            np.packbits(np.unpackbits(levels, axis=1)[:, 8 - bits :]).tobytes()
        )
    folded += deflate.flush()
    return {
        "bits": bits,
        "data": b64encode(folded).decode(),
        "labels": array_to_base64(labels.astype(np.uint8)),
    }


def array_to_base64(array: np.ndarray) -> str:
    """Return the bytes of an array as base64 text."""
    return b64encode(array.tobytes()).decode()


def _pack_layer_step(step: LayerStep, bits: int) -> dict[str, object]:
    packed = {"kind": step.kind, "shows": step.shown_as, **step.script_parameters}
    if isinstance(step, WeightedStep):
        row = ACTIVATIONS.get(step.activation)
        packed |= {"kernel": pack_array(step.kernel, bits), "bias": pack_array(step.bias, 32)}
        packed |= {"activation": step.activation, "silent": row is None or row.fires_above_zero}
    return packed
