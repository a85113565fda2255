"""A class: joining one, what its teacher sees, and what the projector shows."""
