"""The lock of a server on its database: a second server on the same file is refused.

The operating system holds it and drops it with the process, however that ends. It is a lock on a
file of its own, `<database>.lock`: SQLite has its own locks on the database, which closing another
descriptor of that file would drop. The command line does not take it, so that it works beside a
server. (The library filelock empties the file of a lock that somebody else holds, and with it the
name of the holder.)
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from .log import DatabaseUnusable

#: The byte that is locked on Windows, where nobody can read a locked byte: behind the content.
_LOCKED_BYTE = 2**30
#: Bytes of the content that are shown.
_MAX_HOLDER = 500


class ServerLock:
    """The lock of one server on the database `path`. Raises `DatabaseUnusable` if it is taken."""

    def __init__(self, path: Path) -> None:
        file = path.resolve()
        file = file.with_name(f"{file.name}.lock")
        try:
            self._descriptor: int | None = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DatabaseUnusable(path, f"{file}: {error.strerror}") from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            holder = os.read(self._descriptor, _MAX_HOLDER).decode(errors="replace")
            self.release()
            taken = error.errno in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
            reason = (
                f"another server uses it{holder}; stop that one, or name another file in "
                "ArenaApp.database"
                if taken
                else f"{file}: {error.strerror}"
            )
            raise DatabaseUnusable(path, reason) from error
        self.hold_at("")

    def hold_at(self, address: str) -> None:
        """Write this process and its address down, for the message of a second server."""
        if self._descriptor is None:
            return
        at = f" at {address}" if address else ""
        with suppress(OSError):  # on a full disk the lock counts as well
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f" (process {os.getpid()}{at})".encode())

    def release(self) -> None:
        """Let another server have the database.

        The file stays: a process that waits for a removed file would lock nobody out.
        """
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
