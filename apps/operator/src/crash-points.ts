/**
 * Every point at which a test may kill an operator. Between any two of them nothing may be lost and
 * nothing may happen twice.
 * @module
 */
export const CRASH_POINTS = [
  'operator.open.confirmed',
  'operator.open.kept',
  'operator.draw.marked',
  'operator.order.checked',
  'operator.order.written',
  'operator.commands.sent',
  'operator.commands.answered',
  'operator.refusal.written',
  'operator.feed.before-commit',
  'operator.feed.after-commit',
  'operator.topup.asked',
  'operator.topup.debited',
  'operator.topup.funded',
  'operator.topup.moved',
  'operator.topup.returned',
  'operator.cashout.redeemed',
  'operator.cashout.credited',
  'operator.issue.written',
  'operator.issue.answered',
  'operator.retire.written',
  'operator.retire.answered',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Passing a point. */
export type At = (name: CrashPoint) => void;
