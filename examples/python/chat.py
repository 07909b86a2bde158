#!/usr/bin/env python3
"""Chat in a terminal: sends the lines you type, prints everyone's messages, and reconnects by itself.

    python3 examples/python/chat.py --name ada

Ctrl-D or Ctrl-C ends it.
"""

import argparse
import getpass
import os
import random
import signal
import sys
import threading
import time

sys.path.append(os.getcwd())  # protoc writes the stubs here

try:
    import grpc

    import chat_pb2
    import chat_pb2_grpc
    import user_pb2
    import user_pb2_grpc
except ModuleNotFoundError as error:
    sys.exit(f"chat.py: {error}. examples/python/README.md says what to install and generate.")

from confab_errors import details_of
from printable import printable, printable_lines
from screen import Screen
from shown import Shown

SEND_TIMEOUT_S = 30
MAX_SEND_ATTEMPTS = 5
CONNECT_NOTICE_S = 2
MIN_RECONNECT_DELAY_S = 0.5
MAX_RECONNECT_DELAY_S = 10
#: After a stream that lived this long, the delays start from the shortest again.
GOOD_STREAM_S = 10

#: With these reasons nothing was stored, so sending again can't double the message.
NOTHING_STORED = {"SHUTTING_DOWN", "STORE_BUSY"}
#: With this reason the message may be stored or not.
STORED_OR_NOT = {"STORAGE_ERROR"}
SIGN_IN_AGAIN = {"TOKEN_EXPIRED", "TOKEN_INVALID", "SESSION_REVOKED"}
#: Trying again won't help.
FINAL = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.UNIMPLEMENTED,
}

CHANNEL_OPTIONS = [
    ("grpc.initial_reconnect_backoff_ms", int(MIN_RECONNECT_DELAY_S * 1000)),
    ("grpc.max_reconnect_backoff_ms", MAX_RECONNECT_DELAY_S * 1000),
    # Without these a dead connection looks like a quiet lobby, for ever.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 0),
]


class Speaker:
    """The sender: a guest with a name of their choice, or an account with a token."""

    def __init__(self, users, options: argparse.Namespace) -> None:
        self._users = users
        self._user = options.user
        self._password = options.password
        self._token = options.token
        self.name = options.name or ""

    @property
    def metadata(self) -> list:
        return [("authorization", f"Bearer {self._token}")] if self._token else []

    def sign_in(self) -> None:
        """Gets a token with the password, if there is no token yet."""
        if self._token or not self._user:
            return
        request = user_pb2.LoginRequest(name=self._user, password=self._password)
        self._token = self._users.Login(request, timeout=SEND_TIMEOUT_S).token

    def forget_token(self) -> bool:
        """Returns True if signing in again may help."""
        if not self._user:
            return False
        self._token = None
        return True


class Client:
    """Listens in its own thread and sends from the main thread."""

    def __init__(self, channel: grpc.Channel, options: argparse.Namespace) -> None:
        self._channel = channel
        self._address = printable(options.address)
        self._chat = chat_pb2_grpc.ChatServiceStub(channel)
        self._speaker = Speaker(user_pb2_grpc.UserServiceStub(channel), options)
        self._screen = Screen()
        self._shown = Shown()
        self._is_connected = threading.Event()
        self._is_closing = threading.Event()
        self._again = ""
        self.exit_code = 0

    def run(self) -> None:
        """Runs until the end of the input, Ctrl-C, or a final error."""
        listening = threading.Thread(target=self._listen, daemon=True)
        listening.start()
        try:
            while True:
                line = self._screen.read_line()
                if line.strip():
                    self._send(line)
        except (EOFError, KeyboardInterrupt):
            pass
        # The program is ending: ignore another Ctrl-C.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._is_closing.set()
        self._channel.close()
        listening.join(timeout=1)

    def _send(self, text: str) -> None:
        for attempts_left in reversed(range(MAX_SEND_ATTEMPTS)):
            # Without a connection, the message waits for one.
            self._is_connected.wait()
            message = chat_pb2.Message(user_name=self._speaker.name, text=text)
            try:
                self._chat.SendMessage(message, metadata=self._speaker.metadata, timeout=SEND_TIMEOUT_S)
                return
            except grpc.RpcError as error:
                details = details_of(error)
                if attempts_left and self._may_send_again(details):
                    continue
                is_answer = details.reason or error.code() in FINAL
                if is_answer and details.reason not in STORED_OR_NOT:
                    self._screen.print(f"! not sent: {describe(error)}")
                else:
                    # Simple messages have no id, so sending again could store the message twice.
                    lost = f"! not known whether this was stored (it appears here if it was): {printable(text)}"
                    self._screen.print(f"{lost}\n! because: {describe(error)}")
                return

    def _may_send_again(self, details) -> bool:
        """Waits or signs in again, if nothing was stored and that may help."""
        if details.reason in NOTHING_STORED:
            time.sleep(details.retry_after_s)
            return True
        if details.reason not in SIGN_IN_AGAIN or not self._speaker.forget_token():
            return False
        try:
            self._speaker.sign_in()
        except grpc.RpcError as error:
            self._screen.print(f"! can't sign in again: {describe(error)}")
            return False
        return True

    def _listen(self) -> None:
        failures = 0
        while not self._is_closing.is_set():
            self._wait_for_channel()
            started_at = time.monotonic()
            reason, retry_after_s = "the server has ended the stream", 0.0
            try:
                self._follow()
            except ValueError:
                return  # The channel was closed under the call.
            except grpc.RpcError as error:
                if self._is_closing.is_set():
                    return
                details = details_of(error)
                reason, retry_after_s = describe(error), details.retry_after_s
                may_sign_in_again = details.reason in SIGN_IN_AGAIN and self._speaker.forget_token()
                if error.code() in FINAL and not may_sign_in_again:
                    self._end(f"! {reason}")
                    return
            failures = 0 if time.monotonic() - started_at > GOOD_STREAM_S else failures + 1
            self._screen.print(f"* connection lost ({reason}): reconnecting")
            self._is_closing.wait(max(retry_after_s, reconnect_delay_s(failures)))

    def _follow(self) -> None:
        """Prints messages until the stream ends."""
        self._speaker.sign_in()
        stream = self._chat.ReceiveMessage(chat_pb2.Empty(), metadata=self._speaker.metadata)
        self._shown.start_stream()
        self._screen.print(f"* connected{self._again} to {self._address}")
        self._again = " again"
        self._is_connected.set()
        try:
            for message in stream:
                self._show(message)
        finally:
            self._is_connected.clear()

    def _wait_for_channel(self) -> None:
        """Waits until gRPC has connected. gRPC itself retries, with growing, random delays."""
        ready = grpc.channel_ready_future(self._channel)
        is_told = False
        while not self._is_closing.is_set():
            try:
                ready.result(timeout=CONNECT_NOTICE_S)
                return
            except grpc.FutureTimeoutError:
                if not is_told:
                    self._screen.print(f"* nothing answers at {self._address} yet: still trying")
                is_told = True

    def _show(self, message) -> None:
        for user_name, text in self._shown.take((message.user_name, message.text)):
            if self._shown.has_lost_track:
                self._shown.has_lost_track = False
                self._screen.print("* none of the above is among the recent messages: some may be missing here")
            self._screen.print(f"<{printable(user_name)}> {printable_lines(text)}")

    def _end(self, reason: str) -> None:
        """Ends the program from the listening thread."""
        self._screen.print(reason)
        self.exit_code = 1
        self._is_closing.set()
        os.kill(os.getpid(), signal.SIGINT)


def reconnect_delay_s(failures: int) -> float:
    """Doubles with each failure. Random in its upper half, so that clients don't all come back at once."""
    longest = min(MAX_RECONNECT_DELAY_S, MIN_RECONNECT_DELAY_S * 2**failures)
    return random.uniform(longest / 2, longest)


def describe(error: grpc.RpcError) -> str:
    """Returns the server's message with its reason; docs/protocol.md lists the reasons."""
    reason = details_of(error).reason or error.code().name
    return printable(f"{error.details()} [{reason}]")


def open_channel(options: argparse.Namespace) -> grpc.Channel:
    if options.tls is None:
        return grpc.insecure_channel(options.address, CHANNEL_OPTIONS)
    certificates = None
    if options.tls:
        with open(options.tls, "rb") as file:
            certificates = file.read()
    credentials = grpc.ssl_channel_credentials(certificates)
    return grpc.secure_channel(options.address, credentials, CHANNEL_OPTIONS)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Chat on a Confab server. Ctrl-D or Ctrl-C ends it.")
    parser.add_argument("--address", default="localhost:50051", help="host:port; default %(default)s")
    parser.add_argument("--tls", nargs="?", const="", metavar="FILE", help="use TLS; trust the PEM file's authorities")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--name", help="chat as a guest under this name")
    who.add_argument("--user", help="sign in as this account")
    who.add_argument("--token", help="chat as the account that was given this token")
    parser.add_argument("--password", help="for --user; others on this machine can see it: leave it out to be asked")
    options = parser.parse_args()
    if options.password is not None and not options.user:
        parser.error("--password goes with --user")
    if options.user and options.password is None:
        options.password = getpass.getpass(f"Password of {printable(options.user)}: ")
    return options


def main() -> int:
    options = parse_options()
    client = Client(open_channel(options), options)
    client.run()
    return client.exit_code


if __name__ == "__main__":
    sys.exit(main())
