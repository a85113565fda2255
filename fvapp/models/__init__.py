"""The models that ship: a Keras file and a JSON file for each data set, made by ``python -m fvapp
build models``.
"""
