import type { Message } from "@confab/client";
import { FOLDED_TEXT } from "../text/folded.ts";
import { sanitizeLine, sanitizeText } from "../text/sanitize.ts";

/**
 * Characters that could control a terminal, or break a line for programs that read JSON line by line. JSON can escape
 * them all.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Formats a message as plain lines: `[2026-03-10 09:05] ada: text`, further lines indented. */
export function messageLines(message: Message): string {
  const [first = "", ...more] = contentOf(message).split("\n");
  const name = sanitizeLine(message.sender.displayName) || "?";
  return [`[${minuteOf(message.createTime)}] ${name}: ${first}`, ...more.map((line) => `    ${line}`)].join(
    "\n",
  );
}

/** Formats a message as one line of JSON, for programs. */
export function messageJson(message: Message): string {
  const { sender } = message;
  const json = JSON.stringify({
    roomId: message.roomId,
    seq: message.seq,
    id: message.id,
    createTime: message.createTime.toISOString(),
    sender: { id: message.senderId, handle: sender.handle, displayName: sender.displayName },
    text: message.text,
    ...(message.isFromBlocked && { isFromBlocked: true }),
    ...(message.replyToSeq > 0 && { replyToSeq: message.replyToSeq }),
    ...(message.threadRootSeq > 0 && { threadRootSeq: message.threadRootSeq }),
    ...(message.mentionUserIds.length > 0 && { mentionUserIds: message.mentionUserIds }),
    ...(message.expireTime && { expireTime: message.expireTime.toISOString() }),
    ...(message.payloadType !== "" && {
      payloadType: message.payloadType,
      payload: Buffer.from(message.payload).toString("base64"),
    }),
  });
  return json.replace(UNPRINTABLE, toJsonEscape);
}

function contentOf(message: Message): string {
  if (message.isDeleted) return "(message deleted)";
  if (message.isFromBlocked) return `(${FOLDED_TEXT})`;
  if (message.text === "" && message.payloadType !== "") return `[${sanitizeLine(message.payloadType)}]`;
  return sanitizeText(message.text).trimEnd();
}

function minuteOf(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

function toJsonEscape(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
