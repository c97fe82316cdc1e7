/**
 * Keeps the entropy page live: fetches its fragment every second and puts it in place. The sentence
 * that says whether minting can go on is left alone as long as it says the same, so that nobody has
 * it read out again every second. The fragment is our own and everything in it is escaped.
 *
 * @module
 */
import { ENTROPY_TEXTS } from './texts.ts';

const POLL_MS = 1000;
const language: 'en' | 'zh' = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
const status = document.getElementById('standing');
const sources = document.getElementById('sources');

function say(text: string): void {
  if (status !== null && status.textContent !== text) status.textContent = text;
}

function draw(fragment: string): void {
  const parsed = new DOMParser().parseFromString(fragment, 'text/html');
  say(parsed.querySelector('[role=status]')?.textContent ?? '');
  sources?.replaceChildren(...parsed.querySelectorAll('article'));
}

async function poll(): Promise<void> {
  try {
    const response = await fetch(`/entropy.html?lang=${language}`, { cache: 'no-store' });
    if (!response.ok) throw new Error(String(response.status));
    draw(await response.text());
  } catch {
    say(ENTROPY_TEXTS[language].silent);
  }
  setTimeout(() => void poll(), POLL_MS);
}

void poll();
