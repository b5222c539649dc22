import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { maskPersonalData, withPersonalDataPass } from '../../../engine/summaries/personal-data-pass.ts';
import { scriptedDoor } from './scripted-door.ts';

const TEXT =
  's1 request: Write to Anna Kowalska, Lipowa 7, 00-123 Warszawa, about the invoice that is due this month.\ns2 answer: Anna was told; Annabelle was not. The other figures of the quarter are in the table below.';
const ITEMS = [
  { kind: 'name', text: 'Anna' },
  { kind: 'name', text: 'Anna Kowalska' },
  { kind: 'address', text: 'Lipowa 7, 00-123 Warszawa' },
];
const QUESTION = {
  purpose: 'summary',
  subject: 'one',
  instructions: 'Say something about it.',
  data: [{ name: 'transcript', text: TEXT }],
  schemaName: 'form',
  schema: z.strictObject({ said: z.string() }),
  maxOutputTokens: 100,
} as const;
const answers = (tags: string) => (_: unknown, purpose: string) =>
  purpose === 'personal_data' ? tags : '{"said":"yes"}';

describe('masking', () => {
  it('takes whole words, the longest first, the same everywhere', () => {
    const [part] = maskPersonalData([{ name: 't', text: TEXT }], ITEMS as never);
    expect(part!.text).toContain('Write to [NAME:m2], [ADDRESS:m1], about');
    expect(part!.text).toContain('[NAME:m3] was told; Annabelle was not');
  });

  it('leaves placeholders whole', () => {
    const text =
      'sent to [EMAIL:k3f9x] and to EMAIL and k3f9x, as was asked for in the message that came before this one';
    const [part] = maskPersonalData(
      [{ name: 't', text }],
      [
        { kind: 'name', text: 'EMAIL' },
        { kind: 'name', text: 'k3f9x' },
      ],
    );
    expect(part!.text).toContain('sent to [EMAIL:k3f9x] and to [NAME:m');
  });

  it('refuses to blind who reads the text', () => {
    expect(() =>
      maskPersonalData([{ name: 't', text: 'all of this text' }], [{ kind: 'name', text: 'all of this' }]),
    ).toThrow();
  });
});

describe('a door with the pass', () => {
  it('sends the masked text, to the provider too that is asked the question', async () => {
    const { door, requests, ledger } = scriptedDoor(answers(JSON.stringify({ items: ITEMS })));
    await withPersonalDataPass(door, async () => 'required').ask(QUESTION);
    const sent = requests.find(({ purpose }) => purpose === 'summary')!.request.data;
    for (const { text } of ITEMS.slice(1)) expect(sent).not.toContain(text);
    expect(sent).toContain('[ADDRESS:m1]');
    expect([...ledger.calls.values()].map(({ purpose, subject }) => [purpose, subject])).toEqual([
      ['personal_data', 'one'],
      ['summary', 'one'],
    ]);
  });

  it('goes in batches between lines', async () => {
    const { door, requests } = scriptedDoor(answers('{"items":[]}'));
    const text = Array.from(
      { length: 300 },
      (_, index) => `s${index} line of the transcript that is not short at all`,
    ).join('\n');
    await withPersonalDataPass(door, async () => 'tag').ask({ ...QUESTION, data: [{ name: 'transcript', text }] });
    const batches = requests.filter(({ purpose }) => purpose === 'personal_data');
    expect(batches.length).toBeGreaterThan(2);
    for (const { request } of batches) expect(request.data.length).toBeLessThan(6_300);
  });

  it.each([
    ['answers in another form', { tokens: 1e12, tagger: true }, 'nonsense', 'unreadable'],
    ['is over budget', { tokens: 10, tagger: true }, '{"items":[]}', 'budget'],
    ['is not there', { tokens: 1e12, tagger: false }, '{"items":[]}', 'refused'],
    [
      'would mask most of it',
      { tokens: 1e12, tagger: true },
      JSON.stringify({ items: TEXT.split(/[.;,:\n]/).map((text) => ({ kind: 'name', text })) }),
      'unreadable',
    ],
  ] as const)('sends nothing when it is required and %s', async (_, options, tags, reason) => {
    const { door, requests } = scriptedDoor(answers(tags), options);
    await expect(withPersonalDataPass(door, async () => 'required').ask(QUESTION)).rejects.toMatchObject({ reason });
    expect(requests.filter(({ purpose }) => purpose === 'summary')).toEqual([]);
  });

  it('goes on with what patterns found when it is not required', async () => {
    const { door, requests } = scriptedDoor(answers('nonsense'));
    await withPersonalDataPass(door, async () => 'tag').ask(QUESTION);
    expect(requests.at(-1)).toMatchObject({ purpose: 'summary' });
  });

  it('asks nobody when it is off', async () => {
    const { door, requests } = scriptedDoor(answers('nonsense'));
    await withPersonalDataPass(door, async () => 'off').ask(QUESTION);
    expect(requests.map(({ purpose }) => purpose)).toEqual(['summary']);
  });
});
