"""Start, secure and watch the app's processes, and keep them small. Imports workers, runs and
store.
"""
