"""The terminal: keeps the line being typed apart from the messages that come in."""

import os
import select
import signal
import sys
import threading

try:
    import readline
except ImportError:  # Windows has none: messages are then printed at the cursor.
    readline = None

_PROMPT = "> "
_CLEAR_LINE = "\r\x1b[K"
_UP = "\x1b[1A"


class Screen:
    """On a terminal, prints messages above the line being typed; elsewhere prints plain lines."""

    def __init__(self) -> None:
        is_terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._edits = is_terminal and readline is not None
        self._is_reading = False
        self._lock = threading.Lock()
        # Invalid UTF-8 in or out must not end the program.
        sys.stdin.reconfigure(errors="replace")
        self._lines = _Lines() if os.name == "posix" else sys.stdin
        sys.stdout.reconfigure(errors="replace")

    def print(self, text: str) -> None:
        with self._lock:
            if self._edits and self._is_reading:
                typed = readline.get_line_buffer()
                sys.stdout.write(f"{_CLEAR_LINE}{text}\n{_PROMPT}{typed}")
            else:
                sys.stdout.write(f"{text}\n")
            sys.stdout.flush()

    def read_line(self) -> str:
        """Returns the next line. Raises EOFError at the end of the input."""
        if not self._edits:
            line = self._lines.readline()
            if not line:
                raise EOFError
            return line.rstrip("\n")
        self._is_reading = True
        try:
            line = input(_PROMPT)
        finally:
            self._is_reading = False
        # Remove the typed line: it comes back as a message once it is stored.
        with self._lock:
            sys.stdout.write(_UP + _CLEAR_LINE)
            sys.stdout.flush()
        return line


class _Lines:
    """Standard input by lines. Ctrl-C is never missed, as it would be if it came just before a read."""

    def __init__(self) -> None:
        self._read = b""
        self._woken, wakes = os.pipe()
        os.set_blocking(wakes, False)
        signal.set_wakeup_fd(wakes)

    def readline(self) -> str:
        """Returns the next line with its end, or "" at the end of the input."""
        stdin = sys.stdin.fileno()
        while b"\n" not in self._read:
            select.select([stdin, self._woken], [], [])
            chunk = os.read(stdin, 65536)
            if not chunk:
                break
            self._read += chunk
        line, end, self._read = self._read.partition(b"\n")
        return (line + end).decode(errors="replace")
