"""Finds out, after a reconnect, which of the recent messages are new."""

from collections import deque

# The server sends this many to a new listener, so an overlap can't be longer.
RECENT_MESSAGES = 100


class Shown:
    """The messages printed last, to recognise the ones that the server sends again.

    A new stream starts with the lobby's recent messages, and simple messages carry no id. The stream starts with
    the last few printed messages: with "a b c" on the screen and "b c d" coming in, only "d" is new. If several
    overlaps fit, the longest one counts.

    Two limits: if one person repeats the same line a hundred times, the next repetition looks old and is not printed.
    If old messages have changed, because their sender was renamed or deleted, they look new and are printed again.
    """

    def __init__(self) -> None:
        self._printed = deque(maxlen=RECENT_MESSAGES)
        self._held = []
        self._possible = []
        self._overlap = 0
        self.has_lost_track = False

    def start_stream(self) -> None:
        """Call this before the first message of every stream."""
        self._held = []
        self._possible = list(range(1, len(self._printed) + 1))
        self._overlap = 0
        self.has_lost_track = False

    def take(self, message) -> list:
        """Takes the next message and returns the ones to print: none, or `message` with any held back before it.

        Once the recent messages are through, nothing is held back.
        """
        if not self._possible:
            self._printed.append(message)
            return [message]
        printed = list(self._printed)
        at = len(self._held)
        self._held.append(message)
        fitting = [length for length in self._possible if printed[len(printed) - length + at] == message]
        if at + 1 in fitting:
            self._overlap = at + 1
        self._possible = [length for length in fitting if length > at + 1]
        if self._possible:
            return []
        new = self._held[self._overlap :]
        self.has_lost_track = self._overlap == 0
        self._held = []
        self._printed.extend(new)
        return new
