"""Evaluates training runs: curves, overfitting, comparison, statistics, calibration, time left."""
