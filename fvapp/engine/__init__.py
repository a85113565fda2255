"""The server's side of all runs: queue, processes, store. No Keras here.

Five folders import downwards only: `processes` and `answers`, then `workers`, `runs`, `store`. The
modules beside them are what the pages use (`api`, `singleton`) and what ties the folders together
(`embedded`, `dispatcher`).
"""
