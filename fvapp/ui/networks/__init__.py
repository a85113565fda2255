"""What several pages show of a network: which one answers, its result by class, one step of its
learning.
"""
