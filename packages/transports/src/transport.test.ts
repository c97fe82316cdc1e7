import { describe, expect, it } from 'vitest';
import { animatedCode } from './animated-code.ts';
import { messageText } from './message-text.ts';
import { conforms, endure } from './transport.conformance.ts';
import { messageFile, singleCode } from './whole-message.ts';

const anySize = (): boolean => true;

describe('a single code', () => {
  conforms(singleCode, (size) => size <= 1273 - 24);
});
describe('an animated code', () => {
  conforms(animatedCode, anySize);
});
describe('a file', () => {
  conforms(messageFile, anySize);
});
describe('a text', () => {
  conforms(messageText, anySize);
});

describe('mutated frames', () => {
  it.each([singleCode, animatedCode, messageFile, messageText])(
    'of kind $name never throw and never give a message nobody sent',
    (transport) => {
      const seen = endure(transport, 2000, [1, 300, 1100]);
      expect([...seen]).toContain('done');
      expect([...seen]).toContain('frame_damaged');
    },
  );
});
