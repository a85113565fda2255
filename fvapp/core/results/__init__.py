"""What the figures of runs say: curves, overfitting, comparison, statistics, calibration, time
left.
"""
