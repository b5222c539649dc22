import { describe, expect, it, vi } from 'vitest';
import { CodedError } from '../../../engine/core/errors.ts';
import { createGroupCommit } from '../../../ingest/group-commit.ts';

const rows = (text: string): Uint8Array => Buffer.from(text);

/** An insert whose calls wait until the test lets them go. */
function gate() {
  const calls: { org: string; text: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  const insert = (org: string, bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => calls.push({ org, text: Buffer.from(bytes).toString(), resolve, reject }));
  return { calls, insert };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  it('sends the first batch at once and gathers the ones that come meanwhile', async () => {
    const { calls, insert } = gate();
    const commit = createGroupCommit({ insert, sideBySide: 1 });
    const writes = ['a', 'b', 'c'].map((text) => commit.write('o', rows(text)));
    expect(calls.map((call) => call.text)).toEqual(['a']);
    calls[0]!.resolve();
    await settled();
    expect(calls.map((call) => call.text)).toEqual(['a', 'bc']);
    calls[1]!.resolve();
    await Promise.all(writes);
  });

  it('waits for rows that are about to come, but not for ever', async () => {
    const { calls, insert } = gate();
    let coming = true;
    const commit = createGroupCommit({ insert, sideBySide: 1, isMoreComing: (org) => coming && org === 'o' });
    const first = commit.write('o', rows('a'));
    const other = commit.write('p', rows('1'));
    expect(calls.map((call) => call.text)).toEqual(['1']);
    calls[0]!.resolve();
    await other;
    await settled();
    coming = false;
    const second = commit.write('o', rows('b'));
    expect(calls.map((call) => call.text)).toEqual(['1', 'ab']);
    calls[1]!.resolve();
    await Promise.all([first, second]);
    await settled();
    coming = true;
    const third = commit.write('o', rows('c'));
    expect(calls).toHaveLength(2);
    await vi.waitFor(() => expect(calls.map((call) => call.text)).toEqual(['1', 'ab', 'c']), 20_000);
    calls[2]!.resolve();
    await third;
  });

  it('does not wait when an insert is full', async () => {
    const { calls, insert } = gate();
    const commit = createGroupCommit({ insert, mostBytes: 2, isMoreComing: () => true });
    const writes = [commit.write('o', rows('a')), commit.write('o', rows('b'))];
    expect(calls.map((call) => call.text)).toEqual(['ab']);
    calls[0]!.resolve();
    await Promise.all(writes);
  });

  it('settles a batch only when its own insert has', async () => {
    const { calls, insert } = gate();
    const commit = createGroupCommit({ insert, sideBySide: 1 });
    const state: string[] = [];
    void commit.write('o', rows('a')).then(() => state.push('a'));
    void commit.write('o', rows('b')).then(() => state.push('b'));
    calls[0]!.resolve();
    await settled();
    expect(state).toEqual(['a']);
    calls[1]!.resolve();
    await settled();
    expect(state).toEqual(['a', 'b']);
  });

  it('keeps orgs apart and serves them in turn', async () => {
    const { calls, insert } = gate();
    const commit = createGroupCommit({ insert, sideBySide: 1 });
    const writes = [commit.write('x', rows('1')), commit.write('x', rows('2')), commit.write('y', rows('3'))];
    for (let i = 0; i < 3; i++) {
      await settled();
      calls[i]!.resolve();
    }
    await Promise.all(writes);
    expect(calls.map((call) => [call.org, call.text])).toEqual([
      ['x', '1'],
      ['x', '2'],
      ['y', '3'],
    ]);
  });

  it('bounds the size of an insert but lets a single large batch through', async () => {
    const { calls, insert } = gate();
    const commit = createGroupCommit({ insert, sideBySide: 1, mostBytes: 4 });
    const writes = ['x', 'aa', 'bb', 'cccccc'].map((text) => commit.write('o', rows(text)));
    for (let i = 0; i < 3; i++) {
      await settled();
      calls[i]!.resolve();
    }
    await Promise.all(writes);
    expect(calls.map((call) => call.text)).toEqual(['x', 'aabb', 'cccccc']);
  });

  it('parts a refused group so that only the batch at fault fails', async () => {
    const commit = createGroupCommit({
      sideBySide: 1,
      insert: async (_org, bytes) => {
        await settled();
        if (Buffer.from(bytes).includes('bad')) throw new CodedError('STORE_REFUSED', 'cannot parse');
      },
    });
    const results = await Promise.allSettled(
      ['first', 'good', 'bad', 'fine'].map((text) => commit.write('o', rows(text))),
    );
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('tells every sender of a group when the store is away', async () => {
    const { calls, insert } = gate();
    const commit = createGroupCommit({ insert, sideBySide: 1 });
    const writes = ['a', 'b', 'c'].map((text) => commit.write('o', rows(text)));
    calls[0]!.resolve();
    await settled();
    calls[1]!.reject(new CodedError('STORE_UNAVAILABLE', 'away'));
    const results = await Promise.allSettled(writes);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});
