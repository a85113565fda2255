"""Every workaround for Streamlit and the browser, each a small function with its reason; how
components are made.
"""
