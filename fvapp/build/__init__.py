"""Scripts that remake what ships: the data sets and the models. Run by ``python -m
fvapp build``.
"""
