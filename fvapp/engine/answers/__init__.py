"""What networks answer in the server's process: NumPy has their weights, and a worker is asked for
what is large.
"""
