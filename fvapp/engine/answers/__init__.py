"""Computes networks' answers, with NumPy in the server's process or, where faster, in workers."""
