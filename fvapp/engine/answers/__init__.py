"""Computes networks' answers: with NumPy in the server's process; in workers if that is faster."""
