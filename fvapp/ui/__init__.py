"""The screens: each reads records, draws, and sends commands to the engine.

Each page is a folder with a ``page.show_page(visit)``; `pages` lists them. A page imports `parts`,
`browser` and `visit`, never another page. Only this package and ``app.py`` import Streamlit.
"""

import os

# NumPy reads this variable on import, and no module imports NumPy before this one. While both cores
# train, the same product of matrices on two threads sometimes takes 1 s and sometimes 11 s; one
# thread for each visitor is enough.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
