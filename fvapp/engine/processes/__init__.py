"""Starts, secures and watches the app's processes. Imports workers, runs and store."""
