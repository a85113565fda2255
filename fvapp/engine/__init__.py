"""The server's side of all runs: queue, processes, store. It does not import Keras.

Five folders import downwards only: `processes` and `answers`, then `workers`, `runs`, `store`. Of
the modules beside them, pages use `api` and `singleton`; others, such as `embedded` and
`dispatcher`, tie the folders together.
"""
