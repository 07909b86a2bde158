"""The terminal: reads what is typed and prints what comes in without the two getting mixed up."""

import os
import sys
import threading

try:
    import readline
except ImportError:  # Windows has none: what comes in is then printed wherever the cursor stands.
    readline = None

_PROMPT = "> "
_CLEAR_LINE = "\r\x1b[K"
_UP = "\x1b[1A"


class Screen:
    """With a person at a terminal, what comes in is printed above the line being typed; else it is plain lines."""

    def __init__(self) -> None:
        is_terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._edits = is_terminal and readline is not None
        self._is_reading = False
        self._lock = threading.Lock()
        # Bytes that are no text, on either side, must not end the program.
        sys.stdin.reconfigure(errors="replace")
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
        """The next line that is typed. Raises EOFError at the end of the input."""
        if not self._edits:
            line = sys.stdin.readline()
            if not line:
                raise EOFError
            return line.rstrip("\n")
        self._is_reading = True
        try:
            line = input(_PROMPT)
        finally:
            self._is_reading = False
        # What was typed is taken off the screen: it comes back as a message once it is stored.
        with self._lock:
            sys.stdout.write(_UP + _CLEAR_LINE)
            sys.stdout.flush()
        return line
