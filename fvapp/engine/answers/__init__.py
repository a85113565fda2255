"""Computes networks' answers, with NumPy in the server's process or, if faster, in workers."""
