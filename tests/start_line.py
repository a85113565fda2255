"""Checks that the command in README.md serves the app: ``python tests/start_line.py``.

The script needs uv on the ``PATH`` and no packages. uv uses an installed Python of the version that
runs this script.
"""

import re
import shlex
import sys
import tempfile
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fvapp.bench.served_app import serve_app  # noqa: E402  which is found by the line above

FETCHES = 900.0  # seconds that uv may take to download all packages


def main() -> None:
    words = shlex.split(
        re.search(r"^```sh\n(.+)\n```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)[1]
    )
    words[words.index("--python") + 1] = "{}.{}".format(*sys.version_info)
    with tempfile.TemporaryDirectory() as home:
        environ = {"UV_PYTHON_DOWNLOADS": "never", "FVAPP_HOME": home, "FVAPP_WORKERS": "1"}
        with serve_app(environ=environ, command=words, longest=FETCHES) as served:
            print(
                f"{shlex.join(words)}: served after {monotonic() - served.started_at:.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
