import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, readConfig } from "./config.ts";

test("a variable that is no setting is refused by its name; the terminal client's password is not the server's affair", () => {
  const env = { CONFAB_PASSWORD: "correct horse battery", CONFAB_TEST_REQUIRE: "all" };
  assert.equal(readConfig(env, {}).grpcPort, 50_051);
  assert.throws(
    () => readConfig({ ...env, CONFAB_PASWORD: "correct horse battery" }, {}),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(error.problems, ["CONFAB_PASWORD is not a setting: `confab serve --help` lists them"]);
      return true;
    },
  );
});
