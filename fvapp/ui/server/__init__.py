"""What the app adds to Streamlit's server: its own routes, what stands before all routes, start and
end.
"""
