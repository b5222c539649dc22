import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readClientSettings } from '../../../agent/client-settings.ts';
import { createSpanSender } from '../../../agent/forwarder/create-span-sender.ts';
import { forwardSpool } from '../../../agent/forwarder/forward-spool.ts';
import { CODING_TOOLS } from '../../../agent/hooks/coding-tools.ts';
import type { ToolName } from '../../../agent/hooks/tool-event.ts';
import { clientBench } from './client-bench.ts';
import { everyEvent } from './every-event.ts';

const TOOLS = Object.keys(CODING_TOOLS) as ToolName[];
const LETTERS = [...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'];
const letters = (length: number) =>
  fc.array(fc.constantFrom(...LETTERS), { minLength: length, maxLength: length }).map((list) => list.join(''));

/** Made-up credentials, put together here so that scanners of source code leave this file alone. */
const secret = fc
  .oneof(
    fc.tuple(fc.constant('xoxb-2154871290-3218749201-'), letters(24)),
    fc.tuple(fc.constant('ghp_'), letters(36)),
    fc.tuple(fc.constant('glpat-'), letters(20)),
    fc.tuple(fc.constant('npm_'), letters(36)),
    fc.tuple(fc.constant('hf_'), letters(34)),
  )
  .map((parts) => parts.join(''));
const around = fc.constantFrom(
  (it: string) => it,
  (it: string) => `token ${it} and more`,
  (it: string) => `export API_TOKEN='${it}'`,
  (it: string) => `https://x.example/?k=${it}&v=1`,
  (it: string) => JSON.stringify({ a: [it] }),
);

it('a secret in every field, and in the keys, of every event of every tool reaches neither disk nor wire', async () => {
  let wire = '';
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      wire += chunk.toString('utf8');
    });
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sender = createSpanSender(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');

  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...TOOLS), secret, around, async (tool, planted, put) => {
      const bench = clientBench();
      wire = '';
      const events = everyEvent(tool, () => put(planted));
      for (const { name, payload } of events) {
        bench.now += 1_000;
        const everywhere = {
          ...payload,
          cwd: `/home/${put(planted)}`,
          [put(planted)]: planted,
          ...withKeys(payload, put(planted)),
        };
        bench.hook(tool, everywhere, CODING_TOOLS[tool].events.includes(name) ? name : '');
      }
      const written = bench.bytes();
      const spans = bench.spans().length;
      await forwardSpool(
        bench.spool,
        readClientSettings(bench.state.settings),
        sender.send,
        new AbortController().signal,
      );
      bench.close();
      expect(spans).toBeGreaterThan(3);
      expect(wire).toContain('resourceSpans');
      expect(written.includes(planted)).toBe(false);
      expect(wire.includes(planted)).toBe(false);
    }),
    { numRuns: 15 },
  );
  await sender.close();
  await new Promise((resolve) => server.close(resolve));
});

/** A parameter whose name is the secret, where the tool takes parameters. */
function withKeys(payload: Record<string, unknown>, key: string): Record<string, unknown> {
  const input = payload['tool_input'];
  return typeof input === 'object' && input !== null
    ? { tool_input: { ...input, [key]: 1, nested: { [key]: [key] } } }
    : {};
}
