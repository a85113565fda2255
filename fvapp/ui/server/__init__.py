"""Extends Streamlit's server with routes, middleware, and a start and end of its own."""
