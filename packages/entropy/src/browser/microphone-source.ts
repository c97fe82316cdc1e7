/**
 * Microphone noise as a source: the four lowest bits of each 16-bit sound sample, with everything
 * switched off that a browser does to make speech clearer. A muted microphone gives zeros and is
 * caught.
 *
 * Spec: 20 §2.5.
 * @module
 */
import type { Source } from '../source.ts';
import { pause } from '../timeout.ts';
import { type AudioContextLike, type MediaDevicesLike, stopStream } from './media.ts';
import { type Sensor, readingSource } from './reading-source.ts';

/** Claimed bits per sample: sound is loud and predictable above, noise below. */
const MIN_ENTROPY = 0.25;

/** Sound samples in one look. */
const WINDOW = 2048;

/** What a page hands over; nothing is asked of the holder before the source is prepared. */
export type Microphone = {
  readonly devices: MediaDevicesLike;
  readonly createContext: () => AudioContextLike;
};

/** The noise of the holder's microphone. */
export function microphoneSource(microphone: Microphone): Source {
  const claim = {
    id: 'microphone',
    kind: 'physical',
    sampleBits: 4,
    minEntropy: MIN_ENTROPY,
    about: 'noise of the microphone',
  } as const;
  return readingSource(claim, () => openMicrophone(microphone));
}

/** The samples of sound from −1 to 1. */
export function soundSamples(sound: Float32Array): Uint8Array {
  return Uint8Array.from(sound, (value) => Math.round(value * 32_768) & 15);
}

async function openMicrophone({ devices, createContext }: Microphone): Promise<Sensor> {
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await devices.getUserMedia({ audio: plain });
  const context = createContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = WINDOW;
  context.createMediaStreamSource(stream).connect(analyser);
  // Two looks must not overlap, or the second would say again what the first said.
  const windowMs = (2 * WINDOW * 1000) / context.sampleRate;
  const next = async (): Promise<Uint8Array> => {
    await pause(windowMs);
    const sound = new Float32Array(WINDOW);
    analyser.getFloatTimeDomainData(sound);
    return soundSamples(sound);
  };
  const close = (): void => {
    stopStream(stream);
    void context.close();
  };
  return { next, close };
}
