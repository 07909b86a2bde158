#!/usr/bin/env python3
"""Chats in a room of the full contract. After a lost connection it continues where it stopped.

python3 examples/python/rooms.py --user ada --room lobby. Ctrl-D or Ctrl-C ends it.
"""

import argparse, getpass, os, queue, random, sys, threading, time, uuid  # noqa: E401

import grpc
sys.path.append(os.getcwd())  # protoc writes the stubs here: examples/python/README.md
from confab.v1 import auth_pb2, auth_pb2_grpc, chat_pb2, chat_pb2_grpc, room_pb2, room_pb2_grpc, user_pb2, user_pb2_grpc
from confab_errors import details_of
from printable import printable, printable_lines

NO_USE = ("INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED", "UNAUTHENTICATED", "UNIMPLEMENTED")


class Room:
    def __init__(self, channel, user, password, room_id):
        self.auth = auth_pb2_grpc.AuthServiceStub(channel)
        self.rooms = room_pb2_grpc.RoomServiceStub(channel)
        self.chat = chat_pb2_grpc.ChatServiceStub(channel)
        self.users = user_pb2_grpc.UserServiceStub(channel)
        self.user, self.password, self.room_id = user, password, room_id
        self.metadata = []
        self.revision = None  # the last revision seen; None: nothing of the room is known yet
        self.printed = set()  # the seq of each printed message
        self.names = {}  # of the users who have written, by id
        self.unanswered = {}  # sent but not acknowledged, by client_message_id, in order
        self.commands = queue.SimpleQueue()

    def sign_in(self):
        credential = {"handle": self.user, "password": self.password}
        session = self.auth.CreateSession(auth_pb2.CreateSessionRequest(password=credential))
        self.metadata = [("authorization", f"Bearer {session.access_token}")]
        self.join(session.session.user_id)

    def join(self, user_id):
        request = room_pb2.AddMembersRequest(room_id=self.room_id, user_ids=[user_id])
        try:
            self.rooms.AddMembers(request, metadata=self.metadata)
        except grpc.RpcError as error:
            if details_of(error).reason != "ALREADY_MEMBER":
                raise

    def say(self, text):
        message_id = str(uuid.uuid4())  # a repeat with the same id is stored once
        send = chat_pb2.SendMessageRequest(room_id=self.room_id, client_message_id=message_id, text=text)
        self.unanswered[message_id] = send
        self.commands.put(chat_pb2.ConnectRequest(command_id=message_id, send_message=send))

    def listen(self):
        while True:
            try:
                self.sign_in()
                self.commands = commands = queue.SimpleQueue()
                cursor = [] if self.revision is None else [{"room_id": self.room_id, "revision": self.revision}]
                commands.put(chat_pb2.ConnectRequest(hello={"rooms": cursor, "client_name": "rooms.py"}))
                for message_id, send in list(self.unanswered.items()):
                    commands.put(chat_pb2.ConnectRequest(command_id=message_id, send_message=send))
                for response in self.chat.Connect(iter(commands.get, None), metadata=self.metadata):
                    for frame in response.frames:
                        self.take(frame)
            except grpc.RpcError as error:
                if error.code().name in NO_USE:
                    return print("!", printable(error.details()), flush=True)
                print(f"* connection lost ({error.code().name}): trying again", flush=True)
            commands.put(None)
            time.sleep(random.uniform(0.5, 2))

    def take(self, frame):
        kind = frame.WhichOneof("frame")
        if kind == "room" and frame.room.id == self.room_id:
            self.read_history()
            self.revision = frame.room.revision
        elif kind == "event" and frame.event.room_id == self.room_id and frame.event.revision:
            self.revision = frame.event.revision
            if frame.event.WhichOneof("change") == "message":
                self.show(frame.event.message)
        elif kind == "result":
            self.unanswered.pop(frame.result.command_id, None)
            if frame.result.HasField("error"):
                print("! not sent:", printable(frame.result.error.message), flush=True)
        elif kind == "ready":
            print("* connected", flush=True)

    def read_history(self):
        """Shows the newest messages, or everything that changed since the last revision."""
        asked = {"page_size": 20} if self.revision is None else {"since_revision": self.revision, "page_size": 100}
        request = chat_pb2.ListMessagesRequest(room_id=self.room_id, **asked)
        page = self.chat.ListMessages(request, metadata=self.metadata)
        for message in sorted(page.messages, key=lambda message: message.seq):
            self.show(message)
        if self.revision is not None and page.has_more:
            self.revision = page.messages[-1].revision
            self.read_history()

    def show(self, message):
        if message.seq not in self.printed and not message.deleted:
            self.printed.add(message.seq)
            print(f"{message.seq} <{self.name_of(message.sender_id)}> {printable_lines(message.text)}", flush=True)

    def name_of(self, user_id):
        if user_id not in self.names:
            request = user_pb2.BatchGetUsersRequest(user_ids=[user_id])
            for user in self.users.BatchGetUsers(request, metadata=self.metadata).users:
                self.names[user_id] = printable(user.display_name or user.handle)
        return self.names.get(user_id, "unknown")


def main():
    parser = argparse.ArgumentParser(description="Chats in a room of Confab.")
    for name, default in ("address", "localhost:50051"), ("user", None), ("password", None), ("room", "lobby"):
        parser.add_argument(f"--{name}", default=default, required=name == "user")
    options = parser.parse_args()
    password = options.password or getpass.getpass()
    room = Room(grpc.insecure_channel(options.address), options.user, password, options.room)
    threading.Thread(target=lambda: (room.listen(), os._exit(1)), daemon=True).start()
    try:
        for line in filter(str.strip, sys.stdin):
            room.say(line.rstrip("\n"))
        while room.unanswered:
            time.sleep(0.1)
    finally:
        os._exit(0)


main()
