import { BUILT_IN_RULES } from '../../../engine/redaction/redaction-policy.ts';
import { expandExample } from './expand-example.ts';

const WORDS =
  'the agent said please send it to account with order number and then wait for reply while token usage is max_tokens=4096 about 12 of 345 items at 10:30 on 2026-11-21 see config.json'.split(
    ' ',
  );
const NAMES = [
  'password',
  'api_key',
  'TOKEN',
  'secret',
  'Authorization',
  'Cookie',
  '--password',
  'client_secret',
  'pin',
  'phone',
  'key',
  'DB_PASSWORD',
];
const OPERATORS = ['=', ': ', ' = ', '": "', ' ', ' is ', '=>', ':"', '\\": \\"', '>'];
const MARKS = [
  '"',
  "'",
  '\n',
  '\\n',
  '\\',
  '%',
  '%20',
  ',',
  ';',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '<',
  '>',
  '&',
  '?',
  '|',
  '@',
  ':',
  '/',
  '://',
  '-',
  '+',
  ' ',
];
const TOKENS = [
  '[EMAIL:k3f9]',
  '[PASSWORD:0000]',
  '[UNCLASSIFIED:zzzz]',
  '[EMAIL:k3f',
  'EMAIL:k3f9]',
  '[NOT_A_KIND:abcd]',
  '[API_KEY:toolong1]',
];

/** One of the table's examples, filled, with the range of its secret. */
export function anyExample(random: () => number): { text: string; secret: string; kind: string } {
  const rule = BUILT_IN_RULES[Math.floor(random() * BUILT_IN_RULES.length)]!;
  const { text, start, end } = expandExample(rule.examples[Math.floor(random() * rule.examples.length)]!, random);
  return { text, secret: text.slice(start, end), kind: rule.kind };
}

/** Text made of words, names, operators, marks, tokens real and forged, and secrets, in any order: what nobody would write. */
export function hostileText(random: () => number, pieces: number): string {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)]!;
  let text = '';
  for (let piece = 0; piece < pieces; piece++) {
    const dice = random();
    if (dice < 0.25) text += pick(WORDS);
    else if (dice < 0.4) text += pick(NAMES);
    else if (dice < 0.55) text += pick(OPERATORS);
    else if (dice < 0.75) text += pick(MARKS);
    else if (dice < 0.8) text += pick(TOKENS);
    else if (dice < 0.9) text += anyExample(random).text;
    else text += Math.floor(random() * 10 ** Math.ceil(random() * 16)).toString(random() < 0.5 ? 10 : 36);
    if (random() < 0.4) text += ' ';
  }
  return text;
}
