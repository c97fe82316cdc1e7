/**
 * Places at which a test may kill the authority, by name. Each stands where a crash would hurt most
 * if the order of things around it were wrong.
 * @module
 */
export const CRASH_POINTS = [
  /** The state has changed in memory, nothing is on the disk. */
  'authority.command.decided',
  'authority.batch.before-append',
  /** On the disk, told to nobody. */
  'authority.batch.after-append',
  'authority.answer.before-send',
  /** Identities are drawn and the command is made, nothing is decided. */
  'authority.issue.decided',
  /** Minted and durable, the receipt is not given. */
  'authority.issue.before-receipt',
  'authority.retire.before-receipt',
  'authority.directory.before-publish',
  'authority.key-set.before-write',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Kills the process when this place is armed. Outside sandbox data nothing is ever armed. */
export type At = (place: CrashPoint) => void;
