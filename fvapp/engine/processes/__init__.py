"""The processes of the app: started, secured, watched, kept small. Imports workers, runs and store."""
