"""Runs of all visitors: queue, processes, store. The server's side; no Keras here.

Four folders import downwards only: `processes`, `workers`, `runs`, `store`. What stands beside them is what the pages
see (`api`, `singleton`) and what holds the four together (`embedded`, `dispatcher`).
"""
