const DAY_MS = 24 * 60 * 60 * 1_000;

const longDay = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const longDayOfYear = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});

/** The time of day at which a message was sent, where the reader is: `09:05`. */
export function clockTime(time: Date): string {
  return `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
}

/** The day of a message, for the line above the day's first one: `Today`, or `Monday 3 March 2025`. */
export function dayName(time: Date, now: Date): string {
  if (isSameDay(time, now)) return "Today";
  if (isSameDay(time, new Date(startOfDay(now).getTime() - DAY_MS / 2))) return "Yesterday";
  return (time.getFullYear() === now.getFullYear() ? longDay : longDayOfYear).format(time).replace(",", "");
}

export function isSameDay(one: Date, other: Date): boolean {
  return startOfDay(one).getTime() === startOfDay(other).getTime();
}

function startOfDay(time: Date): Date {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate());
}
