"""Makes text from others safe to print on a terminal."""

import re

INDENT = " " * 4

# Control characters (C0 with ESC, DEL, C1), line and paragraph separators, and the marks that reorder text.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """One line on which nothing can steer the terminal or hide what was written: ESC becomes `\\x1b`."""
    return _UNSAFE.sub(_escape, text.replace("\t", INDENT))


def printable_lines(text: str) -> str:
    """Like `printable`, but lines stay lines. All but the first are indented, so that none looks like a new message."""
    lines = text.replace("\r\n", "\n").split("\n")
    return f"\n{INDENT}".join(printable(line) for line in lines)


def _escape(match: "re.Match[str]") -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
