"""What the app adds to Streamlit's server: routes, middleware, and its start and end."""
