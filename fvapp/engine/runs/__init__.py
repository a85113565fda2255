"""Whose runs there are, who trains next, and how a run's record changes. Imports store."""
