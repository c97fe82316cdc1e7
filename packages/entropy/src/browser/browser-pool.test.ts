import { afterEach, describe, expect, test } from 'vitest';
import type { EntropyPool } from '../pool.ts';
import { sequenceOf } from '../testing/simulated.ts';
import { openBrowserPool } from './browser-pool.ts';
import { type Camera, pictureSamples } from './camera-source.ts';
import type { MediaStreamLike } from './media.ts';
import { type Microphone, soundSamples } from './microphone-source.ts';

// These stand in for a browser's devices; what is tested is what becomes of their readings.
const PICTURE = { width: 320, height: 240 };
const opened: EntropyPool[] = [];
let stopped = 0;
const stream: MediaStreamLike = { getTracks: () => [{ stop: () => stopped++ }] };

afterEach(() => {
  for (const pool of opened.splice(0)) pool.close();
  stopped = 0;
});

function cameraOf(paint: (pixels: Uint8ClampedArray) => void): Camera {
  return {
    devices: { getUserMedia: () => Promise.resolve(stream) },
    createVideo: () => ({
      srcObject: undefined,
      muted: false,
      videoWidth: PICTURE.width,
      videoHeight: PICTURE.height,
      play: () => Promise.resolve(),
      requestVideoFrameCallback: (told) => setTimeout(told, 1),
    }),
    createContext: () => ({
      drawImage: () => undefined,
      getImageData: (_x, _y, width, height) => {
        const data = new Uint8ClampedArray(width * height * 4);
        paint(data);
        return { data };
      },
    }),
  };
}

function microphoneOf(hear: (sound: Float32Array) => void): Microphone {
  return {
    devices: { getUserMedia: () => Promise.resolve(stream) },
    createContext: () => ({
      sampleRate: 2e6,
      createAnalyser: () => ({ fftSize: 0, getFloatTimeDomainData: hear }),
      createMediaStreamSource: () => ({ connect: () => undefined }),
      close: () => Promise.resolve(),
    }),
  };
}

/** A picture of a wall: even light, and noise of a few steps at each pixel. */
function noisyWall(seed: number): (pixels: Uint8ClampedArray) => void {
  const next = sequenceOf(seed);
  return (pixels) => {
    for (let i = 0; i < pixels.length; i++) pixels[i] = 120 + (next() % 4) + (next() % 4);
  };
}

async function open(settings: Parameters<typeof openBrowserPool>[0]): Promise<EntropyPool> {
  const pool = await openBrowserPool({ waitFor: 'all', silentMs: 1000, ...settings });
  opened.push(pool);
  return pool;
}

const stateOf = (pool: EntropyPool, id: string) =>
  pool.report().sources.find((source) => source.id === id)?.state;

test('draws on the operating system alone where nothing else is good', async () => {
  const pool = await open({});
  expect(pool.draw(32).length).toBe(32);
  expect(pool.standing()).toContain('os:256');
});

describe('the camera', () => {
  test('that sees noise stands behind draws, and its light goes out with the pool', async () => {
    const pool = await open({ camera: cameraOf(noisyWall(1)) });
    expect(pool.standing()).toContain('camera:256');
    pool.close();
    expect(stopped).toBe(1);
  });

  test('that sees nothing, or the same picture again, is dropped', async () => {
    const black = await open({ camera: cameraOf(() => undefined) });
    expect(stateOf(black, 'camera')).toMatchObject({ drop: { cause: 'repetition' } });
    const frozen = new Uint8ClampedArray(PICTURE.width * PICTURE.height * 4);
    noisyWall(2)(frozen);
    const still = await open({ camera: cameraOf((pixels) => pixels.set(frozen)) });
    expect(stateOf(still, 'camera')).toMatchObject({ drop: { cause: 'echo' } });
  });

  test('that the holder does not allow is dropped with the reason, and draws go on', async () => {
    const camera: Camera = {
      ...cameraOf(noisyWall(1)),
      devices: { getUserMedia: () => Promise.reject(new Error('Permission denied')) },
    };
    const pool = await open({ camera });
    expect(stateOf(pool, 'camera')).toMatchObject({ drop: { reason: 'Permission denied' } });
    expect(pool.draw(32).length).toBe(32);
  });

  test('gives the low bits of the green of every sixteenth pixel', () => {
    const pixels = new Uint8ClampedArray(4 * 33);
    pixels[1] = 0b1110;
    pixels[65] = 0b0101;
    expect([...pictureSamples(pixels)]).toEqual([2, 1]);
  });
});

describe('the microphone', () => {
  test('that hears noise stands behind draws; one that is muted does not', async () => {
    const next = sequenceOf(4);
    const noise = (sound: Float32Array): void => {
      for (let i = 0; i < sound.length; i++) sound[i] = (next() % 64) / 32_768;
    };
    const heard = await open({ microphone: microphoneOf(noise) });
    expect(heard.standing()).toContain('microphone:256');
    const muted = await open({ microphone: microphoneOf(() => undefined) });
    expect(stateOf(muted, 'microphone')).toMatchObject({ drop: { cause: 'repetition' } });
  });

  test('gives the low bits of the sound', () => {
    expect([...soundSamples(Float32Array.of(0, 1 / 32_768, -1 / 32_768, 0.5))]).toEqual([
      0, 1, 15, 0,
    ]);
  });
});
