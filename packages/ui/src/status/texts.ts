/**
 * The words of the status page, each language written by itself.
 * @module
 */
export interface StatusTexts {
  readonly title: string;
  readonly lead: string;
  readonly supply: string;
  readonly supplyLead: string;
  readonly inCirculation: string;
  readonly minted: string;
  readonly retired: string;
  readonly outstanding: string;
  readonly reserves: string;
  readonly adds: string;
  readonly differs: string;
  readonly operators: string;
  readonly operator: string;
  readonly name: string;
  readonly state: string;
  readonly ready: string;
  readonly starting: string;
  readonly wallets: string;
  readonly paymentsToday: string;
  readonly stock: string;
  readonly payments: string;
  readonly paymentsNone: string;
  readonly when: string;
  readonly what: string;
  readonly coin: string;
  readonly amount: string;
  readonly codes: string;
  readonly codesLead: string;
  readonly codesNone: string;
  readonly to: string;
  readonly code: string;
  readonly bank: string;
  readonly bankLead: string;
  readonly bankNone: string;
  readonly account: string;
  readonly balance: string;
  readonly begin: string;
  readonly beginLead: string;
  readonly silent: string;
  readonly fingerprint: string;
  readonly verbs: Readonly<Record<string, string>>;
}

export const STATUS_TEXTS: Readonly<Record<'en' | 'zh', StatusTexts>> = {
  en: {
    title: 'A mint, two operators and everyone’s money',
    lead: 'This system runs on this machine alone. The money in it is for trying things out.',
    supply: 'Supply',
    supplyLead: 'What was minted, less what was retired, is what is out there. Always.',
    inCirculation: 'outstanding',
    minted: 'Minted',
    retired: '− Retired',
    outstanding: '= Outstanding',
    reserves: 'Reserves behind it',
    adds: 'The sum adds up and reserves cover it.',
    differs: 'The sum does not add up. Stop and look.',
    operators: 'Operators',
    operator: 'Operator',
    name: 'Name',
    state: 'State',
    ready: 'ready',
    starting: 'not ready',
    wallets: 'Wallets',
    paymentsToday: 'Payments today',
    stock: 'In stock',
    payments: 'Last movements',
    paymentsNone: 'Nothing has moved yet. Open two wallets and pay.',
    when: 'When',
    what: 'What',
    coin: 'Coin',
    amount: 'Amount',
    codes: 'Codes sent',
    codesLead: 'A real operator sends these to phones and mailboxes.',
    codesNone: 'No code was sent yet.',
    to: 'To',
    code: 'Code',
    bank: 'Test bank',
    bankLead:
      'Any account TB-0001 to TB-9999 opens with 100,000.00 of each currency at its first use.',
    bankNone: 'No account was used yet.',
    account: 'Account',
    balance: 'Balance',
    begin: 'Begin',
    beginLead: 'In a second terminal, in the same folder:',
    silent: 'The services do not answer at present. Trying again.',
    fingerprint: 'Authority',
    verbs: {
      issue: 'Minted',
      transfer: 'Paid',
      merge: 'Joined',
      redeem: 'Given back',
      retire: 'Retired',
      policy: 'Reserve policy set',
      admit: 'Operator admitted',
    },
  },
  zh: {
    title: '一家发行机构、两家运营机构,还有大家的钱',
    lead: '本系统只在这台机器上运行,其中的钱仅供试用。',
    supply: '发行总账',
    supplyLead: '发行减去回笼,就是流通在外的钱,分毫不差。',
    inCirculation: '流通在外',
    minted: '累计发行',
    retired: '− 累计回笼',
    outstanding: '= 流通在外',
    reserves: '准备金',
    adds: '账目相符,准备金足额。',
    differs: '账目不符,请立即停下查看。',
    operators: '运营机构',
    operator: '运营机构',
    name: '名称',
    state: '状态',
    ready: '正常',
    starting: '未就绪',
    wallets: '钱包',
    paymentsToday: '今日付款',
    stock: '库存',
    payments: '最近的资金变动',
    paymentsNone: '还没有变动。开两个钱包,付一笔试试。',
    when: '时间',
    what: '事项',
    coin: '币',
    amount: '金额',
    codes: '已发验证码',
    codesLead: '真实的运营机构会把它们发到手机和邮箱。',
    codesNone: '还没有发出验证码。',
    to: '收件人',
    code: '验证码',
    bank: '测试银行',
    bankLead: '账户 TB-0001 至 TB-9999,首次使用时每个币种各有 100,000.00。',
    bankNone: '还没有使用过账户。',
    account: '账户',
    balance: '余额',
    begin: '开始使用',
    beginLead: '另开一个终端,在同一文件夹中输入:',
    silent: '服务暂时没有应答,正在重试。',
    fingerprint: '发行机构',
    verbs: {
      issue: '发行',
      transfer: '付款',
      merge: '合并',
      redeem: '兑回',
      retire: '回笼',
      policy: '设定准备金政策',
      admit: '准入运营机构',
    },
  },
};
