import { v1 } from "@confab/protocol";
import { required } from "../errors.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "../rooms/context.ts";
import { directMessages } from "./convert.ts";
import type { ProfileChanges, User } from "./user.ts";

const { updateUser, changePassword: change } = v1.UserService.method;

/** Changes fields of the user's own profile; those that are undefined stay. @throws ConfabError */
export async function updateProfile(
  { session, directory, meId }: RoomContext,
  changes: ProfileChanges,
  options: CallOptions,
): Promise<User> {
  const { handle, displayName, about, avatarUrl, hidesPresence, directMessages: from } = changes;
  const user = {
    id: meId,
    ...(handle !== undefined && { handle }),
    ...(displayName !== undefined && { displayName }),
    ...(about !== undefined && { about }),
    ...(avatarUrl !== undefined && { avatarUrl }),
    ...(hidesPresence !== undefined && { hidePresence: hidesPresence }),
    ...(from !== undefined && { directMessages: directMessages.toNumber(from) }),
  };
  const paths = [
    handle !== undefined && "handle",
    displayName !== undefined && "display_name",
    about !== undefined && "about",
    avatarUrl !== undefined && "avatar_url",
    hidesPresence !== undefined && "hide_presence",
    from !== undefined && "direct_messages",
  ];
  const updateMask = { paths: paths.filter((path) => typeof path === "string") };
  const answer = await session.call(updateUser, { user, updateMask }, options);
  const updated = directory.put(required(answer.user));
  directory.names.changed();
  return updated;
}

/** Gives the user another password. @throws ConfabError */
export async function changePassword(
  { session }: RoomContext,
  passwords: { readonly currentPassword: string; readonly newPassword: string },
  options: CallOptions,
): Promise<void> {
  await session.call(change, passwords, options);
}
