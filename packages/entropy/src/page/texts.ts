/**
 * The words of the page of the pool, each language written by itself. Reasons for which a source was
 * dropped or draws are refused are given as they were recorded.
 * @module
 */
import type { EntropyReport, SourceReport, Standing } from '../report.ts';

export type PageLanguage = 'en' | 'zh';

export interface PageTexts {
  readonly label: string;
  readonly goesOn: (standing: readonly Standing[]) => string;
  readonly stopped: (reason: string) => string;
  readonly state: string;
  readonly starting: string;
  readonly good: string;
  readonly dropped: (reason: string) => string;
  readonly claimed: string;
  readonly claimedText: (source: SourceReport) => string;
  readonly estimated: string;
  readonly notYet: string;
  readonly credited: string;
  readonly bitsPerSample: (bits: number) => string;
  readonly rate: string;
  readonly rateText: (perSecond: number) => string;
  readonly tested: string;
  readonly testedText: (samples: number) => string;
  readonly given: string;
  readonly givenText: (source: SourceReport) => string;
  readonly alarm: string;
  readonly alarmText: (cutoffs: SourceReport['cutoffs']) => string;
  readonly values: string;
  readonly valuesName: (about: string) => string;
  readonly correlation: string;
  readonly correlationName: (about: string, lags: number) => string;
  readonly bits: string;
  readonly bitsName: (about: string) => string;
  readonly about: (source: SourceReport) => string;
}

const count = (value: number, language: string): string =>
  Math.round(value).toLocaleString(language);

const EN: PageTexts = {
  label: 'Randomness',
  goesOn: (standing) =>
    `Minting can go on. Behind it stand ${standing.map(({ id, bits }) => `${id} with ${bits} bits`).join(', ')}.`,
  stopped: (reason) => `Minting has stopped: ${reason}.`,
  state: 'State',
  starting: 'being tested',
  good: 'good',
  dropped: (reason) => `dropped: ${reason}`,
  claimed: 'Claimed',
  claimedText: ({ claimedBits, sampleBits }) => `${claimedBits} of ${sampleBits} bits per sample`,
  estimated: 'Estimated at the start',
  notYet: 'not yet',
  credited: 'Credited',
  bitsPerSample: (bits) => `${bits.toFixed(3)} bits per sample`,
  rate: 'Rate',
  rateText: (perSecond) => `${count(perSecond, 'en')} samples per second`,
  tested: 'Tested',
  testedText: (samples) => `${count(samples, 'en')} samples`,
  given: 'Given',
  givenText: ({ blocks, creditedBits }) =>
    `${count(blocks, 'en')} blocks, ${count(Math.floor(creditedBits), 'en')} bits credited`,
  alarm: 'Alarm at',
  alarmText: ({ repetition, proportion, window }) =>
    `${repetition} in a row, ${proportion} in ${window}`,
  values: 'Values',
  valuesName: (about) => `How often each value came from ${about}`,
  correlation: 'Autocorrelation',
  correlationName: (about, lags) => `How much a sample of ${about} says of the next ${lags}`,
  bits: 'Bits',
  bitsName: (about) => `The latest bits of ${about}`,
  about: ({ about }) => about,
};

/** Sources that every machine has, by their names. */
const SOURCES_ZH: Readonly<Record<string, string>> = {
  os: '操作系统随机数',
  jitter: '计时抖动',
  hwrng: '硬件随机数发生器',
};

const ZH: PageTexts = {
  label: '随机性',
  goesOn: (standing) =>
    `可以发行。目前支撑发行的来源:${standing.map(({ id, bits }) => `${id}(${bits} 比特)`).join('、')}。`,
  stopped: (reason) => `发行已停止:${reason}。`,
  state: '状态',
  starting: '检测中',
  good: '正常',
  dropped: (reason) => `已停用:${reason}`,
  claimed: '声明值',
  claimedText: ({ claimedBits, sampleBits }) =>
    `每个样本 ${sampleBits} 比特中有 ${claimedBits} 比特`,
  estimated: '启动时估计',
  notYet: '尚无',
  credited: '计入',
  bitsPerSample: (bits) => `每个样本 ${bits.toFixed(3)} 比特`,
  rate: '速率',
  rateText: (perSecond) => `每秒 ${count(perSecond, 'zh-CN')} 个样本`,
  tested: '已检测',
  testedText: (samples) => `${count(samples, 'zh-CN')} 个样本`,
  given: '已提供',
  givenText: ({ blocks, creditedBits }) =>
    `${count(blocks, 'zh-CN')} 块,计入 ${count(Math.floor(creditedBits), 'zh-CN')} 比特`,
  alarm: '告警阈值',
  alarmText: ({ repetition, proportion, window }) =>
    `连续 ${repetition} 次相同,或 ${window} 个中出现 ${proportion} 次`,
  values: '取值分布',
  valuesName: (about) => `${about}各取值出现的次数`,
  correlation: '自相关',
  correlationName: (about, lags) => `${about}的样本与其后 ${lags} 个样本的相关程度`,
  bits: '比特图',
  bitsName: (about) => `${about}最新的比特`,
  about: ({ id, about }) => SOURCES_ZH[id] ?? about,
};

export const PAGE_TEXTS: Readonly<Record<PageLanguage, PageTexts>> = { en: EN, zh: ZH };

/** Whether money can be minted, and what stands behind it or why not. */
export function standingSentence(report: EntropyReport, texts: PageTexts): string {
  return report.refusal === undefined
    ? texts.goesOn(report.standing)
    : texts.stopped(report.refusal);
}

/** The state of a source in words, with the reason of a drop. */
export function stateSentence({ state }: SourceReport, texts: PageTexts): string {
  switch (state.at) {
    case 'starting':
      return texts.starting;
    case 'good':
      return texts.good;
    case 'dropped':
      return texts.dropped(state.drop.reason);
  }
}
