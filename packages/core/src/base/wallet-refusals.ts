/**
 * Refusals 7000 to 7999: what the wallet and its command line refuse on the holder's own device.
 * Invariant: a number stands for one refusal for ever.
 *
 * Spec: refusals.
 * @module
 */
import { row, type RefusalEntry } from './refusal-row.ts';

export const WALLET_REFUSALS = {
  // 7000 – the wallet and its command line.
  funds_insufficient: row(
    7001,
    422,
    '05 §7',
    'No money moved: you have too little money in this currency.',
    '资金未动:该币种余额不足。',
  ),
  funds_reserved: row(
    7002,
    409,
    '05 §7',
    'No money moved: part of your money is still in another payment. Wait for it to end, then pay again.',
    '资金未动:部分资金正用于另一笔付款,请待其完成后再付。',
  ),
  funds_scattered: row(
    7003,
    422,
    '05 §7',
    'No money moved: the amount lies in too many small parts. Tidy your wallet, then pay again.',
    '资金未动:金额分散在过多小额中,请先整理钱包再付款。',
  ),
  words_miscounted: row(
    7004,
    422,
    '05 §6',
    'Nothing was brought back: there must be 24 words.',
    '未恢复:助记词应为 24 个。',
  ),
  words_unknown: row(
    7005,
    422,
    '05 §6',
    'Nothing was brought back: one of the words is not on the list. Check its spelling.',
    '未恢复:有一个词不在词表中,请检查拼写。',
  ),
  words_checksum: row(
    7006,
    422,
    '05 §6',
    'Nothing was brought back: the words do not belong together. One is wrong or two have changed places.',
    '未恢复:助记词不匹配,可能有误或顺序颠倒。',
  ),
  storage_in_use: row(
    7007,
    423,
    '05 §12',
    'Nothing happened: another program has this wallet open. Close it and try again.',
    '未作任何处理:此钱包已在另一程序中打开,请先关闭。',
  ),
  storage_newer: row(
    7008,
    409,
    '05 §12',
    'Nothing happened: this wallet was written by a newer program. Update this one.',
    '未作任何处理:此钱包由较新的程序写入,请更新本程序。',
  ),
  storage_damaged: row(
    7009,
    409,
    '05 §12',
    'Nothing happened: this file is no wallet or is damaged. Your 24 words bring your money back.',
    '未作任何处理:文件不是钱包或已损坏,可用 24 个助记词恢复资金。',
  ),
  wallet_missing: row(
    7010,
    404,
    '05 §6',
    'Nothing happened: there is no wallet here yet. Open one, or recover one from its words.',
    '未作任何处理:这里还没有钱包,请先开立或用助记词恢复。',
  ),
  wallet_present: row(
    7011,
    409,
    '05 §6',
    'Nothing changed: there is a wallet here already.',
    '未变更:这里已有钱包。',
  ),
  trust_missing: row(
    7012,
    422,
    '05 §6',
    'Nothing happened: say which authority you trust by its fingerprint, sa1…',
    '未作任何处理:请指明所信任的货币当局指纹(sa1…)。',
  ),
  operator_unreachable: row(
    7013,
    503,
    '05 §8',
    'Nothing changed: the other side cannot be reached. Try again when the network is back.',
    '未变更:无法连接对方,请在网络恢复后重试。',
  ),
  answer_unbelieved: row(
    7014,
    409,
    '05 §8',
    'The answer of the operator does not hold and was not believed. Nothing more was shown to it.',
    '运营机构的应答不成立,未予采信,也未再向其出示任何内容。',
  ),
  account_contradicted: row(
    7015,
    409,
    '05 §9',
    "The operator's account of your money has a gap. Nothing was booked; keep your wallet as it is and ask the operator.",
    '运营机构提供的资金记录有缺漏,未入账。请保持钱包现状并联系运营机构。',
  ),
  not_confirmed: row(
    7016,
    409,
    '05 §8',
    'No money moved: the payment was not confirmed.',
    '资金未动:付款未确认。',
  ),
  argument_unknown: row(
    7017,
    400,
    '12 §1',
    'Nothing happened: there is no such command or option. Try --help.',
    '未作任何处理:没有这个命令或选项,请用 --help 查看。',
  ),
  argument_missing: row(
    7018,
    400,
    '12 §1',
    'Nothing happened: something is missing from the command. Try --help.',
    '未作任何处理:命令缺少内容,请用 --help 查看。',
  ),
  argument_invalid: row(
    7019,
    400,
    '12 §1',
    'Nothing happened: this value does not fit. Try --help.',
    '未作任何处理:该值不符合要求,请用 --help 查看。',
  ),
} as const satisfies Readonly<Record<string, RefusalEntry>>;
