"""A Linux control group (version 1) that limits the memory and cores of the processes in it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

ROOT = Path("/sys/fs/cgroup")
_CONTROLLERS = ("memory", "cpu")
_PERIOD = 100_000  # microseconds over which the kernel limits processor time
MB = 2**20


@dataclass(frozen=True)
class ControlGroup:
    """A control group.

    Attributes:
        folders: the group's folders, by controller.
    """

    folders: dict[str, Path]

    @property
    def entering(self) -> Sequence[str]:
        """The beginning of a command line; the command that follows it runs inside the group."""
        enter = "; ".join(f"echo $$ > {folder}/cgroup.procs" for folder in self.folders.values())
        return ["sh", "-c", f'{enter}; exec "$@"', "sh"]

    @property
    def killed(self) -> int:
        """The number of processes in the group that the kernel killed for lack of memory."""
        words = (self.folders["memory"] / "memory.oom_control").read_text().split()
        return int(words[words.index("oom_kill") + 1])

    @property
    def used_mb(self) -> float:
        """The memory in use, in MB: the processes' own pages and mapped files, no other cache."""
        words = (self.folders["memory"] / "memory.stat").read_text().split()
        found = dict(zip(words[::2], map(int, words[1::2]), strict=True))
        return (found["total_rss"] + found["total_mapped_file"]) / MB


def can_be_made() -> bool:
    """Return whether this process may create control groups of version 1 on this machine."""
    return all(os.access(ROOT / name / "cgroup.procs", os.W_OK) for name in _CONTROLLERS)


@contextmanager
def control_group(memory_mb: int, cores: float) -> Iterator[ControlGroup]:
    """Create a group with these limits, and remove it once all of its processes have ended."""
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
        except OSError:  # a process is still ending, and no event tells when it is gone
            if monotonic() > latest:
                raise
            sleep(0.1)
