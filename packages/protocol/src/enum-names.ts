/** A generated enum: its numbers by name and, as TypeScript compiles enums, its names by number. */
type Enum = Readonly<Record<string, string | number>>;

type Dashed<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}-${Dashed<Tail>}`
  : Lowercase<Key>;

type NameIn<Values extends Enum> = Dashed<Exclude<keyof Values & string, "UNSPECIFIED">>;

/**
 * Translates between the names and the numbers of one enum of the contract.
 *
 * `enumNames(v1.Role) satisfies EnumNames<RoomRole>` compiles only while the enum and the union have the same names.
 */
export interface EnumNames<Name extends string, Value extends number = number> {
  readonly toNumber: (name: Name) => Value;
  /** Undefined for the unspecified value, and for a number that the contract doesn't have. */
  readonly toName: (value: number) => Name | undefined;
}

/** Takes the names from a generated enum: `MANAGE_MEMBERS` becomes `manage-members`; `UNSPECIFIED` has no name. */
export function enumNames<Values extends Enum>(
  values: Values,
): EnumNames<NameIn<Values>, Values[keyof Values] & number> {
  type Name = NameIn<Values>;
  type Value = Values[keyof Values] & number;
  const numbers = new Map<Name, Value>();
  const names = new Map<number, Name>();
  for (const [key, value] of Object.entries(values)) {
    if (typeof value !== "number" || key === "UNSPECIFIED") continue;
    const name = key.toLowerCase().replaceAll("_", "-") as Name;
    numbers.set(name, value as Value);
    names.set(value, name);
  }
  return { toNumber: (name) => numbers.get(name) as Value, toName: (value) => names.get(value) };
}
