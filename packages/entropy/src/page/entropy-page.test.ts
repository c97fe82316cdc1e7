import { describe, expect, test } from 'vitest';
import { openPool } from '../pool.ts';
import { goodFiller, sequenceOf, simulatedSource } from '../testing/simulated.ts';
import { bitPictureSvg, escapeHtml } from './drawing.ts';
import { entropyFigures, entropyPage } from './entropy-page.ts';
import { autocorrelationOf, bitPictureOf, correlationBand, histogramOf } from './figure.ts';

const CLAIM = { sampleBits: 4, minEntropy: 3 };

function samplesOf(count: number): Uint8Array {
  const samples = new Uint8Array(count);
  goodFiller(sequenceOf(1), CLAIM)(samples);
  return samples;
}

test('a histogram counts every value', () => {
  expect([...histogramOf(Uint8Array.of(0, 3, 3, 1), 2)]).toEqual([1, 1, 0, 2]);
});

describe('autocorrelation', () => {
  test('of independent samples stays within the band, nearly always', () => {
    const correlations = autocorrelationOf(samplesOf(20_000), 100);
    const beyond = correlations.filter((value) => Math.abs(value) > correlationBand(20_000));
    expect(beyond.length).toBeLessThanOrEqual(6);
  });

  test('of a period is one at the period', () => {
    const samples = Uint8Array.from({ length: 10_000 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const correlations = autocorrelationOf(samples, 20);
    expect(correlations[9]).toBeCloseTo(1, 2);
    expect(Math.abs(correlations[4] ?? 1)).toBeLessThan(0.2);
  });

  test('of nothing and of constant samples is nothing', () => {
    expect([...autocorrelationOf(new Uint8Array(0), 3)]).toEqual([0, 0, 0]);
    expect([...autocorrelationOf(new Uint8Array(9).fill(5), 3)]).toEqual([0, 0, 0]);
  });
});

test('a bit picture shows the latest whole rows', () => {
  const picture = bitPictureOf(Uint8Array.of(0, 0b1010, 0b0110), 4, { width: 5, height: 9 });
  expect([picture.width, picture.height, ...picture.bits]).toEqual([
    5, 2, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0,
  ]);
  expect(bitPictureSvg(picture, 'x')).toContain('M2 0h1v1H2zM4 0h1v1H4zM2 1h2v1H2z');
});

describe('the page', () => {
  const open = (about: string) =>
    openPool({
      sources: [
        { ...simulatedSource({ id: 'a', ...CLAIM }, goodFiller(sequenceOf(1), CLAIM)) },
        {
          ...simulatedSource({ id: 'b', ...CLAIM }, (samples) => samples.fill(1)),
          claim: { id: 'b', kind: 'physical', ...CLAIM, about },
        },
      ],
      tapSamples: 2048,
      waitFor: 'all',
    });

  test('says whether minting can go on, draws good sources and tells why others are gone', async () => {
    const pool = await open('a stuck one');
    const page = entropyPage(pool.report(), pool.tap);
    expect(page).toContain('Minting can go on. Behind it stand a with 256 bits.');
    expect(page.match(/<svg/g)?.length).toBe(3);
    expect(page).toContain('dropped: repetition count test');
    expect(entropyFigures(pool.report(), pool.tap).map(({ id }) => id)).toEqual(['a']);
    expect(entropyPage(pool.report(), pool.tap, 'zh')).toContain(
      '可以发行。目前支撑发行的来源:a(256 比特)。',
    );
    pool.close();
    expect(entropyPage(pool.report())).toContain('Minting has stopped: the pool is closed.');
  });

  test('lets nothing that settings say become markup', async () => {
    const pool = await open('<script>"x"</script>');
    expect(entropyPage(pool.report())).not.toContain('<script>');
    expect(escapeHtml(`<&>"'`)).toBe('&lt;&amp;&gt;&quot;&#39;');
    pool.close();
  });
});
