"""Reads the error details that come with every refused call of Confab.

They are gRPC's standard details (`google.rpc.Status` in the trailer `grpc-status-details-bin`). The package
grpcio-status has classes for them; this file needs nothing but grpcio.
"""

from dataclasses import dataclass

import grpc


@dataclass(frozen=True)
class Details:
    """Switch on `reason`, such as "NAME_HELD". It is empty when the server didn't answer at all."""

    reason: str = ""
    #: The wrong field of the request.
    field: str = ""
    #: Wait this long before you repeat the call; 0 when repeating won't help.
    retry_after_s: float = 0.0


def details_of(error: grpc.RpcError) -> Details:
    """Returns the details of a failed call, of `grpc` or of `grpc.aio`."""
    # The metadata of grpc.aio has keys(), so dict(metadata) would not read its pairs.
    trailers = {key: value for key, value in error.trailing_metadata() or ()}
    reason, field, retry_after_s = "", "", 0.0
    for detail in _fields(trailers.get("grpc-status-details-bin", b"")).get(3, []):
        parts = _fields(detail)
        kind = parts[1][0].decode().rpartition(".")[2]
        value = _fields(parts[2][0]) if 2 in parts else {}
        if kind == "ErrorInfo":
            reason = value[1][0].decode()
            entries = [_fields(entry) for entry in value.get(3, [])]
            metadata = {entry[1][0].decode(): entry[2][0].decode() for entry in entries}
            field = metadata.get("field", "")
        elif kind == "RetryInfo":
            delay = _fields(value[1][0]) if 1 in value else {}
            retry_after_s = delay.get(1, [0])[0] + delay.get(2, [0])[0] / 1e9
    return Details(reason, field, retry_after_s)


def _fields(data: bytes) -> dict:
    """Reads the fields of any protobuf message by number: bytes for texts and messages, integers for numbers."""
    fields = {}
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            value = varint()
        elif tag & 7 == 2:
            length = varint()
            value = data[at : at + length]
            at += length
        else:
            raise ValueError(f"the error details have a field of wire type {tag & 7}")
        fields.setdefault(tag >> 3, []).append(value)
    return fields
