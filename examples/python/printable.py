"""Makes text from others safe to print on a terminal."""

import re

INDENT = " " * 4

# Control characters (C0 with ESC, DEL, C1), line and paragraph separators, and the marks that reorder text.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Returns one line that can't steer the terminal or hide its content: ESC becomes `\\x1b`."""
    return _UNSAFE.sub(_escape, text.replace("\t", INDENT))


def printable_lines(text: str) -> str:
    """Like `printable`, but keeps line breaks. Indents every line but the first: none looks like a new message."""
    lines = text.replace("\r\n", "\n").split("\n")
    return f"\n{INDENT}".join(printable(line) for line in lines)


def _escape(match: "re.Match[str]") -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
