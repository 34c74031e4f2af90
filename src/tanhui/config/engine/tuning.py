"""The server's settings, fitted to the machine. Durability is never traded: fsync, full pages and commits stay on."""

import os
import shutil
from pathlib import Path

MB = 1024 * 1024
GB = 1024 * MB
CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def settings(*, socket_directory: Path, data: Path, port: int) -> dict[str, str]:
    """PostgreSQL settings by name, to be passed on the command line."""
    memory = memory_bytes()
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_directory),
        "unix_socket_permissions": "0700",
        "port": str(port),
        "cluster_name": "tanhui",
        "max_connections": "100",
        "shared_buffers": _mb(shared_buffers_bytes(memory)),
        "effective_cache_size": _mb(max(memory // 2, 128 * MB)),
        "work_mem": _mb(min(max(memory // 256, 4 * MB), 64 * MB)),
        "maintenance_work_mem": _mb(min(max(memory // 16, 32 * MB), 512 * MB)),
        "max_wal_size": _mb(max_wal_bytes(shutil.disk_usage(data).total)),
        "checkpoint_timeout": "15min",
        "wal_level": "replica",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "jit": "off",
        "random_page_cost": "1.1",
        "dynamic_shared_memory_type": "posix" if _shared_memory_is_roomy() else "mmap",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "lc_messages": "C",
    }


def shared_buffers_bytes(memory: int) -> int:
    """A quarter of the memory up to 2 GB; an eighth on machines under 4 GB; never less than 32 MB."""
    return min(memory // 4, 2 * GB) if memory >= 4 * GB else max(memory // 8, 32 * MB)


def max_wal_bytes(disk: int) -> int:
    """8 GB; on a small disk a tenth of it, though not less than 1 GB."""
    return min(max(disk // 10, GB), 8 * GB)


def memory_bytes() -> int:
    """The memory that this process may use: the machine's, or its container's."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in CGROUP_LIMITS:
        try:
            memory = min(memory, int(limit.read_text()))
        except (OSError, ValueError):
            continue  # not Linux, no limit ("max"), or the other kind of control group
    return memory


def _shared_memory_is_roomy() -> bool:
    """Whether /dev/shm can hold parallel queries; containers give it 64 MB by default."""
    try:
        return shutil.disk_usage("/dev/shm").total >= 256 * MB  # noqa: S108  # only its size is asked
    except OSError:
        return True  # no such mount: POSIX shared memory is elsewhere (macOS)


def _mb(size: int) -> str:
    return f"{size // MB}MB"
