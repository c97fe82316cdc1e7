import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { afterAll, describe, expect, it } from 'vitest';
import { animatedCode } from '../animated-code.ts';
import { greysOfPng, jpegOf, modulesByAnother, printedBy, readByZbar } from '../code.fixture.ts';
import { newDecoder } from '../decoder.ts';
import { messageText, textOf } from '../message-text.ts';
import { pictureSize } from '../picture-size.ts';
import { framesOf, messageOfSize } from '../transport.conformance.ts';
import { singleCode } from '../whole-message.ts';
import { type PictureOptions, readPictures, writeMessageFile, writePictures } from './pictures.ts';
import { pngOfCode, pngOfGreys } from './png.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'specie-pictures-'));
let folders = 0;
const fresh = (): string => {
  const made = path.join(folder, String(folders++));
  mkdirSync(made);
  return made;
};
afterAll(() => rmSync(folder, { recursive: true }));

async function written(
  message: Uint8Array,
  target: string,
  options: PictureOptions = {},
): Promise<string[]> {
  const result = await writePictures(message, target, options);
  if (!result.ok) throw new Error(result.refusal.code);
  return [...result.value.files];
}

/** The message that files hold, or why not. */
async function read(...files: string[]): Promise<unknown> {
  const result = await readPictures(files);
  return result.ok ? result.value.message : `${result.refusal.code} ${result.refusal.at}`.trim();
}

function file(contents: Uint8Array | string, name: string): string {
  const place = path.join(fresh(), name);
  writeFileSync(place, contents);
  return place;
}

describe('pictures', () => {
  it('hold a small message in one and a larger one in several, any of which are enough', async () => {
    const at = fresh();
    const small = messageOfSize(1000);
    expect(await written(small, path.join(at, 'pay.png'))).toEqual([path.join(at, 'pay.png')]);
    expect(await read(path.join(at, 'pay.png'))).toEqual(small);

    const large = messageOfSize(4500);
    const result = await writePictures(large, path.join(at, 'big.png'));
    const names = [1, 2, 3, 4, 5, 6].map((number) => path.join(at, `big-0${number}.png`));
    expect(result).toEqual({ ok: true, value: { files: names, needed: 4 } });
    expect(await read(names[5]!, names[1]!, names[4]!, names[2]!)).toEqual(large);
    expect(await read(names[5]!, names[1]!, names[1]!)).toBe('parts_missing 2/4');
  });

  it('go into a folder under the name of their message, and come back from the folder', async () => {
    const at = path.join(fresh(), 'to', 'show');
    const [one, two] = [messageOfSize(4500, 1), messageOfSize(100, 2)];
    const files = await written(one, at);
    expect(files[0]).toMatch(/[0-9a-f]{8}-01\.png$/);
    writeFileSync(path.join(at, 'notes.txt'), 'not looked at');
    expect(await readPictures([at])).toEqual({ ok: true, value: { message: one, left: [] } });
    const [single] = await written(two, at);
    expect(single).toMatch(/[0-9a-f]{8}\.png$/);
    expect(await read(at)).toBe('messages_several');
  });

  it('are drawn as the caller wishes', async () => {
    const at = fresh();
    const message = messageOfSize(4500);
    const chosen = await written(message, at, { version: 10, level: 'M', scale: 3, spare: 0 });
    expect(chosen).toHaveLength(Math.ceil(4500 / (213 - 34 - 1)));
    expect(pictureSize(readFileSync(chosen[0]!))).toEqual({
      ok: true,
      value: { width: (57 + 8) * 3, height: (57 + 8) * 3 },
    });
    expect(await read(...chosen)).toEqual(message);
    const svgs = await written(message, path.join(at, 'pay.svg'));
    expect(readFileSync(svgs[0]!, 'utf8')).toMatch(/^<svg /);
  });

  it('are drawn within what there is when the wishes are beyond it', async () => {
    const message = messageOfSize(4500);
    const files = await written(message, fresh(), { version: 99, scale: 2.9, spare: -5 });
    expect(files).toHaveLength(2);
    expect(pictureSize(readFileSync(files[0]!))).toMatchObject({ value: { width: (157 + 8) * 2 } });
    expect(await read(...files)).toEqual(message);
    expect(await writePictures(message, fresh(), { version: 0 })).toMatchObject({
      refusal: { code: 'message_uncarriable' },
    });
  });

  it('are not drawn of what no transport carries', async () => {
    for (const size of [0, 65_537]) {
      expect(await writePictures(new Uint8Array(size), fresh())).toMatchObject({
        refusal: { code: 'message_uncarriable' },
      });
    }
  });
});

describe('reading', () => {
  const message = messageOfSize(300);
  const code = (frame: Uint8Array): Uint8Array => pngOfCode(modulesByAnother(frame, 'L'), 4);

  it('takes codes that another program drew, as PNG and as JPEG', async () => {
    const frame = framesOf(singleCode, message).at(0);
    expect(await read(file(code(frame), 'other.png'))).toEqual(message);
    expect(await read(file(jpegOf(greysOfPng(code(frame)), 60), 'photo.JPG'))).toEqual(message);
  });

  it('takes a file of a message, a text, and a code that holds a text', async () => {
    const place = path.join(fresh(), 'pay.specie');
    expect(await writeMessageFile(message, place)).toEqual({ ok: true, value: { file: place } });
    expect(await read(place)).toEqual(message);
    expect(await read(path.dirname(place))).toEqual(message);
    expect(await read(file(`${textOf(message)}\n`, 'copied.txt'))).toEqual(message);
    expect(await read(file(code(framesOf(messageText, message).at(0)), 'text.png'))).toEqual(
      message,
    );
    expect(await writeMessageFile(new Uint8Array(0), place)).toMatchObject({ ok: false });
  });

  it('names the files that held nothing, with the reason', async () => {
    const good = file(code(framesOf(singleCode, message).at(0)), 'good.png');
    const bad = [
      file(code(new TextEncoder().encode('https://example.org')), 'link.png'),
      file(
        pngOfGreys({ points: new Uint8Array(400).fill(255), width: 20, height: 20 }),
        'white.png',
      ),
      file('hello', 'hello.txt'),
      path.join(folder, 'nowhere.png'),
    ];
    const result = await readPictures([...bad, good]);
    const codes = ['frame_foreign', 'picture_without_code', 'frame_foreign', 'file_unreadable'];
    expect(result).toEqual({
      ok: true,
      value: {
        message,
        left: bad.map((place, i) => ({ file: place, refusal: { code: codes[i], at: '' } })),
      },
    });
    expect(await read(...bad)).toBe('frame_foreign link.png');
    expect(await read(fresh())).toBe('file_unreadable');
  });

  it('refuses pictures that are damaged, or larger than they say or may be', async () => {
    const png = Buffer.from(code(framesOf(singleCode, message).at(0)));
    const cut = file(png.subarray(0, png.length / 2), 'cut.png');
    expect(await read(cut)).toBe('picture_unreadable cut.png');
    const vast = Buffer.from(png);
    vast.writeUInt32BE(100_000, 16);
    vast.writeUInt32BE(100_000, 20);
    expect(await read(file(vast, 'vast.png'))).toBe('picture_oversized vast.png');
    const packed = deflateSync(new Uint8Array(50_000_000));
    const idat = png.indexOf('IDAT');
    const bomb = Buffer.concat([png.subarray(0, idat + 4), packed]);
    bomb.writeUInt32BE(packed.length, idat - 4);
    expect(await read(file(bomb, 'bomb.png'))).toBe('picture_oversized bomb.png');
  });

  it('says of pictures of another kind that they are that', async () => {
    const starts = ['GIF89a', 'BM12', 'RIFF1234WEBPVP8 ', '\0\0\0\x18ftypheic', 'II*\0', 'MM\0*'];
    for (const start of starts) {
      expect(await read(file(start, 'photo')), start).toBe('picture_unreadable photo');
    }
  });

  it('answers whatever bytes a picture has', async () => {
    const chance = chanceOf(11);
    const png = code(framesOf(singleCode, message).at(0));
    const jpeg = jpegOf(greysOfPng(png), 60);
    const answers = new Set<unknown>();
    for (let i = 0; i < 120; i++) {
      const altered = Uint8Array.from(i % 2 === 0 ? png : jpeg);
      for (let n = chance.below(8); n >= 0; n--)
        altered[chance.below(altered.length)] = chance.below(256);
      const answer = await read(
        file(altered.subarray(0, altered.length - chance.below(200)), 'x.png'),
      );
      answers.add(typeof answer === 'string' ? answer.split(' ')[0] : 'message');
    }
    expect([...answers]).toContain('picture_unreadable');
    expect([...answers]).toContain('message');
  });
});

it('programs of others read what we draw: ZBar here, and from the system where it is installed', async () => {
  const message = messageOfSize(4500);
  const files = await written(message, fresh());
  const readers: Record<string, (place: string) => Promise<Uint8Array | undefined>> = {
    'ZBar in WebAssembly': async (place) => (await readByZbar(greysOfPng(readFileSync(place))))[0],
    zbarimg: async (place) => printedBy('zbarimg', ['--quiet', '--raw', '-Sbinary', place]),
  };
  const used: string[] = [];
  for (const [name, reader] of Object.entries(readers)) {
    const frames = await Promise.all(files.slice(2).map(reader));
    const isHere = frames[0] !== undefined;
    process.stdout.write(`  ${name}: ${isHere ? 'reads our pictures' : 'not installed here'}\n`);
    if (!isHere) continue;
    used.push(name);
    const decoder = newDecoder();
    const taken = frames.map((frame) => decoder.take(frame ?? new Uint8Array(0)));
    expect(taken.at(-1), name).toEqual({ at: 'done', message });
  }
  expect(used).toContain('ZBar in WebAssembly');
});

it('we read what programs of others draw: one here, and qrencode where it is installed', async () => {
  const message = messageOfSize(3000);
  const frames = framesOf(animatedCode, message);
  const writers: Record<string, (frame: Uint8Array, place: string) => boolean> = {
    'qrcode-generator': (frame, place) => {
      writeFileSync(place, pngOfCode(modulesByAnother(frame, 'L'), 3));
      return true;
    },
    qrencode: (frame, place) => {
      writeFileSync(`${place}.bin`, frame);
      return (
        printedBy('qrencode', ['-8', '-l', 'L', '-r', `${place}.bin`, '-o', place]) !== undefined
      );
    },
  };
  const used: string[] = [];
  for (const [name, writer] of Object.entries(writers)) {
    const at = fresh();
    const places = [5, 6, 7].map((number) => path.join(at, `${number}.png`));
    const isHere = places.every((place, i) => writer(frames.at(5 + i), place));
    process.stdout.write(`  ${name}: ${isHere ? 'draws what we read' : 'not installed here'}\n`);
    if (!isHere) continue;
    used.push(name);
    expect(await read(...places), name).toEqual(message);
  }
  expect(used).toContain('qrcode-generator');
});
