"""Workarounds for Streamlit and the browser, each with its reason; how components are made."""
