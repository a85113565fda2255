"""Looking inside a network: what it computes on the way from an image to ten shares, in NumPy
alone.

One module a subject. All of them work on a :class:`~fvapp.core.inspection.network.Network`, which
the network of a run and a model that ships both become.
"""
