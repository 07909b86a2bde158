import { Option } from "commander";
import { type Setting, type SettingName, settings } from "../settings.ts";

/** A setting as an option of a command, in the table's words or others: `grpcPort` is `--grpc-port`. */
export function settingOption(name: SettingName, words?: string): Option {
  const { env, placeholder, description, fallback }: Setting = settings[name];
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const note = fallback === undefined ? `[${env}]` : `[${env}, default ${fallback}]`;
  return new Option(`--${flag} ${placeholder}`, `${words ?? description} ${note}`);
}
