"""The pure part: settings, layers, data sets, preparation, missions.

Nothing in this package imports Streamlit, Dask or Keras, starts a thread, reads a clock or keeps
mutable state between calls: functions take data and return data. Time and randomness come in as
arguments, and functions that produce words take a translator.

Write ``import scipy``, not ``from scipy import ...``: it loads its subpackages on first use, and
loading them takes longer than importing everything in here.
"""
