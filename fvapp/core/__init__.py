"""The pure part of the app: settings, layers, data sets, preparation, missions and more.

Nothing in this package imports Streamlit, Dask or Keras, starts a thread, reads a clock or keeps
mutable state between calls: functions take data and return data. Time and randomness come in as
arguments, and functions that produce words take a translator.

Write ``import scipy``, not ``from scipy import ...``. SciPy then loads each of its subpackages on
first use. Loading all of them at once takes longer than importing every module of this package.
"""
