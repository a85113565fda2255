"""The server's side of all runs: queue, processes, store. No Keras here.

Four folders import downwards only: `processes`, `workers`, `runs`, `store`. Beside them stand what the pages use
(`api`, `singleton`) and what ties the four together (`embedded`, `dispatcher`).
"""
