/**
 * Names of wallets: a phone number (E.164) or an e-mail address, brought to one written form so that
 * one name has one tag, and masked so that a payer recognises a payee it knows and learns nothing new.
 *
 * Spec: 06 §2, §4.
 * @module
 */
import { bytesOfText } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { isPlain } from '@specie/core/codec/codec';

/** A name in its one written form. */
export interface Alias {
  readonly kind: 'phone' | 'mail';
  readonly text: string;
}

const TEXT_MAX = 254;
/** E.164 §6.2: at most fifteen digits; the shortest numbers in use have seven with their country. */
const PHONE = /^\+[1-9][0-9]{6,14}$/;
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

/** The written form of a name from outside, or a refusal. Letters of e-mails count as lower case. */
export function parseAlias(written: string): Result<Alias> {
  // Full-width digits and signs come from East Asian keyboards and mean the same.
  const text = written.normalize('NFKC').trim();
  if (text.length > TEXT_MAX) return refuse('alias_malformed');
  return text.includes('@') ? parseMail(text.toLowerCase()) : parsePhone(text);
}

function parseMail(text: string): Result<Alias> {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const isMail =
    local.length <= 64 && LOCAL.test(local) && DOMAIN.test(text.slice(at + 1)) && isPlain(text);
  return isMail && bytesOfText(text).length <= TEXT_MAX
    ? accept({ kind: 'mail', text })
    : refuse('alias_malformed');
}

function parsePhone(text: string): Result<Alias> {
  const bare = text.replace(/[\s().-]/g, '').replace(/^00/, '+');
  return PHONE.test(bare) ? accept({ kind: 'phone', text: bare }) : refuse('alias_malformed');
}

/** Country codes of two digits (ITU-T E.164 list); 1 and 7 have one digit and all others three. */
const TWO_DIGITS = new Set(
  '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
);

/** What others are shown: `+86 138 •••• 0138`, `a•••@example.org`. */
export function maskAlias({ kind, text }: Alias): string {
  if (kind === 'mail') return `${text.slice(0, 1)}•••${text.slice(text.lastIndexOf('@'))}`;
  const digits = text.slice(1);
  const country = /^[17]/.test(digits) ? 1 : TWO_DIGITS.has(digits.slice(0, 2)) ? 2 : 3;
  const national = digits.slice(country);
  const head = `+${digits.slice(0, country)}`;
  // Of a short number two digits at the end are all that may be told.
  return national.length >= 10
    ? `${head} ${national.slice(0, 3)} •••• ${national.slice(-4)}`
    : `${head} •••• ${national.slice(-2)}`;
}
