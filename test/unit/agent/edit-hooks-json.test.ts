import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addHooksToJson, removeHooksFromJson } from '../../../agent/install/edit-hooks-json.ts';
import { parseJsonText } from '../../../agent/install/json-text.ts';

const DOCUMENT = {
  version: 1,
  hooks: { Stop: [{ hooks: [{ command: 'ours' }] }], Start: [{ command: 'ours' }], New: [{ bash: 'ours' }] },
};
const isOurs = (command: string) => command === 'ours';
const plain = { comments: false };

const entry = fc.oneof(
  fc.record({ command: fc.string() }),
  fc.record({ matcher: fc.string(), hooks: fc.array(fc.record({ command: fc.string() }), { maxLength: 2 }) }),
);
const settings = fc.record(
  {
    version: fc.constant(1),
    hooks: fc.dictionary(fc.constantFrom('Stop', 'Start', 'Other'), fc.array(entry, { maxLength: 3 })),
    other: fc.jsonValue({ maxDepth: 3 }),
    '"{[,': fc.string(),
  },
  { requiredKeys: [] },
);
const written = fc
  .tuple(settings, fc.constantFrom('', ' ', '  ', '\t', '       '), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([value, indent, eol, end]) => JSON.stringify(value, null, indent).replaceAll('\n', eol) + (end ? eol : ''));

it('adds to any settings what is to be there, keeps what is, and takes away no more than it added', () => {
  fc.assert(
    fc.property(written, (text) => {
      const before = JSON.parse(text) as { hooks?: Record<string, unknown[]> };
      const added = addHooksToJson(text, DOCUMENT, plain);
      const now = JSON.parse(added) as { hooks: Record<string, unknown[]> };
      for (const [event, entries] of Object.entries(DOCUMENT.hooks))
        expect(now.hooks[event]).toEqual([...(before.hooks?.[event] ?? []), ...entries]);
      expect({ ...now, hooks: before.hooks, version: 1 }).toEqual({ ...before, hooks: before.hooks, version: 1 });
      // the version stays where hooks do: whoever adds some meanwhile goes by it
      const left = JSON.parse(removeHooksFromJson(added, text, isOurs, plain)!) as object;
      expect(left).toEqual(before.hooks === undefined ? before : { ...before, version: 1 });
    }),
    { numRuns: 300 },
  );
});

it('reads what JSON.parse reads, as it reads it, and refuses what that refuses', () => {
  const value = (node: ReturnType<typeof parseJsonText>): unknown => {
    if (node.kind === 'array') return node.children.map((child) => value(child.node));
    if (node.kind === 'object') return Object.fromEntries(node.children.map((child) => [child.key, value(child.node)]));
    return node.value;
  };
  const read = (work: () => unknown): unknown => {
    try {
      return work();
    } catch {
      return 'refused';
    }
  };
  const cut = fc
    .tuple(fc.json({ maxDepth: 5 }), fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '0', '/', '\t'))
    .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
  fc.assert(
    fc.property(fc.oneof(cut, fc.json({ maxDepth: 5 })), (text) => {
      expect(read(() => value(parseJsonText(text, plain)))).toEqual(read(() => JSON.parse(text)));
    }),
    { numRuns: 1_000 },
  );
});
