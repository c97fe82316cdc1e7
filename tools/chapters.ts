/**
 * The chapters of the spec and what cites them. A citation that leads nowhere is a rule nobody can
 * look up, so every `Spec:` line, every refusal and every reference between chapters is followed.
 */
import fs from 'node:fs';
import path from 'node:path';
import { filesUnder, ROOT } from './tree.ts';

/** Sections by chapter number, such as `07` → `4.4`; a chapter may lie in several files. */
export type Chapters = ReadonlyMap<string, ReadonlySet<string>>;

export interface Citation {
  readonly file: string;
  readonly line: number;
  readonly chapter: string;
  /** Empty where the whole chapter is meant. */
  readonly section: string;
}

/** A heading, or a row of a table that has the section as its first field. */
const HEADING = /^(?:#{2,4} §?(\d+(?:\.\d+)*)\.? |\| (\d+\.\d+) \|)/gm;

/** The headings of a set of chapters, given as texts by file name. */
export function chaptersOf(texts: ReadonlyMap<string, string>): Chapters {
  const chapters = new Map<string, Set<string>>();
  for (const [name, text] of texts) {
    const number = /^(\d\d)-/.exec(name)?.[1];
    if (number === undefined) continue;
    const sections = chapters.get(number) ?? new Set<string>();
    for (const [, heading, row] of text.matchAll(HEADING)) sections.add(heading ?? row ?? '');
    chapters.set(number, sections);
  }
  return chapters;
}

/** The chapters of this tree. */
export function readChapters(): Chapters {
  const folder = path.join(ROOT, 'spec');
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.md'));
  return chaptersOf(
    new Map(names.map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')])),
  );
}

/** Whether a citation leads to a heading. */
export function isThere(chapters: Chapters, { chapter, section }: Citation): boolean {
  const sections = chapters.get(chapter);
  return sections !== undefined && (section === '' || sections.has(section));
}

const TOKEN = /\b(\d\d)\b(?!-)|§(\d+(?:\.\d+)*)/g;
const INLINE = /(?<![\w.§-])(\d\d) §(\d+(?:\.\d+)*)/g;

/** The citations of one text: those behind `Spec:`, and `07 §4.4` wherever it stands. */
export function citationsIn(file: string, text: string): readonly Citation[] {
  return text.split('\n').flatMap((content, index) => {
    const line = index + 1;
    const found = /Spec: (.*)/.exec(content)?.[1];
    if (found === undefined) {
      return [...content.matchAll(INLINE)].map(([, chapter = '', section = '']) => {
        return { file, line, chapter, section };
      });
    }
    // Other standards may be named behind the first sentence.
    const sentence = found.split(/\. (?=[A-Z])/)[0] ?? '';
    return citationsBehind(sentence).map((citation) => ({ file, line, ...citation }));
  });
}

function citationsBehind(sentence: string): readonly { chapter: string; section: string }[] {
  const found: { chapter: string; section: string }[] = [];
  let chapter = '';
  for (const [, number, section] of sentence.matchAll(TOKEN)) {
    if (number !== undefined) {
      chapter = number;
      found.push({ chapter, section: '' });
    } else if (section !== undefined) found.push({ chapter, section });
  }
  return found;
}

/** Every citation in sources and chapters of this tree. */
export function readCitations(): readonly Citation[] {
  const cites = (file: string): boolean =>
    /^(?:packages|apps|tests|bench)\/.*\.tsx?$/.test(file) || /^spec\/[^/]+\.md$/.test(file);
  return filesUnder(ROOT)
    .filter(cites)
    .flatMap((file) => citationsIn(file, fs.readFileSync(path.join(ROOT, file), 'utf8')));
}
