/**
 * The shells of the status page and of the entropy page: words and places, filled in the browser by
 * packages/ui. They need no build: scripts are served from their TypeScript sources with the types taken off.
 *
 * @module
 */
import { ENTROPY_TEXTS } from '@specie/ui/entropy/texts';
import { STATUS_TEXTS } from '@specie/ui/status/texts';

export type Language = 'en' | 'zh';

/** The language of a request: `?lang=` first, then what the browser prefers. */
export function languageOf(url: URL, acceptLanguage: string | null): Language {
  const asked = url.searchParams.get('lang');
  if (asked === 'en' || asked === 'zh') return asked;
  return /^\s*zh\b/i.test(acceptLanguage ?? '') ? 'zh' : 'en';
}

/** What both pages share: the frame, the face, the way to the other page and the other language. */
function frame(
  language: Language,
  page: {
    readonly path: string;
    readonly script: string;
    readonly styles: readonly string[];
    readonly title: string;
    readonly lead: string;
    readonly face: string;
    readonly over: string;
    readonly to: { readonly path: string; readonly name: string };
    readonly main: string;
  },
): string {
  const other = language === 'en' ? { lang: 'zh', name: '中文' } : { lang: 'en', name: 'English' };
  const otherTag = other.lang === 'zh' ? 'zh-CN' : 'en';
  const styles = ['style.css', 'status/status.css', ...page.styles]
    .map((file) => `<link rel="stylesheet" href="/ui/${file}">`)
    .join('\n    ');
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${page.title} · Specie</title>
    <link rel="icon" href="data:,">
    ${styles}
    <script type="module" src="/ui/${page.script}"></script>
  </head>
  <body>
    <div class="page">
      <header class="page-head">
        ${page.face}
        <div>
          ${page.over}
          <h1>${page.title}</h1>
          <p class="quiet">${page.lead}</p>
        </div>
        <nav aria-label="${ENTROPY_TEXTS[language].languages}">
          <a href="${page.to.path}?lang=${language}">${page.to.name}</a>
          <a href="${page.path}?lang=${other.lang}" lang="${otherTag}" hreflang="${otherTag}">${other.name}</a>
        </nav>
      </header>
      ${page.main}
    </div>
  </body>
</html>
`;
}

/** The status page as HTML. */
export function statusPage(language: Language): string {
  const texts = STATUS_TEXTS[language];
  // What scrolls stays while its table is renewed, so that whoever is in it with the keyboard stays there.
  const scroll = (id: string): string =>
    ` tabindex="0" role="region" aria-labelledby="${id}-title"`;
  const section = (id: string, title: string, lead: string, style = ''): string => `
        <section class="sheet ${style}" aria-labelledby="${id}-title">
          <div><h2 id="${id}-title">${title}</h2>${lead === '' ? '' : `<p class="quiet small">${lead}</p>`}</div>
          <div id="${id}" class="${id === 'supplies' ? id : 'scroll'}"${id === 'supplies' ? '' : scroll(id)}></div>
        </section>`;
  return frame(language, {
    path: '/',
    script: 'status/status.ts',
    styles: [],
    title: texts.title,
    lead: texts.lead,
    face: '<div id="face" class="face" aria-hidden="true"></div>',
    over: '<p class="quiet small">Specie · <span id="authority-name"></span></p>',
    to: { path: '/entropy', name: ENTROPY_TEXTS[language].link },
    main: `<p id="notice" role="status" class="sheet" hidden></p>
      <main>
        ${section('supplies', texts.supply, texts.supplyLead)}
        ${section('operators', texts.operators, '')}
        ${section('movements', texts.payments, '', 'half')}
        ${section('letters', texts.codes, texts.codesLead, 'half')}
        <section class="sheet half" aria-labelledby="begin-title">
          <div><h2 id="begin-title">${texts.begin}</h2><p class="quiet small">${texts.beginLead}</p></div>
          <pre id="commands" tabindex="0" role="region" aria-labelledby="begin-title"></pre>
        </section>
        ${section('accounts', texts.bank, texts.bankLead, 'half')}
        <section class="sheet" aria-labelledby="authority-title">
          <h2 id="authority-title">${texts.fingerprint}</h2>
          <p id="fingerprint" class="mono"></p>
        </section>
      </main>`,
  });
}

/** The page of the sources of randomness as HTML; its sources are put in by its script. */
export function entropyShell(language: Language): string {
  const texts = ENTROPY_TEXTS[language];
  return frame(language, {
    path: '/entropy',
    script: 'entropy/entropy.ts',
    styles: ['entropy/entropy.css'],
    title: texts.title,
    lead: texts.lead,
    face: '',
    over: '<p class="quiet small">Specie</p>',
    to: { path: '/', name: texts.back },
    main: `<main>
        <p id="standing" class="sheet whole" role="status">${texts.reading}</p>
        <div id="sources" class="sources"></div>
      </main>`,
  });
}
