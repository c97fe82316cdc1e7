/**
 * Messages that people carry: as pictures of codes, or as one file.
 *
 * Spec: 13 §7.
 * @module
 */
import { accept, type Result } from '@specie/core/base/result';
import {
  writeMessageFile,
  writePictures,
  type WrittenPictures,
} from '@specie/transports/node/pictures';

export { readPictures } from '@specie/transports/node/pictures';

/** Pictures, or one file when the target's name ends in `.specie`. */
export async function drawMessage(
  message: Uint8Array,
  target: string,
): Promise<Result<WrittenPictures>> {
  if (!target.endsWith('.specie')) return writePictures(message, target);
  const written = await writeMessageFile(message, target);
  return written.ok ? accept({ files: [written.value.file], needed: 1 }) : written;
}
