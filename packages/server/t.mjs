import { adapters, makeRoom, makeUser, newMessage } from "./dist/store/contract/testing.js";

const p = await adapters[1].open();
const ada = await makeUser(p.one, "ada");
const room = await makeRoom(p.one, ada);
for (let i = 0; i < 5; i++) await p.one.appendMessages([newMessage(room, ada, "warm")]);
let t = performance.now();
for (let i = 0; i < 40; i++) await p.one.appendMessages([newMessage(room, ada, "t " + i)]);
console.log("lone send ms", (performance.now() - t) / 40);
t = performance.now();
for (let i = 0; i < 10; i++)
  await p.one.appendMessages(
    Array.from({ length: 256 }, (_, j) => newMessage(room, ada, "text of a message " + j)),
  );
console.log("batch of 256 ms", (performance.now() - t) / 10);
t = performance.now();
for (let i = 0; i < 40; i++) await p.one.getRoom({ actor: ada, roomId: room, nowMs: 1 });
console.log("getRoom ms", (performance.now() - t) / 40);
await p[Symbol.asyncDispose]();
