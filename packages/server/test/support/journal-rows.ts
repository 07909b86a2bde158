import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { temporaryFolder } from "./server-process.ts";

/** The messages that a stopped server has left in its data folder. */
export interface Stored {
  /** The texts of the lobby, in the order of seq. */
  readonly texts: readonly string[];
  /** Problems of the file or of the numbering. */
  readonly problems: readonly string[];
}

/** Reads the lobby from a copy of the database file and its log, as a recovery after a crash finds them. */
export function readStored(dataDir: string): Stored {
  const folder = temporaryFolder();
  try {
    for (const name of ["confab.db", "confab.db-wal"]) {
      const file = join(dataDir, name);
      if (existsSync(file)) copyFileSync(file, join(folder, name));
    }
    using database = new DatabaseSync(join(folder, "confab.db"));
    const [integrity] = Object.values(database.prepare("pragma integrity_check").get() ?? {});
    const rows = database
      .prepare("select seq, revision, text from messages where room_id = 'lobby' order by seq")
      .all();
    const room = database.prepare("select last_seq, revision from rooms where id = 'lobby'").get();
    const problems = rows
      .filter((row, index) => row.seq !== index + 1 || row.revision !== index + 1)
      .map((row) => `seq ${row.seq} has revision ${row.revision} and is out of line`);
    if (integrity !== "ok") problems.push(`integrity check: ${integrity}`);
    if (room?.last_seq !== rows.length || room.revision !== rows.length) {
      problems.push(
        `the room says ${room?.last_seq} messages, revision ${room?.revision}; it has ${rows.length}`,
      );
    }
    return { texts: rows.map((row) => String(row.text)), problems };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
