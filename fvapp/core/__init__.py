"""The pure part: settings, layers, data sets, preparation, lessons.

Nothing in here imports Streamlit, Dask or Keras, starts a thread, reads a clock or keeps mutable state between calls:
functions take data and return data. Time and randomness come in as arguments, and functions that produce words take a
translator.

`scipy` is imported as such: it loads its parts when they are first used, and they take longer than all of this.
"""
