"""Scripts that make the data sets and models that ship: ``python -m fvapp build``."""
