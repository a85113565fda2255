"""Gives each workspace a different seed, so that students see how much results vary."""

from hashlib import blake2b

SMALLEST = 1_000
LARGEST = 9_999
"""The seeds of workspaces lie between `SMALLEST` and `LARGEST`, so they have four digits.

Such seeds are short enough to read out, and unlike the seeds that teachers give out.
"""


def workspace_seed(token: str) -> int:
    """Return a workspace's seed, made from its secret token but too short to reveal the token."""
    digest = blake2b(token.encode(), digest_size=8, person=b"fvapp seed").digest()
    return SMALLEST + int.from_bytes(digest, "big") % (LARGEST - SMALLEST + 1)
