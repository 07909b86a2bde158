"""Tells, after a reconnect, which of the recent messages are new."""

from collections import deque

# As many as the server gives to a new listener: an overlap can't be longer.
RECENT_MESSAGES = 100


class Shown:
    """What was printed last, to find in it what the server sends again.

    A new stream begins with the lobby's recent messages, and simple messages carry no id. But both the stream and
    what was printed are parts of one sequence, so the stream begins with some ending of what was printed: with
    "a b c" on the screen and "b c d" coming in, only "d" is new. Of several endings that fit, the longest is taken.

    What this can't know: in a lobby that repeats itself (a hundred times the same line from the same person) the
    next repetition looks like an old one and is left out. And where old messages have changed, because their sender
    was renamed or deleted, they look new and are printed again.
    """

    def __init__(self) -> None:
        self._printed = deque(maxlen=RECENT_MESSAGES)
        self._held = []
        self._possible = []
        self._overlap = 0
        self.has_lost_track = False

    def start_stream(self) -> None:
        """To be called before the first message of every stream."""
        self._held = []
        self._possible = list(range(1, len(self._printed) + 1))
        self._overlap = 0
        self.has_lost_track = False

    def take(self, message) -> list:
        """What to print now that `message` has come: nothing, or it, perhaps with some that were held back.

        Nothing is held back once the recent messages are through.
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
