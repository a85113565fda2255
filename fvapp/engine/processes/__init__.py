"""Starts, secures and watches the app's child processes: Dask's scheduler and the workers."""
