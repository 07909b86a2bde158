import { InvalidArgumentError } from "commander";

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * Reads an ISO 8601 time for an option; one without an offset is UTC, a day alone is its first moment.
 *
 * @throws InvalidArgumentError
 */
export function parseTime(text: string): Date {
  const [, day = "", clock = "00:00", offset = "Z"] = TIME.exec(text) ?? [];
  const time = new Date(`${day}T${clock}${offset.toUpperCase()}`);
  // Some runtimes take the 30th of February for the 1st or 2nd of March.
  const start = new Date(`${day}T00:00Z`);
  if (Number.isNaN(time.getTime()) || !start.toISOString().startsWith(day)) {
    throw new InvalidArgumentError("Give a time such as 2030-12-31 or 2030-12-31T18:00Z.");
  }
  return time;
}
