/** Returns an object that is like another in all but one method. */
export function replacing<T extends object, K extends keyof T>(target: T, name: K, method: T[K]): T {
  return new Proxy(target, {
    get(_, asked) {
      if (asked === name) return method;
      const value: unknown = Reflect.get(target, asked);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (_, changed, value) => Reflect.set(target, changed, value),
  });
}
