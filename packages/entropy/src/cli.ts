/**
 * `specie entropy`: the sources of this machine, their state and rates; `specie entropy assess FILE`:
 * the ten estimates of SP 800-90B for samples in a file; `specie entropy record SOURCE FILE`: raw
 * samples of a physical source, to be assessed. Nothing here draws for anybody.
 * @module
 */
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { ASSESS_BITS_MAX, type Assessment, assess, widthOf } from './assess/assess.ts';
import { EntropyFault, reasonOf } from './fault.ts';
import { type DeviceSettings, deviceSource } from './node/device-source.ts';
import { openServerPool, serverSources } from './node/server-pool.ts';
import { estimateText, stateText } from './page/entropy-page.ts';
import { type EntropyReport, type SourceReport, standingText } from './report.ts';
import type { Source } from './source.ts';
import { prepareWithin, readWithin } from './timeout.ts';

/** Where the command speaks: what was asked for, and what went wrong. */
export type Terminal = {
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
};

const USAGE = `specie entropy [--json] [--device ID:PATH:BITS:ENTROPY …]
specie entropy assess FILE [--bits N] [--samples N] [--json]
specie entropy record SOURCE FILE [--samples N] [--device ID:PATH:BITS:ENTROPY …]`;

/** An assessment of fewer samples is a hint. SP 800-90B §3.1.1. */
const SAMPLES_WANTED = 1_000_000;

/** How long a pipe or device may say nothing. */
const SILENT_MS = 5000;

/** Runs the command and answers the exit code: 0 done, 1 refused or failed, 2 not understood. */
export async function runEntropy(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        bits: { type: 'string' },
        samples: { type: 'string' },
        device: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    });
    const [verb, first, second] = positionals;
    const devices = values.device.map(parseDevice);
    const samples = values.samples === undefined ? undefined : wholeNumber(values.samples);
    if (values.help) {
      terminal.write(`${USAGE}\n`);
      return 0;
    }
    if (verb === undefined) return await show(devices, values.json, terminal);
    if (verb === 'assess' && first !== undefined && second === undefined) {
      const bits = values.bits === undefined ? undefined : wholeNumber(values.bits);
      const asked = { file: first, bits, samples, json: values.json };
      return await runAssess(asked, terminal);
    }
    if (verb === 'record' && first !== undefined && second !== undefined) {
      return await record(first, second, { devices, samples: samples ?? 1_000_000 }, terminal);
    }
    terminal.complain(`${USAGE}\n`);
    return 2;
  } catch (thrown) {
    terminal.complain(`${reasonOf(thrown)}\n`);
    return thrown instanceof EntropyFault && thrown.code !== 'settings_invalid' ? 1 : 2;
  }
}

// ——— specie entropy

async function show(
  devices: readonly DeviceSettings[],
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  const pool = await openServerPool({
    devices,
    waitFor: 'all',
    refreshMs: 100,
    silentMs: SILENT_MS,
  });
  // Rates of the first moment would be the start-up's; a while of ordinary running is shown.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const report = pool.report();
  pool.close();
  terminal.write(json ? `${JSON.stringify(report)}\n` : reportText(report));
  return report.refusal === undefined ? 0 : 1;
}

/** The report as a person reads it. */
export function reportText(report: EntropyReport): string {
  const head =
    report.refusal === undefined
      ? `Draws are given. Behind them: ${standingText(report.standing)}`
      : `Draws are refused: ${report.refusal}`;
  return `${[head, ...report.sources.map(sourceText)].join('\n\n')}\n`;
}

function sourceText(source: SourceReport): string {
  const { cutoffs } = source;
  return [
    `${source.id}  ${source.about}`,
    `  state     ${stateText(source)}`,
    `  claim     ${source.claimedBits} of ${source.sampleBits} bits per sample`,
    `  estimate  ${estimateText(source)}, ${source.assessedBits.toFixed(3)} credited`,
    `  alarm at  ${cutoffs.repetition} in a row, ${cutoffs.proportion} in ${cutoffs.window}`,
    `  tested    ${source.samples} samples, ${Math.round(source.samplesPerSecond)} per second`,
    `  given     ${source.blocks} blocks, ${Math.floor(source.creditedBits)} bits credited`,
  ].join('\n');
}

// ——— specie entropy assess

async function runAssess(
  asked: {
    readonly file: string;
    readonly bits: number | undefined;
    readonly samples: number | undefined;
    readonly json: boolean;
  },
  terminal: Terminal,
): Promise<number> {
  const samples = await readSamples(asked.file, asked.samples, asked.bits ?? 1);
  const bits = asked.bits ?? widthOf(samples);
  const assessment = assess(samples, bits);
  terminal.write(
    asked.json
      ? `${JSON.stringify(assessment)}\n`
      : assessmentText(assessment, { file: asked.file, samples: samples.length, bits }),
  );
  return 0;
}

/** The estimates as a person reads them. */
export function assessmentText(
  assessment: Assessment,
  of: { readonly file: string; readonly samples: number; readonly bits: number },
): string {
  const rows: readonly (readonly [string, number | null])[] = [
    ['most common value', assessment.mostCommonValue],
    ['collision', assessment.collision],
    ['Markov', assessment.markov],
    ['compression', assessment.compression],
    ['t-tuple', assessment.tTuple],
    ['longest repeated substring', assessment.lrs],
    ['multi most common in window', assessment.multiMcw],
    ['lag', assessment.lag],
    ['multi Markov with counting', assessment.multiMmc],
    ['LZ78Y', assessment.lz78y],
    ['minimum', assessment.min],
  ];
  const head = `${of.file}: ${of.samples} samples of ${of.bits} bits\nMin-entropy per bit, SP 800-90B section 6.3\n`;
  const said = (value: number | null): string => (value === null ? 'none' : value.toFixed(6));
  const body = rows.map(([name, value]) => `  ${name.padEnd(28)}${said(value)}\n`).join('');
  const perSample = (assessment.min * of.bits).toFixed(6);
  const short =
    of.samples < SAMPLES_WANTED
      ? `SP 800-90B section 3.1.1 asks for ${SAMPLES_WANTED} samples.\n`
      : '';
  return `${head}${body}Per sample: at most ${perSample} bits\n${short}`;
}

/** Samples of a file, or of a pipe or device until it ends or `wanted` are there. */
async function readSamples(
  file: string,
  wanted: number | undefined,
  bits: number,
): Promise<Uint8Array> {
  const most = Math.floor(ASSESS_BITS_MAX / Math.min(8, Math.max(1, bits)));
  const source = deviceSource({ id: 'file', path: file, sampleBits: 8, minEntropy: 8 });
  const size = fileSize(file);
  if (wanted === undefined && size !== undefined && size > most) throw tooMany(size, most);
  if (wanted !== undefined && wanted > most) throw tooMany(wanted, most);
  const samples = await readUntil(source, wanted ?? most + 1);
  if (wanted === undefined && samples.length > most) throw tooMany(samples.length, most);
  if (wanted !== undefined && samples.length < wanted) {
    const reason = `${file} has ${samples.length} samples and not ${wanted}`;
    throw new EntropyFault('samples_too_few', reason);
  }
  return samples;
}

function tooMany(found: number, most: number): EntropyFault {
  const reason = `${found} samples or more are too many: at most ${most} are assessed; take fewer with --samples`;
  return new EntropyFault('samples_too_many', reason);
}

function fileSize(file: string): number | undefined {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.size : undefined;
}

/** Reads until the source ends or `count` samples are there. */
async function readUntil(source: Source, count: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    await prepareWithin(source);
    while (length < count) {
      const part = await readWithin(source, Math.min(1 << 20, count - length), SILENT_MS);
      parts.push(part);
      length += part.length;
    }
  } catch (thrown) {
    if (!(thrown instanceof EntropyFault) || thrown.code !== 'source_ended') throw thrown;
  } finally {
    source.close();
  }
  const samples = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
}

// ——— specie entropy record

async function record(
  id: string,
  file: string,
  asked: { readonly devices: readonly DeviceSettings[]; readonly samples: number },
  terminal: Terminal,
): Promise<number> {
  const sources = serverSources(asked.devices).filter(({ claim }) => claim.kind === 'physical');
  const source = sources.find(({ claim }) => claim.id === id);
  if (source === undefined) {
    const known = sources.map(({ claim }) => claim.id).join(', ');
    throw new EntropyFault('settings_invalid', `"${id}" shows no raw samples; these do: ${known}`);
  }
  const samples = await readUntil(source, asked.samples);
  fs.writeFileSync(file, samples, { flag: 'wx' });
  const { sampleBits } = source.claim;
  terminal.write(`${file}: ${samples.length} raw samples of ${sampleBits} bits from ${id}\n`);
  return 0;
}

// ——— arguments

/** A device as a person names it: `ID:PATH:BITS:ENTROPY`, the path without colons. */
export function parseDevice(text: string): DeviceSettings {
  const [id = '', path = '', bits = '', entropy = '', ...rest] = text.split(':');
  const minEntropy = Number(entropy);
  if (id === '' || path === '' || entropy === '' || rest.length > 0 || !(minEntropy > 0)) {
    throw new EntropyFault('settings_invalid', `"${text}" is not ID:PATH:BITS:ENTROPY`);
  }
  return { id, path, sampleBits: wholeNumber(bits), minEntropy };
}

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,9}$/.test(text)) {
    throw new EntropyFault('settings_invalid', `"${text}" is not a whole number above zero`);
  }
  return Number(text);
}
