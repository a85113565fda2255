"""The visitor's own examples: kept beside an answer, collected by drawing, taught to a network."""
