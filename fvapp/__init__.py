"""A Streamlit app in which a class learns what a neural network is."""

__version__ = "1.0.0"
