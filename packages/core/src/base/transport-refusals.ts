/**
 * Refusals 9000 to 9099: what cannot be carried from device to device, or was not carried whole.
 * Carrying moves no money by itself, and each sentence says so first. Invariant: a number stands for
 * one refusal for ever.
 *
 * Spec: refusals, 13.
 * @module
 */
import { row, type RefusalEntry } from './refusal-row.ts';

export const TRANSPORT_REFUSALS = {
  // 9000 – codes, pictures and files between devices.
  frame_foreign: row(
    9001,
    415,
    '13 §2',
    'Nothing was read: this is not a Specie code or file.',
    '未读取:这不是 Specie 码或文件。',
  ),
  frame_damaged: row(
    9002,
    422,
    '13 §2',
    'Nothing was taken: this part was damaged on its way. Show it again.',
    '未采用:此部分在传递中损坏,请重新出示。',
  ),
  frame_misshapen: row(
    9003,
    400,
    '13 §4',
    'Nothing was taken: the sizes in this part do not fit together.',
    '未采用:此部分的长度自相矛盾。',
  ),
  parts_contradictory: row(
    9004,
    422,
    '13 §5',
    'Nothing was read: the parts do not make up the message they name. They were thrown away; show them again.',
    '未读取:各部分拼不成所标明的消息,已丢弃,请重新出示。',
  ),
  parts_missing: row(
    9005,
    422,
    '13 §5',
    'Nothing was read yet: some parts are missing. Show the rest.',
    '尚未读完:还缺部分内容,请继续出示。',
  ),
  message_uncarriable: row(
    9006,
    413,
    '13 §3',
    'Nothing was shown: this is too large for the form chosen. Show an animated code or write a file.',
    '未出示:内容过大,不适合所选形式,请用动态码或文件。',
  ),
  text_malformed: row(
    9007,
    400,
    '13 §6',
    'Nothing was read: this text is cut short or altered. Copy all of it.',
    '未读取:文本不完整或被改动,请完整复制。',
  ),
  picture_unreadable: row(
    9008,
    415,
    '13 §7',
    'Nothing was read: this picture cannot be opened. Use PNG or JPEG.',
    '未读取:无法打开图片,请使用 PNG 或 JPEG。',
  ),
  picture_oversized: row(
    9009,
    413,
    '13 §7',
    'Nothing was read: this picture is too large. Take a smaller one.',
    '未读取:图片过大,请换较小的图片。',
  ),
  picture_without_code: row(
    9010,
    422,
    '13 §7',
    'Nothing was read: no code was found in this picture. Take it closer and sharper.',
    '未读取:图片中未找到码,请靠近并拍清晰些。',
  ),
  messages_several: row(
    9011,
    409,
    '13 §7',
    'Nothing was read: there is more than one message here. Give the pictures of one.',
    '未读取:其中有多条消息,请只提供同一条消息的图片。',
  ),
  file_unreadable: row(
    9012,
    404,
    '13 §7',
    'Nothing was read: this file cannot be opened.',
    '未读取:无法打开该文件。',
  ),
} as const satisfies Readonly<Record<string, RefusalEntry>>;
