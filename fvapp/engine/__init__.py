"""The server's side of all runs: queue, processes, store. No Keras here.

Five folders import downwards only: `processes` and `answers`, then `workers`, `runs`, `store`.
    Beside them stand what
the pages use (`api`, `singleton`) and what ties the folders together (`embedded`, `dispatcher`).
"""
