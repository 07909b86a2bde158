import { hash } from "node:crypto";
import { after } from "node:test";
import pg from "pg";

/** The PostgreSQL server that tests make their databases on. */
const SERVER = process.env.CONFAB_TEST_POSTGRES ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** `CONFAB_TEST_STORE=postgres` starts every server on PostgreSQL, with a database for each data folder. */
export const isOnPostgres = process.env.CONFAB_TEST_STORE === "postgres";

/** The databases of this process's tests, by data folder. */
const databases = new Map<string, Promise<string>>();

if (isOnPostgres) {
  after(async () => {
    for (const dataDir of databases.keys()) await dropDatabaseOf(dataDir);
  });
}

/** Returns the address of a data folder's database; null where servers store in the folder itself. */
export async function databaseOf(dataDir: string): Promise<string | null> {
  if (!isOnPostgres) return null;
  const known = databases.get(dataDir) ?? makeDatabase(nameFor(dataDir));
  databases.set(dataDir, known);
  return known;
}

export async function dropDatabaseOf(dataDir: string): Promise<void> {
  if (databases.delete(dataDir)) await dropDatabase(nameFor(dataDir));
}

async function makeDatabase(name: string): Promise<string> {
  await dropDatabase(name);
  await onServer(`create database ${name} template template0 encoding 'UTF8'`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return url.href;
}

async function dropDatabase(name: string): Promise<void> {
  await onServer(`drop database if exists ${name} with (force)`);
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function nameFor(dataDir: string): string {
  return `confab_test_${hash("sha256", dataDir).slice(0, 16)}`;
}
