/**
 * Writes src/crypto/lms/sha256-bytes.ts from the module's source beside it. A test holds the two
 * together; run this after changing the source.
 */
import { writeFileSync } from 'node:fs';
import { base64urlOf } from '../src/base/bytes.ts';
import { buildModule } from '../src/crypto/lms/chain-module.ts';

const LINE_CHARACTERS = 92;

const text = base64urlOf(buildModule());
const lines: string[] = [];
for (let at = 0; at < text.length; at += LINE_CHARACTERS) {
  lines.push(`  '${text.slice(at, at + LINE_CHARACTERS)}',`);
}
const source = `/**
 * The hashing module in base64url, built from chain-module.ts by tools/build-hashing-module.ts.
 * Not edited by hand: a test rebuilds it and compares.
 * @module
 */
export const MODULE: readonly string[] = [
${lines.join('\n')}
];
`;
writeFileSync(new URL('../src/crypto/lms/sha256-bytes.ts', import.meta.url), source);
