"""Manages all training runs on the server: queue, worker processes, storage. Never imports Keras.

The folders depend on each other in one direction: `processes` and `answers` import from `workers`,
`workers` from `runs`, and `runs` from `store`. Pages import the modules `api` and `singleton`; the
other modules, such as `embedded` and `dispatcher`, connect the folders.
"""
