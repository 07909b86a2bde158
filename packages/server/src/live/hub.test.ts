import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusEvent } from "../bus/port.ts";
import type { RoomChange } from "../domain/changes.ts";
import { LOBBY } from "../domain/ids.ts";
import type { LiveChange } from "./event.ts";
import { Hub, type RoomListener } from "./hub.ts";

function changed(revision: number): BusEvent {
  return {
    change: {
      roomId: LOBBY,
      revision,
      actorId: "",
      atMs: 0,
      change: { kind: "reaction", seq: 1, emoji: "👍", removed: false },
    },
  };
}

function listener(onChange: (event: LiveChange) => void): RoomListener {
  return { onChange, onSignal() {} };
}

test("each listener is told of each change once, from when it came until it goes", () => {
  const hub = new Hub();
  const heard: number[] = [];
  const heardLater: number[] = [];
  const first = hub.listen(
    LOBBY,
    listener(({ value }) => heard.push(value.revision)),
  );
  hub.deliver(changed(1));
  const second = hub.listen(
    LOBBY,
    listener(({ value }) => heardLater.push(value.revision)),
  );
  hub.deliver(changed(2));
  hub.deliver(changed(2));
  hub.deliver(changed(1));
  first[Symbol.dispose]();
  hub.deliver(changed(3));
  second[Symbol.dispose]();
  hub.deliver(changed(4));
  assert.deepEqual(heard, [1, 2]);
  assert.deepEqual(heardLater, [2, 3]);
});

test("a change is encoded once, however many listen", () => {
  const hub = new Hub();
  let encodings = 0;
  const encode = ({ revision }: RoomChange): Buffer => {
    encodings++;
    return Buffer.from(`revision ${revision}`);
  };
  const received: Buffer[] = [];
  for (let count = 0; count < 3; count++) {
    hub.listen(
      LOBBY,
      listener((event) => received.push(event.encoded(encode))),
    );
  }
  hub.deliver(changed(1));
  assert.equal(encodings, 1);
  assert.deepEqual(received.map(String), ["revision 1", "revision 1", "revision 1"]);
});

test("a room is forgotten when its last listener goes", () => {
  const hub = new Hub();
  const listeners = [
    hub.listen(
      LOBBY,
      listener(() => {}),
    ),
    hub.listen(
      LOBBY,
      listener(() => {}),
    ),
  ];
  hub.deliver(changed(7));
  assert.equal(hub.head(LOBBY), 7);
  listeners[0]?.[Symbol.dispose]();
  assert.equal(hub.head(LOBBY), 7);
  listeners[1]?.[Symbol.dispose]();
  assert.equal(hub.head(LOBBY), 0);
});
