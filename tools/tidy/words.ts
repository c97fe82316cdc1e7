/**
 * What no committed text may carry: a path or an address of the machine it was written on, words
 * about how it came to be written, and reminders that remind nobody of anything.
 */
import type { Problem, TreeView } from './tree-view.ts';

interface Refused {
  readonly pattern: RegExp;
  readonly why: string;
  /** Refused in texts for people, but fine in sources. */
  readonly isProseOnly?: boolean;
}

const MACHINE = 'a path of one machine means nothing on another';
const HOST = 'the address of a registry belongs in each person’s own settings';
const WORKPLACE = 'says how this was written; a text speaks of the product alone';

/** Words are spelled in two halves, so that this file does not refuse itself. */
const spelled = (...halves: readonly string[]): string => halves.join('');
const anyOf = (...words: readonly string[]): RegExp =>
  new RegExp(`\\b(?:${words.join('|')})\\b`, 'i');

const REFUSED: readonly Refused[] = [
  {
    pattern: new RegExp(`(?:^|[\\s"'\`(=:])/(?:${spelled('wo', 'rk')}|${spelled('ro', 'ot')})/`),
    why: MACHINE,
  },
  { pattern: new RegExp(spelled('/tmp/', 'bash')), why: MACHINE },
  { pattern: /\bregistry\.[a-z0-9-]+\.[a-z]/i, why: HOST },
  { pattern: new RegExp(`\\b${spelled('npm', 'js')}\\.(?:org|com)\\b`, 'i'), why: HOST },
  {
    pattern: anyOf(spelled('Cla', 'ude'), spelled('Anthr', 'opic'), spelled('L', 'LMs?')),
    why: WORKPLACE,
  },
  // By itself the word is of the trade: a browser's name, a bank that acts for a party, an HTTP pool.
  { pattern: anyOf(`(?:coding|AI|sub)[- ]?${spelled('age', 'nts?')}`), why: WORKPLACE },
  {
    pattern: anyOf(`(?:the|this|an|another|other) ${spelled('age', 'nts?')}`),
    why: WORKPLACE,
    isProseOnly: true,
  },
  { pattern: new RegExp(`\\b(?:issue|pull request|PR) ${spelled('#', '')}`, 'i'), why: WORKPLACE },
  {
    pattern: anyOf(
      spelled('session', ' limits?'),
      spelled('context', ' window'),
      spelled('this', ' workplace'),
      spelled('system', ' prompt'),
    ),
    why: WORKPLACE,
  },
];

/** A reminder has to say what is to be done: three words at least. */
const BARE_REMINDER = new RegExp(
  `\\b(?:${spelled('FIX', 'ME')}|${spelled('HA', 'CK')})\\b|\\b${spelled('TO', 'DO')}\\b(?!: (?:\\S+ ){2,}\\S)`,
);
const SILENCED = new RegExp(
  `${spelled('eslint-', 'disable')}(?:-next-line|-line)?\\b(?!.* -- \\S)`,
);

export function wordProblems(view: TreeView): Problem[] {
  return [...view.files].flatMap(([file, text]) =>
    file.endsWith('package-lock.json') ? lockProblems(file, text) : textProblems(file, text),
  );
}

function textProblems(file: string, text: string): Problem[] {
  const isSource = /\.(?:ts|tsx|js|mjs)$/.test(file);
  return text.split('\n').flatMap((content, index) => {
    const messages = REFUSED.flatMap(({ pattern, why, isProseOnly = false }) => {
      if (isSource && isProseOnly) return [];
      const found = pattern.exec(content);
      return found === null ? [] : [`"${found[0].trim()}" ${why}`];
    });
    if (isSource && BARE_REMINDER.test(content)) {
      messages.push('a reminder that does not say what is to be done');
    }
    if (isSource && SILENCED.test(content)) {
      messages.push('silences a rule without its reason after " -- "');
    }
    return messages.map((message) => ({ file, line: index + 1, message }));
  });
}

/** A lock file with addresses would send everybody to the registry of whoever wrote it. */
function lockProblems(file: string, text: string): Problem[] {
  const found = /"resolved": "(?:git|https?):/.exec(text);
  if (found === null) return [];
  const line = text.slice(0, found.index).split('\n').length;
  return [{ file, line, message: 'carries a download address; see .npmrc' }];
}
