/**
 * What this package needs of a browser's camera and microphone, as small as it is used, so that
 * nothing here depends on a browser's own types and a test can stand in for one.
 * @module
 */

/** A stream that the holder allowed. */
export type MediaStreamLike = {
  readonly getTracks: () => readonly { readonly stop: () => void }[];
};

/** `navigator.mediaDevices`. */
export type MediaDevicesLike = {
  readonly getUserMedia: (constraints: {
    readonly audio?: Readonly<Record<string, boolean>>;
    readonly video?: boolean;
  }) => Promise<MediaStreamLike>;
};

/** A `<video>` that tells of each new frame. */
export type VideoLike = {
  srcObject: unknown;
  muted: boolean;
  readonly videoWidth: number;
  readonly videoHeight: number;
  readonly play: () => Promise<void>;
  readonly requestVideoFrameCallback: (told: () => void) => unknown;
};

/** The 2D context of a `<canvas>`. */
export type ContextLike = {
  readonly drawImage: (video: VideoLike, x: number, y: number) => void;
  readonly getImageData: (
    x: number,
    y: number,
    width: number,
    height: number,
  ) => { readonly data: Uint8ClampedArray };
};

/** An `AnalyserNode`. */
export type AnalyserLike = {
  fftSize: number;
  readonly getFloatTimeDomainData: (into: Float32Array<ArrayBuffer>) => void;
};

/** An `AudioContext`. */
export type AudioContextLike = {
  readonly sampleRate: number;
  readonly createAnalyser: () => AnalyserLike;
  readonly createMediaStreamSource: (stream: MediaStreamLike) => {
    readonly connect: (to: AnalyserLike) => unknown;
  };
  readonly close: () => Promise<void>;
};

/** Lets the device go; its light goes out. */
export function stopStream(stream: MediaStreamLike): void {
  for (const track of stream.getTracks()) track.stop();
}
