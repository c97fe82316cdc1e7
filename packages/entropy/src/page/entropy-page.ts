/**
 * The page of the pool: a sentence that says whether money can be minted, then each source with its
 * state, its numbers and its samples drawn. A fragment of HTML without script or style; asking for it
 * again every second makes it live.
 *
 * The samples it draws are a pool's tap: read for it alone, and used for nothing else.
 * @module
 */
import type { EntropyReport, SourceReport } from '../report.ts';
import { autocorrelationSvg, bitPictureSvg, escapeHtml, histogramSvg } from './drawing.ts';
import {
  type BitPicture,
  autocorrelationOf,
  bitPictureOf,
  correlationBand,
  histogramOf,
} from './figure.ts';

const LAGS = 64;
const PICTURE = { width: 128, height: 48 };

/** The samples of a source by its name, as EntropyPool.tap gives them. */
export type Tap = (id: string) => Uint8Array;

/** The figures of one source as numbers, for a page that draws them itself. */
export type SourceFigures = {
  readonly id: string;
  readonly histogram: readonly number[];
  readonly autocorrelation: readonly number[];
  readonly band: number;
  readonly picture: BitPicture;
};

/** Histogram, autocorrelation and bit picture of each source that has samples to show. */
export function entropyFigures(report: EntropyReport, tap: Tap): readonly SourceFigures[] {
  return report.sources.flatMap(({ id, sampleBits }) => {
    const samples = tap(id);
    if (samples.length === 0) return [];
    return {
      id,
      histogram: [...histogramOf(samples, sampleBits)],
      autocorrelation: [...autocorrelationOf(samples, LAGS)],
      band: correlationBand(samples.length),
      picture: bitPictureOf(samples, sampleBits, PICTURE),
    };
  });
}

/** The fragment. Without a tap it draws nothing and tells the numbers alone. */
export function entropyPage(report: EntropyReport, tap: Tap = () => new Uint8Array(0)): string {
  const figures = new Map(entropyFigures(report, tap).map((figure) => [figure.id, figure]));
  const said =
    report.refusal === undefined
      ? `Minting can go on. Behind it stand ${report.standing.map(({ id, bits }) => `${id} with ${bits} bits`).join(', ')}.`
      : `Minting has stopped: ${report.refusal}.`;
  const sections = report.sources.map((source) => sourceSection(source, figures.get(source.id)));
  return `<section class="entropy" aria-label="Randomness"><p role="status">${escapeHtml(said)}</p>${sections.join('')}</section>`;
}

function sourceSection(source: SourceReport, figures: SourceFigures | undefined): string {
  const rows: readonly (readonly [string, string])[] = [
    ['State', stateText(source)],
    ['Claimed', `${source.claimedBits} of ${source.sampleBits} bits per sample`],
    ['Estimated at the start', estimateText(source)],
    ['Credited', `${source.assessedBits.toFixed(3)} bits per sample`],
    ['Rate', `${Math.round(source.samplesPerSecond)} samples per second`],
    ['Tested', `${source.samples} samples`],
    ['Given', `${source.blocks} blocks, ${Math.floor(source.creditedBits)} bits credited`],
    [
      'Alarm at',
      `${source.cutoffs.repetition} in a row, ${source.cutoffs.proportion} in ${source.cutoffs.window}`,
    ],
  ];
  const list = rows.map(([term, text]) => `<dt>${term}</dt><dd>${escapeHtml(text)}</dd>`).join('');
  const drawn = figures === undefined ? '' : drawingsOf(source, figures);
  return `<article data-source="${source.id}" data-state="${source.state.at}"><h3>${escapeHtml(source.about)}</h3><dl>${list}</dl>${drawn}</article>`;
}

function drawingsOf(source: SourceReport, figures: SourceFigures): string {
  const histogram = histogramSvg(
    Uint32Array.from(figures.histogram),
    `How often each value came from ${source.about}`,
  );
  const correlation = autocorrelationSvg(
    Float64Array.from(figures.autocorrelation),
    figures.band,
    `How much a sample of ${source.about} says of the next ${LAGS}`,
  );
  const picture = bitPictureSvg(figures.picture, `The latest bits of ${source.about}`);
  return `<figure>${histogram}<figcaption>Values</figcaption></figure><figure>${correlation}<figcaption>Autocorrelation</figcaption></figure><figure>${picture}<figcaption>Bits</figcaption></figure>`;
}

/** The state in words, with the reason of a drop. */
export function stateText({ state }: SourceReport): string {
  switch (state.at) {
    case 'starting':
      return 'being tested';
    case 'good':
      return 'good';
    case 'dropped':
      return `dropped: ${state.drop.reason}`;
  }
}

/** The start-up estimate in words. */
export function estimateText({ estimatedBits }: SourceReport): string {
  return estimatedBits === undefined ? 'not yet' : `${estimatedBits.toFixed(3)} bits per sample`;
}
