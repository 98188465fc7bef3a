"""The connections that threads have opened to one file, each its own."""

import threading
from sqlite3 import Connection


class ThreadConnections:
    """Closes what belonged to threads that have ended: a server starts and ends them as it is asked."""

    def __init__(self) -> None:
        self._open: dict[threading.Thread, Connection] = {}
        self._lock = threading.Lock()

    def keep(self, connection: Connection) -> None:
        """Remember this thread's connection."""
        with self._lock:
            for thread in [one for one in self._open if not one.is_alive()]:
                self._open.pop(thread).close()
            self._open[threading.current_thread()] = connection

    def close(self) -> None:
        """Close those of all threads."""
        with self._lock:
            for connection in self._open.values():
                connection.close()
            self._open.clear()
