"""The limits of containers, read from the files of a simulated Linux system."""

import pytest

from fvapp.engine.processes.containers import core_limit, memory_limit
from fvapp.engine.processes.machine import (
    available_cores,
    available_memory_mb,
    machine_slowdown_factor,
)
from fvapp.engine.timing import Timing

MB = 2**20
UNLIMITED = "9223372036854771712"  # "no limit" in control groups of version 1


@pytest.fixture
def system(tmp_path):
    """Return ``system(group, mounts, files)``, which writes a fake ``/proc/self``.

    The hierarchies of control groups are mounted below the test's folder.

    Args:
        group: lines of ``cgroup``.
        mounts: kind, root, folder and options of each hierarchy.
        files: content by path below the test's folder.
    """

    def system(group, mounts, files):
        proc = tmp_path / "proc"
        proc.mkdir()
        (proc / "cgroup").write_text("\n".join(group) + "\n")
        lines = ["22 1 0:20 / /proc rw,nosuid - proc proc rw"]
        for number, (kind, root, folder, options) in enumerate(mounts):
            mounted = str(tmp_path / folder).replace(" ", "\\040")
            lines.append(
                f"{30 + number} 22 0:{30 + number} {root} {mounted} rw shared:9 - {kind} cgroup {options}"
            )
        (proc / "mountinfo").write_text("\n".join(lines) + "\n")
        for path, content in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{content}\n")
        return proc

    return system


VERSION_1 = [("cgroup", "/", "memory", "rw,memory"), ("cgroup", "/", "cpu", "rw,cpu,cpuacct")]
VERSION_2 = [("cgroup2", "/", "all", "rw,nsdelegate")]


def test_the_group_of_version_2_counts_and_the_root_has_no_files(system):
    files = {"all/app/memory.max": 700 * MB, "all/app/cpu.max": "10000 100000"}
    proc = system(["0::/app"], VERSION_2, files)
    assert memory_limit(proc) == 700 * MB and core_limit(proc) == 0.1


def test_the_group_of_version_1_counts(system):
    files = {
        "memory/app/memory.limit_in_bytes": 700 * MB,
        "memory/memory.limit_in_bytes": UNLIMITED,
        "cpu/app/cpu.cfs_quota_us": 150_000,
        "cpu/app/cpu.cfs_period_us": 100_000,
        "cpu/cpu.cfs_quota_us": -1,
        "cpu/cpu.cfs_period_us": 100_000,
    }
    proc = system(["4:memory:/app", "2:cpu,cpuacct:/app", "0::/"], VERSION_1, files)
    assert memory_limit(proc) == 700 * MB and core_limit(proc) == 1.5


@pytest.mark.parametrize("lowest", ["", "school/", "school/class/", "school/class/app/"])
def test_the_lowest_limit_of_the_groups_around_counts(system, lowest):
    around = [
        "all/school/memory.max",
        "all/school/class/memory.max",
        "all/school/class/app/memory.max",
    ]
    files = dict.fromkeys(around, "max") | {
        f"all/{lowest}memory.max": 900 * MB,
        f"all/{lowest}cpu.max": "200000 100000",
    }
    proc = system(["0::/school/class/app"], VERSION_2, files)
    assert memory_limit(proc) == 900 * MB and core_limit(proc) == 2


def test_a_container_sees_a_part_of_the_hierarchy(system):
    mounts = [("cgroup", "/docker/abc", "memory", "rw,memory")]
    files = {
        "memory/memory.limit_in_bytes": 1_000 * MB,
        "memory/inner/memory.limit_in_bytes": 500 * MB,
    }
    assert memory_limit(system(["4:memory:/docker/abc/inner"], mounts, files)) == 500 * MB


@pytest.mark.parametrize("group", ["4:memory:/docker/abc", "4:memory:/../elsewhere"])
def test_a_group_that_cannot_be_seen_has_the_limit_of_what_is_mounted(system, group):
    mounts = [("cgroup", "/docker/other" if "docker" in group else "/", "memory", "rw,memory")]
    assert (
        memory_limit(system([group], mounts, {"memory/memory.limit_in_bytes": 1_000 * MB}))
        == 1_000 * MB
    )


def test_both_versions_at_once_and_a_space_in_a_path(system):
    mounts = [("cgroup2", "/", "uni fied", "rw"), ("cgroup", "/", "of memory", "rw,memory")]
    files = {"of memory/a/memory.limit_in_bytes": 800 * MB, "uni fied/b/cpu.max": "50000 100000"}
    proc = system(["4:memory:/a", "0::/b"], mounts, files)
    assert memory_limit(proc) == 800 * MB and core_limit(proc) == 0.5


def test_no_limit_and_no_control_groups_are_the_whole_machine(system, tmp_path):
    proc = system(
        ["0::/app"], VERSION_2, {"all/app/memory.max": "max", "all/app/cpu.max": "max 100000"}
    )
    for place in (proc, tmp_path / "not Linux"):
        assert memory_limit(place) is None and core_limit(place) is None
        assert available_cores(place) >= 1 and available_memory_mb(place) > 512


def test_a_container_is_smaller_than_its_machine_and_a_share_of_a_core_makes_everything_slower(
    system,
):
    files = {"all/app/memory.max": 512 * MB, "all/app/cpu.max": "10000 100000"}
    proc = system(["0::/app"], VERSION_2, files)
    assert available_memory_mb(proc) == 512
    assert available_cores(proc) == 1
    assert machine_slowdown_factor(proc) == 10
    slow = Timing().scaled_by_slowness(machine_slowdown_factor(proc))
    usual = Timing()
    assert slow.worker_start_timeout_seconds == 10 * usual.worker_start_timeout_seconds
    assert slow.check_interval_seconds == usual.check_interval_seconds


def test_whole_cores_and_no_limit_are_not_slow(system, tmp_path):
    proc = system(["0::/app"], VERSION_2, {"all/app/cpu.max": "200000 100000"})
    assert machine_slowdown_factor(proc) == machine_slowdown_factor(tmp_path / "not Linux") == 1
