"""Evaluation of runs: curves, overfitting, comparison, statistics, calibration, time left."""
