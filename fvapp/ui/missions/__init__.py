"""The Missions page: the notebook's exercises, whose results the app judges automatically."""
