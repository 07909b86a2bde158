import type { Credential } from "@confab/client";
import {
  deleteLeft,
  editorText,
  editorWith,
  emptyEditor,
  insert,
  type LineEditor,
} from "../input/line-editor.ts";
import type { PressedKey } from "../input/split-keys.ts";

/** The three ways to sign in. */
export const ways = ["sign in", "register", "guest"] as const;
export type Way = (typeof ways)[number];

export type FieldName = "handle" | "password" | "again" | "name";

/** The fields of each way, in order. */
export const fieldsOf = {
  "sign in": ["handle", "password"],
  register: ["handle", "name", "password", "again"],
  guest: ["name"],
} as const satisfies Readonly<Record<Way, readonly FieldName[]>>;

/** Accounts without a name of their own are shown by their handle. */
export function isOptional({ way }: Pick<SignInForm, "way">, field: FieldName): boolean {
  return way === "register" && field === "name";
}

/** A refusal of the server's: its words, and the field that it is about if one is. */
export interface Refusal {
  readonly words: string;
  readonly field?: FieldName | undefined;
}

/** The state of the sign-in form. */
export interface SignInForm {
  readonly way: Way;
  /** The focused field, or the choice of the way. */
  readonly focus: FieldName | "way";
  readonly values: Readonly<Record<FieldName, LineEditor>>;
  /** The error to show; null if there is none. */
  readonly error: string | null;
}

/** Makes an empty form, or one with a known name. */
export function createForm({
  user,
  error = null,
}: {
  user?: string | undefined;
  error?: string | null;
}): SignInForm {
  return {
    way: "sign in",
    focus: user ? "password" : "handle",
    values: { handle: editorWith(user ?? ""), password: emptyEditor, again: emptyEditor, name: emptyEditor },
    error,
  };
}

/** Moves to the next field, or with -1 to the previous one; wraps around. */
function moveFocus(form: SignInForm, step: 1 | -1): SignInForm {
  const places: readonly SignInForm["focus"][] = ["way", ...fieldsOf[form.way]];
  const index = places.indexOf(form.focus);
  return { ...form, focus: places.at((index + step) % places.length) ?? "way" };
}

/** Moves to the next way, or with -1 to the previous one. */
function turnWay(form: SignInForm, step: 1 | -1): SignInForm {
  const index = ways.indexOf(form.way);
  const way = ways.at((index + step) % ways.length) ?? "sign in";
  return { ...form, way, error: null };
}

/** Handles every key but Enter. */
export function pressKey(form: SignInForm, input: string, key: PressedKey): SignInForm {
  if (key.tab) return moveFocus(form, key.shift ? -1 : 1);
  if (key.downArrow || key.upArrow) return moveFocus(form, key.upArrow ? -1 : 1);
  if (form.focus === "way" && (key.leftArrow || key.rightArrow))
    return turnWay(form, key.rightArrow ? 1 : -1);
  if (key.backspace || key.delete) return changeField(form, deleteLeft);
  if (key.ctrl && input === "u") return changeField(form, () => emptyEditor);
  if (key.ctrl || key.meta || key.escape || input === "") return form;
  return typeInto(form, input);
}

/** Inserts typed or pasted text. */
export function typeInto(form: SignInForm, typed: string): SignInForm {
  // A field is one line: paste only the first line.
  const [line = ""] = typed.split(/[\r\n]/);
  return changeField(form, (value) => insert(value, line));
}

/** Returns the credential, or the form with the error if something is missing. */
export function complete(form: SignInForm): Credential | SignInForm {
  const text = (field: FieldName): string => editorText(form.values[field]);
  const fields: readonly FieldName[] = fieldsOf[form.way];
  const missing = fields.find((field) => !isOptional(form, field) && text(field).trim() === "");
  if (missing) return { ...form, focus: missing, error: form.focus === missing ? wordsFor[missing] : null };
  if (form.way === "guest") return { guest: text("name") };
  const handle = text("handle").trim();
  const password = text("password");
  if (form.way === "sign in") return { handle, password };
  const displayName = text("name").trim();
  if (password === text("again"))
    return { register: { handle, password, ...(displayName !== "" && { displayName }) } };
  return {
    ...form,
    focus: "password",
    values: { ...form.values, password: emptyEditor, again: emptyEditor },
    error: "the two passwords differ: type them again",
  };
}

/** Shows why the credential was refused. Keeps what was typed, but a password that did not sign in. */
export function refuse(form: SignInForm, { words, field }: Refusal): SignInForm {
  const fields: readonly FieldName[] = fieldsOf[form.way];
  const last = form.way === "guest" ? "name" : form.way === "register" ? "handle" : "password";
  return {
    ...form,
    values: form.way === "sign in" ? { ...form.values, password: emptyEditor } : form.values,
    focus: field !== undefined && fields.includes(field) ? field : last,
    error: words,
  };
}

const wordsFor = {
  handle: "type your handle",
  password: "type your password",
  again: "type the password again",
  name: "type the name to chat under",
} as const satisfies Readonly<Record<FieldName, string>>;

function changeField(form: SignInForm, change: (value: LineEditor) => LineEditor): SignInForm {
  if (form.focus === "way") return form;
  const values = { ...form.values, [form.focus]: change(form.values[form.focus]) };
  return { ...form, values, error: null };
}
