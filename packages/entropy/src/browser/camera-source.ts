/**
 * Camera noise as a source: the two lowest bits of the green of every sixteenth pixel. A camera that
 * is blinded gives one value, and one that smooths its noise away gives the same picture again; both
 * are caught by the health tests.
 *
 * Spec: 20 §2.5.
 * @module
 */
import type { Source } from '../source.ts';
import { type ContextLike, type MediaDevicesLike, type VideoLike, stopStream } from './media.ts';
import { type Sensor, readingSource } from './reading-source.ts';

/** Claimed bits per sample: most pixels carry noise, but a camera's own processing is unknown. */
const MIN_ENTROPY = 0.2;

/** Neighbours share their noise, because a sensor sees each colour only at every other place. */
const PIXEL_STEP = 16;

/** What a page hands over; nothing is asked of the holder before the source is prepared. */
export type Camera = {
  readonly devices: MediaDevicesLike;
  readonly createVideo: () => VideoLike;
  readonly createContext: (width: number, height: number) => ContextLike;
};

/** The noise of the holder's camera. */
export function cameraSource(camera: Camera): Source {
  const claim = {
    id: 'camera',
    kind: 'physical',
    sampleBits: 2,
    minEntropy: MIN_ENTROPY,
    about: 'noise of the camera',
  } as const;
  return readingSource(claim, () => openCamera(camera));
}

/** The samples of a picture of RGBA bytes. */
export function pictureSamples(pixels: Uint8Array | Uint8ClampedArray): Uint8Array {
  const samples = new Uint8Array(Math.floor(pixels.length / (4 * PIXEL_STEP)));
  for (let i = 0; i < samples.length; i++) samples[i] = pixels[i * 4 * PIXEL_STEP + 1]! & 3;
  return samples;
}

async function openCamera({ devices, createVideo, createContext }: Camera): Promise<Sensor> {
  const stream = await devices.getUserMedia({ video: true });
  const video = createVideo();
  video.muted = true;
  video.srcObject = stream;
  await video.play();
  const { videoWidth, videoHeight } = video;
  const context = createContext(videoWidth, videoHeight);
  const next = (): Promise<Uint8Array> =>
    new Promise((resolve) => {
      // Only a new frame has new noise; asking faster would see one twice.
      video.requestVideoFrameCallback(() => {
        context.drawImage(video, 0, 0);
        resolve(pictureSamples(context.getImageData(0, 0, videoWidth, videoHeight).data));
      });
    });
  return { next, close: () => stopStream(stream) };
}
