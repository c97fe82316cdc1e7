/**
 * The places where a wallet may be killed on purpose, by name. After a kill at any of them, and at
 * any write of the storage, starting again ends in paid or in not paid.
 *
 * Spec: 05 §10.
 * @module
 */
export const CRASH_POINTS = [
  'order.drawn',
  'order.built',
  'order.signed',
  'order.shown',
  'order.answered',
  'order.settled',
  'refresh.signed',
  'batch.kept',
  'batch.left',
  'events.read',
  'events.booked',
  'funding.kept',
  'funding.asked',
  'open.kept',
  'open.asked',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];
