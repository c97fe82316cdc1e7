import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { instantOf } from '@specie/core/base/instant';
import { selfSigned } from './self-signed.ts';

const random = (seed: number) => (length: number) => chanceOf(seed).bytes(length);

it('makes a certificate that the runtime reads: its names, its days, its purpose, its own signature', () => {
  const now = instantOf(Date.parse('2030-06-01T00:00:00Z'));
  const names = ['till.lan', '192.168.7.9', '::1', '127.0.0.1'];
  const { key, cert } = selfSigned({ names, now, random: random(1), days: 30 });
  const read = new X509Certificate(cert);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(read.ca).toBe(false);
  expect(read.subject).toBe('CN=till.lan');
  expect(read.checkHost('till.lan')).toBe('till.lan');
  for (const address of names.slice(1)) expect(read.checkIP(address)).toBe(address);
  expect(read.checkHost('other.lan')).toBeUndefined();
  expect(read.validFromDate.toISOString()).toBe('2030-05-31T00:00:00.000Z');
  expect(read.validToDate.toISOString()).toBe('2030-06-30T00:00:00.000Z');
  expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
});

it('writes dates of 2050 and later in their longer form', () => {
  const now = instantOf(Date.parse('2050-01-01T12:00:00Z'));
  const { cert } = selfSigned({ names: ['a'], now, random: random(2), days: 10 });
  expect(new X509Certificate(cert).validToDate.toISOString()).toBe('2050-01-10T12:00:00.000Z');
  expect(new X509Certificate(cert).validFromDate.toISOString()).toBe('2049-12-31T12:00:00.000Z');
});

it('makes other keys from other chance, and draws again what is no key', () => {
  const now = instantOf(0);
  const one = selfSigned({ names: ['a'], now, random: random(3) });
  expect(selfSigned({ names: ['a'], now, random: random(4) }).key).not.toBe(one.key);
  let drawn = 0;
  const poor = (length: number): Uint8Array =>
    drawn++ === 0 ? new Uint8Array(length).fill(0xff) : chanceOf(5).bytes(length);
  expect(selfSigned({ names: ['a'], now, random: poor }).key).toContain('PRIVATE KEY');
  expect(drawn).toBeGreaterThanOrEqual(3);
});
