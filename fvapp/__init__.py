"""A Streamlit app in which school classes learn what a neural network is."""

__version__ = "1.0.0"
