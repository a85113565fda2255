"""``python -m fvapp lab start``: the app, which other PCs may join."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from fvapp.engine.processes.hosts import Hosts
from fvapp.engine.processes.machine import lan_address

APP = Path(__file__).resolve().parents[2] / "app.py"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say at which port the page is."""
    parser.add_argument("--port", type=int, metavar="N", help="of the page (default: Streamlit's)")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Start the app as ``streamlit run app.py`` does, and stay until Ctrl-C."""
    environ = os.environ | {"FVAPP_LAB": "1"}
    room = Hosts.from_environ(environ).room
    print(t("lab.start.open", address=lan_address() or socket.gethostname(), port=room.port), flush=True)
    page = ["--server.port", str(args.port)] if args.port else []
    app = subprocess.Popen([sys.executable, "-m", "streamlit", "run", str(APP), *page], cwd=APP.parent, env=environ)
    while True:
        try:
            return app.wait()
        except KeyboardInterrupt:  # meant for the app, which ends its processes
            continue
