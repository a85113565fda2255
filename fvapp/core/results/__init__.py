"""Evaluates training runs: curves, overfitting, comparisons, calibration and time left."""
