import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../rows/row.ts";
import * as forms from "./form.ts";
import { signInScreen } from "./sign-in-screen.ts";

function typed(form: forms.SignInForm, ...parts: readonly string[]): forms.SignInForm {
  return parts.reduce((current, part, index) => {
    const at = index === 0 ? current : forms.pressKey(current, "", { tab: true });
    return forms.typeInto(at, part);
  }, form);
}

const start = forms.createForm({});
const register = { ...start, way: "register" as const };

test("handle and password sign in, a known handle leads to the password", () => {
  assert.deepEqual(forms.complete(typed(start, " ada ", "secret one")), {
    handle: "ada",
    password: "secret one",
  });
  const known = forms.createForm({ user: "grace" });
  assert.deepEqual(forms.complete(typed(known, "pw")), { handle: "grace", password: "pw" });
});

test("a new account's password is typed twice", () => {
  assert.deepEqual(forms.complete(typed(register, "ada", "", "one two", "one two")), {
    register: { handle: "ada", password: "one two" },
  });
  assert.deepEqual(forms.complete(typed(register, "ada", " Ada L. ", "one two", "one two")), {
    register: { handle: "ada", displayName: "Ada L.", password: "one two" },
  });
  const differing = forms.complete(typed(register, "ada", "", "one", "two"));
  assert.ok("focus" in differing);
  assert.equal(differing.focus, "password");
  assert.match(differing.error ?? "", /differ/);
});

test("what is missing is asked for, and only when asked again complained about", () => {
  const first = forms.complete(typed(start, "ada"));
  assert.ok("focus" in first);
  assert.deepEqual([first.focus, first.error], ["password", null]);
  const second = forms.complete(first);
  assert.ok("focus" in second);
  assert.equal(second.error, "type your password");
});

test("the arrows choose the way in, where the cursor is on it", () => {
  let form = forms.pressKey(start, "", { upArrow: true });
  assert.equal(form.focus, "way");
  form = forms.pressKey(form, "", { rightArrow: true });
  form = forms.pressKey(form, "", { rightArrow: true });
  assert.equal(form.way, "guest");
  form = forms.typeInto(forms.pressKey(form, "", { tab: true }), "Ada L.\nmore");
  assert.deepEqual(forms.complete(form), { guest: "Ada L." });
});

test("a refused password is gone, what else was typed stays", () => {
  const refused = forms.refuse(typed(start, "ada", "wrong"), { words: "handle or password is wrong" });
  assert.deepEqual(forms.complete(forms.typeInto(refused, "right")), { handle: "ada", password: "right" });
});

test("a failed registration keeps all that was typed, and goes to the field that it is about", () => {
  const filled = typed(register, "ada", "Ada L.", "one two", "one two");
  for (const [field, focus] of [
    ["name", "name"],
    ["password", "password"],
    [undefined, "handle"],
  ] as const) {
    const refused = forms.refuse(filled, { words: "no", field });
    assert.deepEqual([refused.focus, refused.error], [focus, "no"]);
    assert.deepEqual(forms.complete(refused), {
      register: { handle: "ada", displayName: "Ada L.", password: "one two" },
    });
  }
});

test("a password is shown as dots, at every size of the screen", () => {
  const form = typed(start, "ada", "sécret👍");
  for (const columns of [1, 10, 29, 30, 57, 80, 200]) {
    for (const rows of [1, 5, 10, 24]) {
      const screen = signInScreen({
        size: { columns, rows },
        form,
        address: "127.0.0.1:50051",
        isBusy: false,
      });
      const text = screen.rows.map(plain).join("\n");
      assert.doesNotMatch(text, /cret/);
      assert.ok(screen.rows.length <= rows && screen.cursor.row < rows && screen.cursor.column < columns);
      if (columns === 80 && rows === 24) assert.match(text, /Password {2}•{7}_/);
    }
  }
});
