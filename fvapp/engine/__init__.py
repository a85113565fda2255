"""The server's side of all training runs: queue, worker processes, store. Never imports Keras.

Each folder imports only from folders further down this list: `processes` and `answers`, then
`workers`, `runs`, `store`. Of the modules beside the folders, pages use `api` and `singleton`; the
other modules, such as `embedded` and `dispatcher`, connect the folders.
"""
