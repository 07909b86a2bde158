import pg from "pg";

/** The server that tests make their databases on. */
const SERVER = process.env.CONFAB_TEST_POSTGRES ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** Returns why tests are skipped that need such a server; false where there is one, or nothing may be skipped. */
export async function withoutPostgres(): Promise<string | false> {
  if (process.env.CONFAB_TEST_REQUIRE === "all") return false;
  try {
    await onServer("select 1");
    return false;
  } catch {
    return "needs a PostgreSQL server, which is not on this machine";
  }
}

/** Makes an empty database, and returns its address. */
export async function makeDatabase(name: string): Promise<string> {
  await dropDatabase(name);
  await onServer(`create database ${pg.escapeIdentifier(name)} template template0 encoding 'UTF8'`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops a database, whoever still uses it. */
export async function dropDatabase(name: string): Promise<void> {
  await onServer(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 3_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}
