"""Lines of JSON to the parent: what happened, as it happens."""

import json
import os
import threading


class Journal:
    """Appends one JSON object a line to a file that the parent reads along."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()

    def write(self, event: str, **facts: object) -> None:
        """Append an event; a whole line at once, so that processes can share the file."""
        line = (json.dumps({"event": event, **facts}) + "\n").encode()
        with self._lock:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, line)
            finally:
                os.close(file)
