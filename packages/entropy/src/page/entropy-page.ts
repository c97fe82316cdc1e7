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
import {
  PAGE_TEXTS,
  standingSentence,
  stateSentence,
  type PageLanguage,
  type PageTexts,
} from './texts.ts';

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
export function entropyPage(
  report: EntropyReport,
  tap: Tap = () => new Uint8Array(0),
  language: PageLanguage = 'en',
): string {
  const texts = PAGE_TEXTS[language];
  const figures = new Map(entropyFigures(report, tap).map((figure) => [figure.id, figure]));
  const said = escapeHtml(standingSentence(report, texts));
  const sections = report.sources.map((source) =>
    sourceSection(source, figures.get(source.id), texts),
  );
  return `<section class="entropy" aria-label="${texts.label}"><p role="status">${said}</p>${sections.join('')}</section>`;
}

function sourceSection(
  source: SourceReport,
  figures: SourceFigures | undefined,
  texts: PageTexts,
): string {
  const { estimatedBits } = source;
  const rows: readonly (readonly [string, string])[] = [
    [texts.state, stateSentence(source, texts)],
    [texts.claimed, texts.claimedText(source)],
    [
      texts.estimated,
      estimatedBits === undefined ? texts.notYet : texts.bitsPerSample(estimatedBits),
    ],
    [texts.credited, texts.bitsPerSample(source.assessedBits)],
    [texts.rate, texts.rateText(source.samplesPerSecond)],
    [texts.tested, texts.testedText(source.samples)],
    [texts.given, texts.givenText(source)],
    [texts.alarm, texts.alarmText(source.cutoffs)],
  ];
  const list = rows.map(([term, text]) => `<dt>${term}</dt><dd>${escapeHtml(text)}</dd>`).join('');
  const drawn = figures === undefined ? '' : drawingsOf(texts.about(source), figures, texts);
  const heading = `<h2 id="source-${source.id}">${escapeHtml(texts.about(source))}</h2>`;
  return `<article data-source="${source.id}" data-state="${source.state.at}" aria-labelledby="source-${source.id}">${heading}<dl>${list}</dl>${drawn}</article>`;
}

function drawingsOf(about: string, figures: SourceFigures, texts: PageTexts): string {
  const histogram = histogramSvg(Uint32Array.from(figures.histogram), texts.valuesName(about));
  const correlation = autocorrelationSvg(
    Float64Array.from(figures.autocorrelation),
    figures.band,
    texts.correlationName(about, LAGS),
  );
  const picture = bitPictureSvg(figures.picture, texts.bitsName(about));
  const figure = (drawing: string, caption: string): string =>
    `<figure>${drawing}<figcaption>${caption}</figcaption></figure>`;
  return [
    '<div class="drawings">',
    figure(histogram, texts.values),
    figure(correlation, texts.correlation),
    figure(picture, texts.bits),
    '</div>',
  ].join('');
}

/** The state in words, with the reason of a drop. */
export function stateText(source: SourceReport): string {
  return stateSentence(source, PAGE_TEXTS.en);
}

/** The start-up estimate in words. */
export function estimateText({ estimatedBits }: SourceReport): string {
  const { notYet, bitsPerSample } = PAGE_TEXTS.en;
  return estimatedBits === undefined ? notYet : bitsPerSample(estimatedBits);
}
