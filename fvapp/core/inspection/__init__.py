"""Looking inside a network: what it computes between an image and its shares, in NumPy alone.

One module per subject. All of them work on a :class:`~fvapp.core.inspection.network.Network`, made
from the network of a run or from a shipped model.
"""
