"""Manages all training runs on the server: queue, worker processes, storage. Never imports Keras.

Each folder imports only from folders further down this list: `processes` and `answers`, then
`workers`, `runs`, `store`. Of the modules beside the folders, pages use `api` and `singleton`; the
other modules, such as `embedded` and `dispatcher`, connect the folders.
"""
