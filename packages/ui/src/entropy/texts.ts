/**
 * The words around the entropy page, each language written by itself; what stands inside comes with
 * the fragment.
 * @module
 */
export interface EntropyTexts {
  readonly title: string;
  readonly lead: string;
  readonly back: string;
  readonly link: string;
  readonly reading: string;
  readonly silent: string;
  readonly languages: string;
}

export const ENTROPY_TEXTS: Readonly<Record<'en' | 'zh', EntropyTexts>> = {
  en: {
    title: 'Where chance comes from',
    lead: 'Every coin’s identity is drawn from several sources at once; one good one is enough. Each is tested all the time, and one that fails is dropped. The samples drawn here are shown and never used.',
    back: 'Back to the system',
    link: 'Randomness',
    reading: 'Testing the sources …',
    silent: 'The page’s service does not answer at present. Trying again.',
    languages: 'Pages and languages',
  },
  zh: {
    title: '随机性从哪里来',
    lead: '每枚币的标识同时取自多个来源,只要一个可靠就够了。每个来源都在持续检测,不合格的立即停用。这里画出的样本仅供展示,绝不使用。',
    back: '返回系统状态',
    link: '随机性',
    reading: '正在检测各来源……',
    silent: '服务暂时没有应答,正在重试。',
    languages: '页面与语言',
  },
};
