"""Contains the models that ship with the app: a Keras and a JSON file for each data set.

``python -m fvapp build models`` and ``python -m fvapp build writers`` make them.
"""
