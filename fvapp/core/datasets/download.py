"""What the server and the child process that fetches the full MNIST agree on."""

from __future__ import annotations

from collections.abc import Mapping

FULL_MNIST_BYTES = 11_490_434  # size of the file that Keras' loader fetches
DOWNLOADED_FILE = "datasets/mnist.npz"  # below the child's KERAS_HOME; grows while it is fetched

FAILED, DAMAGED, NOT_KEPT = 3, 4, 5
EXIT_ERRORS: Mapping[int, str] = {FAILED: "download_failed", DAMAGED: "download_damaged", NOT_KEPT: "download_not_kept"}
"""Codes of errors by the child's exit status; any other status than 0 counts as FAILED."""
