/**
 * The face must come out the same everywhere, so it is held to committed vectors and to the sine it
 * claims to be.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bandPath, bandsOf, faceSvg, sine } from './face.ts';

interface Vectors {
  readonly sines: readonly number[];
  readonly faces: readonly {
    readonly identity: string;
    readonly bands: readonly unknown[];
    readonly paths: readonly string[];
  }[];
  readonly invalid: readonly { readonly identity: string }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../../spec/vectors/30-face.json', import.meta.url), 'utf8'),
) as Vectors;
const identityOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const pathHash = (path: string): string => createHash('sha256').update(path).digest('hex');

describe('the face of a coin', () => {
  it('turns by the sine it says it does', () => {
    for (let step = -960; step <= 960; step++) {
      expect(sine(step)).toBe(Math.round(10_000 * Math.sin((2 * Math.PI * step) / 480)) + 0);
    }
    expect(vectors.sines).toEqual(Array.from({ length: 121 }, (_, i) => sine(i)));
  });

  it.each(vectors.faces)(
    'is the same for $identity as in every other implementation',
    ({ identity, bands, paths }) => {
      const drawn = bandsOf(identityOf(identity));
      expect(drawn).toEqual(bands);
      expect(drawn.map((band) => pathHash(bandPath(band)))).toEqual(paths);
    },
  );

  it('depends on every byte of the identity', () => {
    const identity = identityOf(vectors.faces[2]!.identity);
    const face = faceSvg({ identity });
    for (let i = 0; i < 32; i++) {
      const changed = [1, 38, 91, 201, 254].map((value) => {
        const other = identity.slice();
        other[i] = value;
        return faceSvg({ identity: other });
      });
      expect(changed.filter((each) => each !== face).length).toBeGreaterThan(0);
    }
  });

  it('stays within a few kilobytes and within its frame', () => {
    for (const { identity } of vectors.faces) {
      const svg = faceSvg({ identity: identityOf(identity), inks: ['#111', '#222'] });
      expect(svg.length).toBeLessThan(9000);
      for (const band of bandsOf(identityOf(identity))) {
        expect(band.radius + band.depth + band.ripple).toBeLessThan(500);
        expect(band.radius - band.depth - band.ripple).toBeGreaterThan(0);
      }
    }
  });

  it('shows of a piece the sector its range covers, and the whole for the whole', () => {
    const identity = identityOf(vectors.faces[1]!.identity);
    const half = faceSvg({ identity, part: { from: 0, to: 50, units: 100 } });
    expect(half).toContain('clipPath');
    expect(faceSvg({ identity, part: { from: 0, to: 100, units: 100 } })).toBe(
      faceSvg({ identity }),
    );
    expect(faceSvg({ identity, part: { from: 0, to: 1, units: 4_000_000_000 } })).toContain(
      'clipPath',
    );
  });

  it('sets a title as text and never as markup', () => {
    const svg = faceSvg({ identity: new Uint8Array(32), title: '"><script>' });
    expect(svg).not.toContain('<script>');
    expect(svg).toContain('role="img"');
  });

  it.each(vectors.invalid)(
    'refuses an identity that is not 32 bytes: $identity',
    ({ identity }) => {
      expect(() => bandsOf(identityOf(identity))).toThrow(RangeError);
    },
  );
});
