"""Finds the memory and processor limits that Linux control groups set, for example in containers.

In each hierarchy of control groups, a process is in one group. The groups that contain this group
have limits as well, and the lowest limit counts. Version 1 of control groups has a hierarchy for
each controller; version 2 has one hierarchy for all controllers; a machine may use both versions.
``mountinfo`` says where a hierarchy is mounted, and which part of it a container sees. See
``man 7 cgroups`` and ``man 5 proc_pid_mountinfo``.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

PROC = Path("/proc/self")


def memory_limit(proc: Path) -> int | None:
    """Return the lowest memory limit, in bytes, of this process's control groups, or None."""
    limits = [
        _read_number(folder / file)
        for version, file in ((2, "memory.max"), (1, "memory.limit_in_bytes"))
        for folder in _control_group_folders(proc, version, "memory")
    ]
    return min((limit for limit in limits if limit is not None), default=None)


def core_limit(proc: Path) -> float | None:
    """Return the lowest processor limit, such as 0.5 cores, of this process's control groups.

    The result is None if there is no limit.
    """
    quotas = [_read_words(folder / "cpu.max") for folder in _control_group_folders(proc, 2, "cpu")]
    for folder in _control_group_folders(proc, 1, "cpu"):
        quotas.append(
            [*_read_words(folder / "cpu.cfs_quota_us"), *_read_words(folder / "cpu.cfs_period_us")]
        )
    cores = [int(quota) / int(period) for quota, period in filter(_is_cpu_limit, quotas)]
    return min(cores, default=None)


def _control_group_folders(proc: Path, version: int, controller: str) -> Iterator[Path]:
    """Yield the folder of this process's control group, then those of its visible ancestors."""
    group = _control_group_path(proc, version, controller)
    if group is None:
        return
    for root, mounted in _find_mounts(proc, version, controller):
        # A container sees only part of the cgroup hierarchy. The path of its cgroup may be the path
        # on the host, or lead out of the visible part with "..".
        seen = group.is_relative_to(root) and ".." not in group.relative_to(root).parts
        inner = group.relative_to(root) if seen else PurePosixPath()
        yield from (mounted / folder for folder in (inner, *inner.parents))
        return


def _control_group_path(proc: Path, version: int, controller: str) -> PurePosixPath | None:
    """Return the path of this process's control group, such as ``/lesson``, or None.

    The path is read from a line such as ``4:memory:/lesson`` (version 1 of control groups) or
    ``0::/lesson`` (version 2).
    """
    for line in _read_lines(proc / "cgroup"):
        _, controllers, path = line.split(":", 2)
        if (controllers == "") if version == 2 else (controller in controllers.split(",")):
            return PurePosixPath(path)
    return None


def _find_mounts(proc: Path, version: int, controller: str) -> Iterator[tuple[PurePosixPath, Path]]:
    """Yield each mounted part of a controller's cgroup hierarchy, with its mount point."""
    for line in _read_lines(proc / "mountinfo"):
        before, _, after = line.partition(" - ")
        root, mounted = map(_unescape_path, before.split(" ")[3:5])
        kind, _, options = after.split(" ", 2)
        if (
            kind == "cgroup2"
            if version == 2
            else kind == "cgroup" and controller in options.split(",")
        ):
            yield PurePosixPath(root), Path(mounted)


def _unescape_path(path: str) -> str:
    r"""Decode the escapes in a path from ``mountinfo``, such as ``\040`` for a space."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), path)


def _read_lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:  # the file exists only on Linux
        return []


def _read_words(file: Path) -> list[str]:
    return " ".join(_read_lines(file)).split()


def _read_number(file: Path) -> int | None:
    words = _read_words(file)
    # "max" means no limit. In version 2 of control groups, the root group has no limit file.
    return int(words[0]) if words and words[0].isdigit() else None


def _is_cpu_limit(quota: list[str]) -> bool:
    # "max" or -1 means no limit
    return len(quota) == 2 and all(word.isdigit() and int(word) > 0 for word in quota)
