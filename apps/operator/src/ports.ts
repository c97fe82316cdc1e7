/**
 * What an operator needs of the world. A bank and a sender of codes are ports; real ones are
 * another adapter each.
 *
 * Spec: 06 §2, §6.
 * @module
 */

/** What a bank says to a debit or a credit. */
export type BankAnswer =
  { readonly state: 'done' } | { readonly state: 'refused'; readonly reason: string };

/** A movement on an account, in minor units. The reference makes it happen once. */
export interface BankMovement {
  readonly reference: string;
  readonly account: string;
  readonly currency: number;
  readonly amount: bigint;
}

/** The bank. A bank that does not answer is a thrown `Fault`; the same movement is asked again later. */
export interface Bank {
  debit(movement: BankMovement): Promise<BankAnswer>;
  credit(movement: BankMovement): Promise<BankAnswer>;
}

/** A code to be sent to a phone or a mailbox. */
export interface Letter {
  readonly channel: 'phone' | 'mail';
  readonly to: string;
  readonly text: string;
  readonly code: string;
}

/** Sends codes. One that cannot is a thrown `Fault`. */
export interface Outbox {
  send(letter: Letter): Promise<void>;
}
