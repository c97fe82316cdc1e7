/**
 * The shell of the status page: words and places, filled in the browser by packages/ui. It needs no
 * build: scripts are served from their TypeScript sources with the types taken off.
 *
 * @module
 */
import { STATUS_TEXTS } from '@specie/ui/status/texts';

export type Language = 'en' | 'zh';

/** The language of a request: `?lang=` first, then what the browser prefers. */
export function languageOf(url: URL, acceptLanguage: string | null): Language {
  const asked = url.searchParams.get('lang');
  if (asked === 'en' || asked === 'zh') return asked;
  return /^\s*zh\b/i.test(acceptLanguage ?? '') ? 'zh' : 'en';
}

/** The page as HTML. */
export function statusPage(language: Language): string {
  const texts = STATUS_TEXTS[language];
  const other = language === 'en' ? { lang: 'zh', name: '中文' } : { lang: 'en', name: 'English' };
  const section = (id: string, title: string, lead: string, style = ''): string => `
      <section class="sheet ${style}" aria-labelledby="${id}-title">
        <div><h2 id="${id}-title">${title}</h2>${lead === '' ? '' : `<p class="quiet small">${lead}</p>`}</div>
        <div id="${id}" class="${id}"></div>
      </section>`;
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Specie</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/ui/style.css">
    <link rel="stylesheet" href="/ui/status/status.css">
    <script type="module" src="/ui/status/status.ts"></script>
  </head>
  <body>
    <div class="page">
      <header class="page-head">
        <div id="face" class="face"></div>
        <div>
          <p class="quiet small">Specie · <span id="authority-name"></span></p>
          <h1>${texts.title}</h1>
          <p class="quiet">${texts.lead}</p>
        </div>
        <nav><a href="/?lang=${other.lang}" lang="${other.lang}" hreflang="${other.lang}">${other.name}</a></nav>
      </header>
      <p id="notice" role="status" class="sheet" hidden></p>
      <main>
        ${section('supplies', texts.supply, texts.supplyLead)}
        ${section('operators', texts.operators, '')}
        ${section('movements', texts.payments, '', 'half')}
        ${section('letters', texts.codes, texts.codesLead, 'half')}
        <section class="sheet half" aria-labelledby="begin-title">
          <div><h2 id="begin-title">${texts.begin}</h2><p class="quiet small">${texts.beginLead}</p></div>
          <pre id="commands" tabindex="0"></pre>
        </section>
        ${section('accounts', texts.bank, texts.bankLead, 'half')}
        <section class="sheet" aria-labelledby="authority-title">
          <h2 id="authority-title">${texts.fingerprint}</h2>
          <p id="fingerprint" class="mono"></p>
        </section>
      </main>
    </div>
  </body>
</html>
`;
}
