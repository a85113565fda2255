"""A room of PCs that train for one app: ``python -m fvapp lab``. Imports engine and core."""
