import { chanceOf } from '@specie/core/base/chance.fixture';
import { describe, expect, it } from 'vitest';
import { animatedCode } from './animated-code.ts';
import { newDecoder } from './decoder.ts';
import {
  digestOf,
  PART_FRAME_OVERHEAD,
  partFrameOf,
  WHOLE_FRAME_OVERHEAD,
  wholeFrameOf,
} from './frame.ts';
import { textOf } from './message-text.ts';
import { framesOf, messageOfSize } from './transport.conformance.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const refusal = (frame: Uint8Array): string => {
  const taken = newDecoder().take(frame);
  return taken.at === 'refused' ? `${taken.refusal.code}${taken.refusal.at}` : taken.at;
};
const message = messageOfSize(3000);
const digest = digestOf(message);
const part = (changes: object): Uint8Array =>
  partFrameOf({ digest, length: 3000, number: 0, block: new Uint8Array(1000), ...changes });

describe('progress', () => {
  it('is the share of the parts needed, and a part that is known adds nothing', () => {
    const frames = framesOf(animatedCode, message);
    const decoder = newDecoder();
    expect(decoder.nearest()).toBeUndefined();
    expect(frames.needed).toBe(3);
    const first = { at: 'progress', have: 1, needed: 3, progress: 1 / 3 };
    expect(decoder.take(frames.at(9))).toEqual({ ...first, isNew: true });
    expect(decoder.take(frames.at(9))).toEqual({ ...first, isNew: false });
    expect(decoder.take(frames.at(1))).toMatchObject({ have: 2, progress: 2 / 3, isNew: true });
    expect(decoder.nearest()).toEqual({ have: 2, needed: 3 });
    expect(decoder.take(frames.at(700))).toEqual({ at: 'done', message });
    expect(decoder.nearest()).toBeUndefined();
  });

  it('stays done when more of a message comes that was handed out', () => {
    const frames = framesOf(animatedCode, message);
    const decoder = newDecoder();
    for (const number of [0, 1, 2]) decoder.take(frames.at(number));
    expect(decoder.take(frames.at(3))).toEqual({ at: 'done', message });
  });

  it('hands out bytes that nobody else holds', () => {
    const frames = framesOf(animatedCode, messageOfSize(10));
    const decoder = newDecoder();
    const first = decoder.take(frames.at(0));
    if (first.at === 'done') first.message.fill(0);
    expect(decoder.take(frames.at(1))).toEqual({ at: 'done', message: messageOfSize(10) });
  });
});

describe('a frame is refused', () => {
  it('when it is no Specie frame', () => {
    for (const foreign of [
      '',
      'S',
      'SC',
      'https://example.org',
      'SC\x10\x01',
      'specie',
      'SPECIE:AAAA',
    ]) {
      expect(refusal(bytesOf(foreign)), foreign).toBe('frame_foreign');
    }
  });

  it('when it is of a version that is not known', () => {
    expect(refusal(bytesOf('SC\xd0'.slice(0, 2)))).toBe('frame_foreign');
    for (const type of [0xd0, 0xd1]) {
      expect(refusal(Uint8Array.of(0x53, 0x43, type, 2))).toBe('message_version_unknown');
    }
  });

  it('when its digest or check is of other bytes', () => {
    const whole = wholeFrameOf(message);
    whole[4]! ^= 1;
    expect(refusal(whole)).toBe('frame_damaged.digest');
    const altered = part({});
    altered[altered.length - 1]! ^= 1;
    expect(refusal(altered)).toBe('frame_damaged.check');
  });

  it('when its sizes do not go together', () => {
    expect(refusal(part({ length: 0 }))).toBe('frame_misshapen.length');
    expect(refusal(part({ block: new Uint8Array(0) }))).toBe('frame_misshapen.block');
    expect(refusal(part({ block: new Uint8Array(999) }))).toBe('frame_misshapen.block');
    // 1,025 blocks of two bytes.
    expect(refusal(part({ length: 2049, block: new Uint8Array(2) }))).toBe('frame_misshapen.block');
    expect(refusal(part({ length: 2048, block: new Uint8Array(2) }))).toBe('progress');
    expect(refusal(wholeFrameOf(new Uint8Array(0)))).toBe('frame_misshapen.message');
  });

  it('when it is larger than a frame can be', () => {
    expect(refusal(Uint8Array.from([0x53, 0x43, 0xd0, 1, ...new Uint8Array(70_000)]))).toBe(
      'message_oversized',
    );
    expect(refusal(Uint8Array.from([0x53, 0x43, 0xd1, 1, ...new Uint8Array(5000)]))).toBe(
      'message_oversized',
    );
    expect(refusal(bytesOf(`specie:${'A'.repeat(90_000)}`))).toBe('message_oversized');
  });

  it('when a text is no base64url, or holds anything but a whole frame', () => {
    const text = textOf(message);
    expect(refusal(bytesOf(text))).toBe('done');
    expect(refusal(bytesOf(` \n\t${text}\r\n`))).toBe('done');
    expect(refusal(bytesOf(`${text}=`))).toBe('text_malformed');
    expect(refusal(bytesOf(text.replace(/.{10}/, '$& ')))).toBe('text_malformed');
    expect(refusal(Uint8Array.from([...bytesOf('specie:'), 0xff]))).toBe('text_malformed');
    const inText = Buffer.from(framesOf(animatedCode, message).at(0)).toString('base64url');
    expect(refusal(bytesOf(`specie:${inText}`))).toBe('message_type_unexpected');
  });
});

describe('a decoder that is lied to', () => {
  it('throws away parts that do not make up the message, and takes it afresh', () => {
    const frames = framesOf(animatedCode, message);
    const decoder = newDecoder();
    decoder.take(part({ number: 5 }));
    decoder.take(frames.at(1));
    expect(decoder.take(frames.at(2))).toMatchObject({ refusal: { code: 'parts_contradictory' } });
    expect(decoder.nearest()).toBeUndefined();
    expect([3, 4, 5].map((number) => decoder.take(frames.at(number)).at)).toEqual([
      'progress',
      'progress',
      'done',
    ]);
  });

  it('keeps parts of two sizes apart when a message is shown in both', () => {
    const [large, small] = [1273, 858].map((bytes) => framesOf(animatedCode, message, bytes));
    const decoder = newDecoder();
    const frames = [large!.at(0), small!.at(1), large!.at(2), small!.at(3), large!.at(4)];
    const answers = frames.map((frame) => decoder.take(frame));
    expect(answers.map((taken) => (taken.at === 'progress' ? taken.have : taken.at))).toEqual([
      ...[1, 1, 2, 2],
      'done',
    ]);
  });

  it('takes the message while strays of a thousand others come between', () => {
    const frames = framesOf(animatedCode, message);
    const decoder = newDecoder();
    const chance = chanceOf(5);
    const stray = (): Uint8Array => part({ digest: chance.bytes(16), number: chance.below(9) });
    const answers: string[] = [];
    for (const number of [0, 1, 2]) {
      answers.push(decoder.take(frames.at(number)).at);
      // Before a second part has come, a message is a stray like the others.
      const strays = number === 0 ? 2 : 1000;
      for (let i = 0; i < strays; i++) decoder.take(stray());
    }
    expect(answers).toEqual(['progress', 'progress', 'done']);
  });

  it('holds four messages in parts and forgets the one of which least is known, longest ago', () => {
    const shown = [1, 2, 3, 4, 5].map((seed) => framesOf(animatedCode, messageOfSize(3000, seed)));
    const decoder = newDecoder();
    const have = (of: number, number: number): unknown => {
      const taken = decoder.take(shown[of]!.at(number));
      return taken.at === 'progress' ? taken.have : taken.at;
    };
    // The first has two parts; the second was fed before the third and fourth.
    expect([have(0, 0), have(0, 1), have(1, 0), have(2, 0), have(3, 0)]).toEqual([1, 2, 1, 1, 1]);
    expect(have(4, 0)).toBe(1);
    expect([have(0, 2), have(2, 1), have(3, 1), have(4, 1)]).toEqual(['done', 2, 2, 2]);
    expect(have(1, 1)).toBe(1);
  });
});

it('says in its overhead how many bytes a frame has beside its contents', () => {
  expect(wholeFrameOf(new Uint8Array(10)).length).toBe(WHOLE_FRAME_OVERHEAD + 10);
  expect(part({}).length).toBe(PART_FRAME_OVERHEAD + 1000);
});
