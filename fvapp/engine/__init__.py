"""Runs of all visitors: queue, processes, store.

The server side is imported by the pages; `fvapp.engine.worker` runs in a worker process and is the only module here
that may import `fvapp.learn`.
"""
