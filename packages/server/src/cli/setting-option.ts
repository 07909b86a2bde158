import { Option } from "commander";
import { type Setting, type SettingName, settings } from "../settings.ts";

/**
 * Makes a command's option from a setting: `grpcPort` becomes `--grpc-port`. The description is the table's, or
 * `words`.
 */
export function settingOption(name: SettingName, words?: string): Option {
  const { env, placeholder, description, fallback }: Setting = settings[name];
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const note = fallback === undefined ? `[${env}]` : `[${env}, default ${fallback}]`;
  return new Option(`--${flag} ${placeholder}`, `${words ?? description} ${note}`);
}
