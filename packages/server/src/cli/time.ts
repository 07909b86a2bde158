import { InvalidArgumentError } from "commander";

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * Reads an ISO 8601 time for an option. A time without an offset is UTC; a date alone is the start of that day.
 *
 * @throws InvalidArgumentError
 */
export function parseTime(text: string): Date {
  const [, day = "", clock = "00:00", offset = "Z"] = TIME.exec(text) ?? [];
  const time = new Date(`${day}T${clock}${offset.toUpperCase()}`);
  // Some runtimes read 30 February as 1 or 2 March.
  const start = new Date(`${day}T00:00Z`);
  if (Number.isNaN(time.getTime()) || !start.toISOString().startsWith(day)) {
    throw new InvalidArgumentError("Give a time such as 2030-12-31 or 2030-12-31T18:00Z.");
  }
  return time;
}
