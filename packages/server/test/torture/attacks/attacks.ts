import { readsAttacks } from "./catching-up.ts";
import { commandAttacks } from "./commands.ts";
import { erasingAttacks } from "./erasing.ts";
import { searchAttacks } from "./searches.ts";
import { signInAttacks } from "./signing-in.ts";
import type { Attack } from "./stage.ts";
import { standardServicesAttacks } from "./standard-services.ts";
import { streamAttacks } from "./streams.ts";

export { type Attack, Stage } from "./stage.ts";

/** The attacks, each against one way to make others wait. */
export const attacks: readonly Attack[] = [
  ...searchAttacks,
  ...readsAttacks,
  ...erasingAttacks,
  ...commandAttacks,
  ...streamAttacks,
  ...signInAttacks,
  ...standardServicesAttacks,
];
