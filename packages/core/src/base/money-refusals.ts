/**
 * Refusals 1000 to 1999: what cannot be read, and what is no money, no address or no coin. Invariant:
 * a number stands for one refusal for ever.
 *
 * Spec: refusals.
 * @module
 */
import { row, type RefusalEntry } from './refusal-row.ts';

export const MONEY_REFUSALS = {
  // 1000 – encoding. Nothing was read, so nothing happened.
  message_truncated: row(
    1001,
    400,
    '00 §5',
    'Nothing happened: the message ends too early.',
    '未作任何处理:消息不完整。',
  ),
  message_oversized: row(
    1002,
    413,
    '00 §5',
    'Nothing happened: the message is too large.',
    '未作任何处理:消息过大。',
  ),
  message_foreign: row(
    1003,
    400,
    '00 §5',
    'Nothing happened: this is not a Specie message.',
    '未作任何处理:这不是 Specie 消息。',
  ),
  message_type_unexpected: row(
    1004,
    400,
    '00 §5',
    'Nothing happened: this is another kind of message.',
    '未作任何处理:消息类型不符。',
  ),
  message_version_unknown: row(
    1005,
    400,
    '00 §5',
    'Nothing happened: the message has a version this program does not know. Update it.',
    '未作任何处理:消息版本未知,请更新程序。',
  ),
  message_trailing: row(
    1006,
    400,
    '00 §5',
    'Nothing happened: there are bytes behind the end of the message.',
    '未作任何处理:消息末尾有多余字节。',
  ),
  encoding_not_canonical: row(
    1007,
    400,
    '00 §4',
    'Nothing happened: the message is not in its one canonical form.',
    '未作任何处理:消息不是规范编码。',
  ),
  value_out_of_range: row(
    1008,
    400,
    '00 §4',
    'Nothing happened: a number is out of range.',
    '未作任何处理:数值超出范围。',
  ),
  field_too_long: row(
    1009,
    400,
    '00 §4',
    'Nothing happened: a field is too long.',
    '未作任何处理:字段过长。',
  ),
  text_invalid: row(
    1010,
    400,
    '00 §4',
    'Nothing happened: a text holds characters that are not allowed.',
    '未作任何处理:文本含有不允许的字符。',
  ),
  list_length_invalid: row(
    1011,
    400,
    '00 §4',
    'Nothing happened: a list has too few or too many entries.',
    '未作任何处理:列表项数不符。',
  ),
  list_not_sorted: row(
    1012,
    400,
    '00 §4',
    'Nothing happened: a list is not in its canonical order.',
    '未作任何处理:列表未按规范排序。',
  ),
  choice_unknown: row(
    1013,
    400,
    '00 §4',
    'Nothing happened: a field holds a choice that does not exist.',
    '未作任何处理:字段取值未知。',
  ),
  json_invalid: row(
    1014,
    400,
    '00 §6',
    'Nothing happened: a field of the JSON form does not fit.',
    '未作任何处理:JSON 字段不符合要求。',
  ),

  // 1100 – money and addresses.
  currency_unknown: row(
    1101,
    422,
    '01 §2',
    'No money moved: this currency is not known here.',
    '资金未动:未知币种。',
  ),
  amount_malformed: row(
    1102,
    422,
    '01 §4',
    'No money moved: write the amount in digits, such as 12.50.',
    '资金未动:请用数字填写金额,例如 12.50。',
  ),
  amount_too_fine: row(
    1103,
    422,
    '01 §4',
    'No money moved: the amount has more decimals than the currency.',
    '资金未动:金额的小数位超过该币种的最小单位。',
  ),
  amount_out_of_range: row(
    1104,
    422,
    '01 §3',
    'No money moved: the amount is too large or not above zero.',
    '资金未动:金额过大或不大于零。',
  ),
  address_malformed: row(
    1105,
    422,
    '05 §3',
    'No money moved: this is not a wallet address. Check for a mistyped letter.',
    '资金未动:钱包地址有误,请检查是否输错字符。',
  ),
  address_version_unknown: row(
    1106,
    422,
    '05 §3',
    'No money moved: the address is of a newer kind. Update your wallet.',
    '资金未动:地址版本较新,请更新钱包。',
  ),

  // 1200 – coins and terms.
  basket_invalid: row(
    1201,
    422,
    '03 §2',
    'Nothing was minted: the basket is not valid.',
    '未发行:货币篮子无效。',
  ),
  caveat_unknown: row(
    1202,
    422,
    '04 §1',
    'No money moved: the coin carries a condition this program does not know.',
    '资金未动:币上带有本程序不认识的条件。',
  ),
  caveat_malformed: row(
    1203,
    422,
    '04 §1',
    'No money moved: a condition of the coin cannot be read.',
    '资金未动:币上的条件无法读取。',
  ),
  coin_expired: row(
    1204,
    422,
    '04 §2',
    'No money moved: the coin has expired and can only be given back to the operator.',
    '资金未动:该币已到期,只能退回给运营机构。',
  ),
  payee_forbidden: row(
    1205,
    422,
    '04 §3',
    'No money moved: this money may only be paid to the payee it is meant for.',
    '资金未动:这笔钱只能付给指定收款人。',
  ),
} as const satisfies Readonly<Record<string, RefusalEntry>>;
