"""The visitor's own examples: kept where an answer stands, collected by drawing, taught to a
network.
"""
