/**
 * Every command of `specie`, in the order that help shows them.
 *
 * @module
 */
import type { Command } from './command.ts';
import { address } from './commands/address.ts';
import { balance } from './commands/balance.ts';
import { cashOut } from './commands/cash-out.ts';
import { demo } from './commands/demo.ts';
import { draw } from './commands/draw.ts';
import { history } from './commands/history.ts';
import { inspect } from './commands/inspect.ts';
import { issue } from './commands/issue.ts';
import { limits } from './commands/limits.ts';
import { open } from './commands/open.ts';
import { order } from './commands/order.ts';
import { pay } from './commands/pay.ts';
import { read } from './commands/read.ts';
import { recover } from './commands/recover.ts';
import { status } from './commands/status.ts';
import { tidy } from './commands/tidy.ts';
import { topUp } from './commands/top-up.ts';
import { trust } from './commands/trust.ts';
import { why } from './commands/why.ts';
import { words } from './commands/words.ts';

export const COMMANDS: readonly Command[] = [
  open,
  words,
  recover,
  address,
  balance,
  why,
  history,
  topUp,
  cashOut,
  pay,
  order,
  tidy,
  limits,
  trust,
  inspect,
  draw,
  read,
  status,
  issue,
  demo,
];

/** The command of a name, or undefined. */
export function commandOf(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
