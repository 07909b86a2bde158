const DAY_MS = 24 * 60 * 60 * 1_000;
const TIMESTAMP = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats a message's time of day: `09:05`. */
export function clockTime(time: Date): string {
  return format(time, { hour: "2-digit", minute: "2-digit" });
}

/** Formats a moment in full, for the tooltip of a time. */
export function fullTime(time: Date): string {
  return format(time, { dateStyle: "full", timeStyle: "medium" });
}

/** Formats a day, for the line above its first message: `Today`, or `Monday, 3 March 2025`. */
export function dayName(time: Date, now: Date): string {
  if (isSameDay(time, now)) return "Today";
  if (isSameDay(time, yesterday(now))) return "Yesterday";
  const year = time.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return format(time, { weekday: "long", day: "numeric", month: "long", ...year });
}

/** Formats a time for a list, as short as possible: `09:05`, `Tue`, `3 Mar`, `3/3/25`. */
export function shortTime(time: Date, now: Date): string {
  if (isSameDay(time, now)) return clockTime(time);
  const ageMs = now.getTime() - time.getTime();
  if (ageMs >= 0 && ageMs < 6 * DAY_MS) return format(time, { weekday: "short" });
  if (time.getFullYear() === now.getFullYear()) return format(time, { day: "numeric", month: "short" });
  return format(time, { dateStyle: "short" });
}

/** Formats a moment in a sentence: `09:05` if it is today, else with its day. */
export function momentName(time: Date, now: Date): string {
  return isSameDay(time, now) ? clockTime(time) : `${dayName(time, now)}, ${clockTime(time)}`;
}

/** Puts local times in place of the timestamps in a text of the server's. */
export function withLocalTimes(text: string, now: Date): string {
  return text.replace(TIMESTAMP, (stamp) => momentName(new Date(stamp), now));
}

export function isSameDay(one: Date, other: Date): boolean {
  return (
    one.getFullYear() === other.getFullYear() &&
    one.getMonth() === other.getMonth() &&
    one.getDate() === other.getDate()
  );
}

function yesterday(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
}

function format(time: Date, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(undefined, options);
  formats.set(key, known);
  return known.format(time);
}
