const DAY_MS = 24 * 60 * 60 * 1_000;

const longDay = { weekday: "long", day: "numeric", month: "long" } as const;
const longDayOfYear = { ...longDay, year: "numeric" } as const;
type DayFormat = typeof longDay | typeof longDayOfYear;

/** Made on first use: the first one costs as much as sending a message, which needs none. */
const formats = new Map<DayFormat, Intl.DateTimeFormat>();

function formatDay(time: Date, options: DayFormat): string {
  const format = formats.get(options) ?? new Intl.DateTimeFormat("en-GB", options);
  formats.set(options, format);
  return format.format(time).replace(",", "");
}

/** Formats a message's local time of day: `09:05`. */
export function clockTime(time: Date): string {
  return `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
}

/** Formats a day, for the line above its first message: `Today`, or `Monday 3 March 2025`. */
export function dayName(time: Date, now: Date): string {
  if (isSameDay(time, now)) return "Today";
  if (isSameDay(time, new Date(startOfDay(now).getTime() - DAY_MS / 2))) return "Yesterday";
  return formatDay(time, time.getFullYear() === now.getFullYear() ? longDay : longDayOfYear);
}

/** Formats the local time of a moment: `09:05` if it is today, else `Monday 3 March 09:05`. */
export function momentName(time: Date, now: Date): string {
  const clock = clockTime(time);
  return isSameDay(time, now) ? clock : `${dayName(time, now)} ${clock}`;
}

const TIMESTAMP = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** Puts local times in place of the timestamps in a text of the server's. */
export function withLocalTimes(text: string, now: Date): string {
  return text.replace(TIMESTAMP, (stamp) => momentName(new Date(stamp), now));
}

export function isSameDay(one: Date, other: Date): boolean {
  return startOfDay(one).getTime() === startOfDay(other).getTime();
}

function startOfDay(time: Date): Date {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate());
}
