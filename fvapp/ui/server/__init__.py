"""Extends Streamlit's server with the app's routes, middleware, startup and shutdown."""
