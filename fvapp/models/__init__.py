"""Contains the models that ship: a Keras file and a JSON file for each data set.

``python -m fvapp build models`` and ``python -m fvapp build writers`` make them.
"""
