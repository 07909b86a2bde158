/** Every problem with the settings, each with the setting's name. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.map((problem) => `  ${problem}`).join("\n"));
    this.problems = problems;
  }
}
