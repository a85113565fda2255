"""``python -m fvapp lab start``: start the app so that other PCs can join it."""

import argparse
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from fvapp.engine.processes.hosts import TrainingHosts
from fvapp.engine.processes.machine import lan_address
from fvapp.start import replace_process

APP = Path(__file__).resolve().parents[2] / "app.py"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's argument for the port of the web page."""
    parser.add_argument("--port", type=int, metavar="N", help="of the page (default: Streamlit's)")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Start the app like ``streamlit run app.py``, and keep it running until Ctrl-C is pressed."""
    environ = os.environ | {"FVAPP_LAB": "1"}
    room = TrainingHosts.from_environ(environ).lab_join_file
    if room is not None:
        address = lan_address() or socket.gethostname()
        print(t("lab.start.open", address=address, port=room.port), flush=True)
    page = ["--server.port", str(args.port)] if args.port else []
    os.chdir(APP.parent)
    return replace_process([sys.executable, "-m", "streamlit", "run", str(APP), *page], environ)
