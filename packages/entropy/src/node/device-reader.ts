/**
 * The process that reads a device or pipe and hands on its bytes. It exists because a read of a hung
 * device cannot be called off from within: this process can be killed instead, by its parent or, when
 * the parent is gone, by itself.
 *
 * Run as `node device-reader.ts PATH`. On the error output it says `started` and at last `ended`, or
 * what opening or reading met, as in `open ENOENT`; each word ends its line.
 * @module
 */
import fs from 'node:fs';
import { ReadStream, isatty } from 'node:tty';

/** Small, so that a slow device is not drained far ahead of what is asked for. */
const CHUNK_BYTES = 4096;

/** An ordinary exit would wait for the thread that hangs in a read; a kill does not. */
function end(word: string): void {
  try {
    fs.writeSync(2, `${word}\n`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}

/** Copies until the device ends. Writing waits for whoever reads, so nothing piles up here. */
function copy(fd: number, chunk: Buffer): void {
  fs.read(fd, chunk, 0, chunk.length, null, (error, count) => {
    if (error?.code === 'EAGAIN') setTimeout(copy, 5, fd, chunk);
    else if (error !== null) end(`read ${error.code ?? error.message}`);
    else if (count === 0) end('ended');
    else process.stdout.write(chunk.subarray(0, count), () => copy(fd, chunk));
  });
}

fs.writeSync(2, 'started\n');
process.stdin.on('end', () => end('')).resume();
process.stdout.on('error', () => end(''));
fs.open(process.argv[2] ?? '', fs.constants.O_RDONLY | fs.constants.O_NOCTTY, (error, fd) => {
  if (error !== null) {
    end(`open ${error.code ?? error.message}`);
    return;
  }
  // A terminal line would change bytes on the way; raw, it hands them on as they are.
  if (isatty(fd)) new ReadStream(fd).setRawMode(true);
  copy(fd, Buffer.allocUnsafe(CHUNK_BYTES));
});
