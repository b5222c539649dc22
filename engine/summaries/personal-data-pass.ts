import { z } from 'zod';
import type { PersonalDataMode } from '../core/personal-data-mode.ts';
import type { DataPart } from './frame-data.ts';
import type { ModelDoor } from './model-door.ts';
import { NoAnswer } from './no-answer.ts';
import type { Question } from './question.ts';

const INSTRUCTIONS = `You mark personal data in text, so that it can be masked before the text goes elsewhere. List every name of a
person (given and family name together where they stand together), every postal address and every other detail that points at one private
person: birth dates, licence plates, account names made of a person's name. Copy each exactly as it stands in the text, without what
stands around it. Leave out names of companies, products, programs, files, tools, agents and places that are no addresses, and all
placeholders in brackets. An empty list is a good answer.`;

const KINDS = ['name', 'address', 'other'] as const;
const answerForm = z.strictObject({
  items: z.array(z.strictObject({ kind: z.enum(KINDS), text: z.string() })).transform((items) => items.slice(0, 200)),
});
type Item = z.output<typeof answerForm>['items'][number];

/** Characters of a batch; parts are cut between lines. */
const BATCH = 6_000;
const OUTPUT_TOKENS = 1_500;
const LENGTH = { least: 3, most: 200 } as const;
/** A pass that would mask more than this share was talked into blinding whoever reads the text. */
const MOST_MASKED = 0.3;
/** Words of ours that a transcript is made of. */
const OURS =
  /^(?:s\d+|session|spans?|traces?|agents?|rule|found|request|call|read|answer|error|guardrail|claim|severity)$/i;

/**
 * A door that masks what a model of your own tags as personal data in everything that goes to the provider. What the
 * tagging model answers can take text away, never add any: strings that do not occur in the text are ignored. When it fails, `tag` goes
 * on with what patterns found, and `required` throws NoAnswer: nothing is sent.
 */
export function withPersonalDataPass(door: ModelDoor, mode: () => Promise<PersonalDataMode>): ModelDoor {
  async function itemsOf(text: string, question: Question<unknown>): Promise<Item[]> {
    const items: Item[] = [];
    for (const batch of batchesOf(text)) {
      const { answer } = await door.ask({
        purpose: 'personal_data',
        subject: question.subject,
        instructions: INSTRUCTIONS,
        data: [{ name: 'text', text: batch }],
        schemaName: 'personal_data',
        schema: answerForm,
        maxOutputTokens: OUTPUT_TOKENS,
        signal: question.signal,
      });
      items.push(...answer.items);
    }
    return items;
  }

  async function masked(question: Question<unknown>): Promise<DataPart[]> {
    const redact = await door.redactor();
    const parts = question.data.map(({ name, text }) => ({ name, text: redact(text) }));
    const items: Item[] = [];
    for (const { text } of parts) items.push(...(await itemsOf(text, question)));
    return maskPersonalData(parts, items);
  }

  return {
    ...door,
    async ask(question) {
      if (question.purpose === 'personal_data') return door.ask(question);
      const how = await mode();
      if (how === 'off' || (await door.configured()) === undefined) return door.ask(question);
      let data = question.data;
      try {
        data = await masked(question as Question<unknown>);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        // That there is no model for the pass must not look like there being none at all.
        if (how === 'required') throw error.reason === 'none' ? new NoAnswer('refused') : error;
      }
      return door.ask({ ...question, data });
    },
  };
}

/** The parts with every item that occurs in them replaced, the same everywhere. Throws NoAnswer when that would be most of the text. */
export function maskPersonalData(parts: readonly DataPart[], items: readonly Item[]): DataPart[] {
  const placeholders = new Map<string, string>();
  // The longest first: a family name alone must not tear a full name apart.
  for (const { kind, text } of items.toSorted((a, b) => b.text.length - a.text.length)) {
    const found = text.trim();
    if (found.length < LENGTH.least || found.length > LENGTH.most || OURS.test(found) || /[[\]\n]/.test(found))
      continue;
    if (!placeholders.has(found)) placeholders.set(found, `[${kind.toUpperCase()}:m${placeholders.size + 1}]`);
  }
  let all = 0;
  let gone = 0;
  const masked = parts.map(({ name, text }) => {
    all += text.length;
    let rest = text;
    for (const [found, placeholder] of placeholders) {
      const pieces = splitAtWords(rest, found);
      gone += (pieces.length - 1) * found.length;
      rest = pieces.join(placeholder);
    }
    return { name, text: rest };
  });
  if (gone > all * MOST_MASKED) throw new NoAnswer('unreadable');
  return masked;
}

const WORD = /[\p{L}\p{N}]/u;
const PLACEHOLDER = /(\[[A-Z_]{2,30}:\w{1,40}\])/;

/** The text between the occurrences of `found` as words of their own, outside of placeholders. */
function splitAtWords(text: string, found: string): string[] {
  const pieces = [''];
  text.split(PLACEHOLDER).forEach((stretch, index) => {
    const [first = '', ...rest] = index % 2 === 1 ? [stretch] : splitStretch(stretch, found);
    pieces.push(`${pieces.pop()}${first}`, ...rest);
  });
  return pieces;
}

function splitStretch(text: string, found: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (let at = text.indexOf(found); at !== -1; at = text.indexOf(found, at + found.length)) {
    const end = at + found.length;
    if (WORD.test(text[at - 1] ?? '') || WORD.test(text[end] ?? '')) continue;
    pieces.push(text.slice(start, at));
    start = end;
  }
  return [...pieces, text.slice(start)];
}

function batchesOf(text: string): string[] {
  const batches: string[] = [];
  let batch = '';
  for (const line of text.split('\n')) {
    if (batch !== '' && batch.length + line.length >= BATCH) {
      batches.push(batch);
      batch = '';
    }
    batch += batch === '' ? line : `\n${line}`;
  }
  if (batch.trim() !== '') batches.push(batch);
  return batches;
}
