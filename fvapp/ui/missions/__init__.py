"""The missions page: the notebook's exercises, with automatic verdicts."""
