"""A control group of version 1 with limits of memory and cores, for what is started in it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

ROOT = Path("/sys/fs/cgroup")
_CONTROLLERS = ("memory", "cpu")
_PERIOD = 100_000  # microseconds
MB = 2**20


@dataclass(frozen=True)
class ControlGroup:
    """Folders of the group, by controller."""

    folders: dict[str, Path]

    @property
    def entering(self) -> Sequence[str]:
        """The beginning of a command that runs the rest of it inside the group."""
        enter = "; ".join(f"echo $$ > {folder}/cgroup.procs" for folder in self.folders.values())
        return ["sh", "-c", f'{enter}; exec "$@"', "sh"]

    @property
    def killed(self) -> int:
        """How many processes the kernel killed because the memory did not suffice."""
        words = (self.folders["memory"] / "memory.oom_control").read_text().split()
        return int(words[words.index("oom_kill") + 1])

    @property
    def used_mb(self) -> float:
        """What the processes use now: their own memory and mapped files, without other files that
        are cached.
        """
        words = (self.folders["memory"] / "memory.stat").read_text().split()
        found = dict(zip(words[::2], map(int, words[1::2]), strict=True))
        return (found["total_rss"] + found["total_mapped_file"]) / MB


def can_be_made() -> bool:
    """Whether there are groups of version 1 in which this process may make others."""
    return all(os.access(ROOT / name / "cgroup.procs", os.W_OK) for name in _CONTROLLERS)


@contextmanager
def control_group(memory_mb: int, cores: float) -> Iterator[ControlGroup]:
    """Make a group, and remove it when what ran in it has ended."""
    folders = {name: ROOT / name / f"fvapp-test-{os.getpid()}" for name in _CONTROLLERS}
    for folder in folders.values():
        folder.mkdir()
    try:
        (folders["memory"] / "memory.limit_in_bytes").write_text(str(memory_mb * MB))
        (folders["cpu"] / "cpu.cfs_period_us").write_text(str(_PERIOD))
        (folders["cpu"] / "cpu.cfs_quota_us").write_text(str(int(cores * _PERIOD)))
        yield ControlGroup(folders)
    finally:
        for folder in folders.values():
            _remove(folder)


def _remove(folder: Path) -> None:
    latest = monotonic() + 20
    while True:
        try:
            folder.rmdir()
            return
        except OSError:  # a process is still ending; nothing tells when it has
            if monotonic() > latest:
                raise
            sleep(0.1)
