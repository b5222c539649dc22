import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openForwardSpool } from '../../../../ingest/gateway/forward-spool.ts';
import type { ForwardBody } from '../../../../ingest/gateway/write-otlp.ts';

const root = mkdtempSync(join(tmpdir(), 'spanwarden-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const HOUR_MS = 3_600_000;

function opened({ folder = join(root, String(folders++)), mostBytes = 100, clock = (): number => 1_000 } = {}) {
  return { folder, spool: openForwardSpool({ folder, mostBytes, mostAgeMs: HOUR_MS, clock }) };
}

const body = (text: string): ForwardBody => ({ signal: 'traces', body: Buffer.from(text) });
const read = async (spool: ReturnType<typeof openForwardSpool>) =>
  Promise.all(spool.oldest(10).map(async (entry) => Buffer.from(await spool.read(entry)).toString()));

describe('the spool of a gateway', () => {
  it('gives back what was written, oldest first, also after a restart', async () => {
    const { folder, spool } = opened();
    await spool.write([body('a'), { signal: 'logs', body: Buffer.from('b') }]);
    await spool.write([body('c')]);
    expect(await read(spool)).toEqual(['a', 'b', 'c']);
    const again = opened({ folder }).spool;
    expect(await read(again)).toEqual(['a', 'b', 'c']);
    expect(again.oldest(10).map(({ signal }) => signal)).toEqual(['traces', 'logs', 'traces']);
    expect(again.bytes()).toBe(3);
  });

  it('keeps nothing of what was removed', async () => {
    const { folder, spool } = opened();
    await spool.write([body('a'), body('b')]);
    await spool.remove(spool.oldest(1)[0]!);
    expect(await read(spool)).toEqual(['b']);
    expect([spool.bytes(), spool.waiting()]).toEqual([1, 1]);
    expect(await read(opened({ folder }).spool)).toEqual(['b']);
  });

  it('asks to come back when it is full, and takes again when there is room', async () => {
    const { spool } = opened({ mostBytes: 3 });
    await spool.write([body('ab')]);
    await expect(spool.write([body('cd')])).rejects.toMatchObject({
      code: 'OVERLOADED',
      status: 429,
      extra: { retryAfterSeconds: 30 },
    });
    expect(await read(spool)).toEqual(['ab']);
    await spool.write([body('c')]);
    expect(() => spool.requireRoom()).toThrow('holds all it can');
    await spool.remove(spool.oldest(1)[0]!);
    expect(() => spool.requireRoom()).not.toThrow();
  });

  it('drops nothing that is too old, but takes nothing more', async () => {
    let now = 1_000;
    const { spool } = opened({ clock: () => now });
    await spool.write([body('a')]);
    now += HOUR_MS + 1;
    await expect(spool.write([body('b')])).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await read(spool)).toEqual(['a']);
  });

  it('leaves no trace of a write that was cut off', async () => {
    const { folder } = opened();
    writeFileSync(join(folder, '000000000001000-00000001-traces.json.gz.draft'), 'half');
    writeFileSync(join(folder, 'note.txt'), 'not ours');
    const { spool } = opened({ folder });
    expect(spool.waiting()).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['note.txt', 'refused']);
  });

  it('sets aside what the centre refuses, and tries it again after a restart', async () => {
    const { folder, spool } = opened();
    await spool.write([body('a')]);
    const [entry] = spool.oldest(1);
    await spool.setAside(entry!);
    expect([spool.waiting(), spool.asideCount(), spool.bytes()]).toEqual([0, 1, 1]);
    expect(existsSync(join(folder, 'refused', entry!.name))).toBe(true);
    expect(await read(opened({ folder }).spool)).toEqual(['a']);
  });

  it('hands out at once what waits, and later what comes later', async () => {
    const { spool } = opened();
    const arrived = spool.arrived();
    await spool.write([body('a')]);
    await arrived;
    await spool.arrived();
    expect(spool.waiting()).toBe(1);
  });
});
