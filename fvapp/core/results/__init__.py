"""What the numbers of runs say: curves, overfitting, comparison, statistics, calibration, time."""
