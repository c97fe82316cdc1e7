import { describe, expect, it } from 'vitest';
import { REFUSALS } from '@specie/core/base/refusals';
import { chaptersOf, citationsIn, isThere, readChapters, readCitations } from './chapters.ts';

const chapters = readChapters();
/** Chapters that are being written; a citation of one that is there is followed all the same. */
const COMING = ['12', '13'];
const isComing = (chapter: string): boolean => COMING.includes(chapter) && !chapters.has(chapter);

describe('the spec', () => {
  it('has the sections that the sources and the chapters themselves cite', () => {
    const citations = readCitations();
    const lost = citations
      .filter((citation) => !isComing(citation.chapter) && !isThere(chapters, citation))
      .map(({ file, line, chapter, section }) => `${file}:${line} cites ${chapter} §${section}`);
    expect(lost).toEqual([]);
    expect(citations.length).toBeGreaterThan(100);
  });

  it('has the section that gives the rule of every refusal', () => {
    const lost = Object.entries(REFUSALS).filter(([, { spec }]) => {
      const [chapter = '', section = ''] = spec.split(' §');
      if (isComing(chapter)) return false;
      return section === '' || !isThere(chapters, { file: '', line: 0, chapter, section });
    });
    expect(lost.map(([code, { spec }]) => `${code}: ${spec}`)).toEqual([]);
  });

  it('counts chapters 00 to 05, 07 and 08 among its own', () => {
    for (const chapter of ['00', '01', '02', '03', '04', '05', '07', '08']) {
      expect(chapters.get(chapter)?.size).toBeGreaterThan(0);
    }
  });
});

describe('a citation', () => {
  const cited = (line: string): readonly string[] =>
    citationsIn('a.ts', line).map(({ chapter, section }) => `${chapter} ${section}`.trim());

  it('is a chapter, or a chapter and its sections, or several', () => {
    expect(cited(' * Spec: 07 §4.4.')).toEqual(['07', '07 4.4']);
    expect(cited(' * Spec: 02 §5, §6; 09 §9.')).toEqual(['02', '02 5', '02 6', '09', '09 9']);
    expect(cited(' * Spec: 10 §2–§4.')).toEqual(['10', '10 2', '10 4']);
    expect(cited(' * Spec: 04.')).toEqual(['04']);
    expect(cited(' * Spec: refusals.')).toEqual([]);
  });

  it('ends where another standard begins', () => {
    expect(cited(' * Spec: 05 §4. RFC 9162 §2.1.')).toEqual(['05', '05 4']);
    expect(cited(' * Spec: 02 §2. FIPS 180-4; RFC 2104.')).toEqual(['02', '02 2']);
  });

  it('is also found in a sentence, and other numbers are not', () => {
    expect(cited('as in 03 §2, and RFC 8554 §4 and SP 800-90B §3 and 2.10 §1')).toEqual(['03 2']);
  });

  it('leads nowhere when its chapter or its section is not there', () => {
    const small = chaptersOf(new Map([['07-a.md', '## §1 One\n| 1.2 | two |\n## 3. Three\n']]));
    const there = (chapter: string, section: string): boolean =>
      isThere(small, { file: '', line: 0, chapter, section });
    expect([there('07', '1'), there('07', '1.2'), there('07', '3'), there('07', '')]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([there('07', '2'), there('08', ''), there('', '1')]).toEqual([false, false, false]);
  });
});
