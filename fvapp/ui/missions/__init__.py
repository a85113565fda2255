"""The missions page: the notebook's exercises, checked."""
