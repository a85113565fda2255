"""Workarounds for Streamlit and the browser, each a small function with its reason; components."""
