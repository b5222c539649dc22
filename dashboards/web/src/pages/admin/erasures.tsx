import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page, SignedIn } from '../../answers.ts';
import { grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';

interface Erasure {
  id: string;
  org: string;
  kind: string;
  state: 'waiting' | 'running' | 'done';
  requested_at: string;
  requested_by: string;
  due_at: string;
  finished_at: string | null;
  spans: number;
  other_rows: number;
  archived_rows: number;
  error: string;
}

const KINDS = {
  user: { words: 'A user', hint: 'As the spans say it; one that redaction knows is found by its token' },
  session: { words: 'A session', hint: 'Its id' },
  trace: { words: 'A trace', hint: 'Its id, 32 hex digits' },
  org: { words: 'A whole org', hint: 'Its slug: everything in it goes' },
} as const;

/** Erases before its time what belongs to a user, a session, a trace or an org, and shows how far that is. */
export default function Erasures({ who }: { who: SignedIn }) {
  const client = useQueryClient();
  const [org, setOrg] = useState(who.org);
  const orgs = useQuery({
    queryKey: ['/orgs'],
    queryFn: () => request<Page<{ slug: string }>>('GET', '/orgs'),
    enabled: who.operator,
  });
  const list = useInfiniteQuery({
    queryKey: ['erasures', org],
    queryFn: ({ pageParam }) => request<Page<Erasure>>('GET', pathOf('/erasures', { org, cursor: pageParam })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((item) => item.state !== 'done')) ? 5_000 : false,
  });
  const ask = useMutation({
    mutationFn: (body: { kind: string; id: string }) => request<Erasure>('POST', '/erasures', { ...body, org }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['erasures', org] }),
  });
  return (
    <>
      <p className="muted" style={{ maxWidth: '75ch' }}>
        What is erased goes from the store, the archive and the alerts within 24 hours. Which one you ask for is kept
        sealed while it is needed and never shown; the audit log says that you asked. Backups and messages that
        destinations got are not reached.
      </p>
      {who.operator && (orgs.data?.items.length ?? 0) > 1 && (
        <Field label="Org">
          <select className="input" value={org} onChange={(event) => setOrg(event.target.value)}>
            {orgs.data?.items.map(({ slug }) => (
              <option key={slug}>{slug}</option>
            ))}
          </select>
        </Field>
      )}
      <Ask key={`${org} ${ask.submittedAt}`} kinds={org === who.org ? Object.keys(KINDS) : ['org']} ask={ask} />
      <Answer of={list}>
        {({ pages }) => (
          <DataTable
            label="Erasures"
            head={['What', 'State', 'Asked', 'By', 'Due or done', '#Spans', '#Other rows', '#From the archive']}
            items={pages.flatMap(({ items }) => items)}
            empty="Nothing was erased before its time."
          >
            {(erasure) => (
              <tr key={erasure.id}>
                <td>{KINDS[erasure.kind as keyof typeof KINDS]?.words ?? erasure.kind}</td>
                <td>
                  <span className={erasure.state === 'done' ? 'chip good' : 'chip'}>{erasure.state}</span>
                  {erasure.error !== '' && <div className="small">{erasure.error}</div>}
                </td>
                <td>
                  <When at={erasure.requested_at} />
                </td>
                <td>{erasure.requested_by}</td>
                <td>
                  <When at={erasure.finished_at ?? erasure.due_at} />
                </td>
                <td className="num">{grouped(erasure.spans)}</td>
                <td className="num">{grouped(erasure.other_rows)}</td>
                <td className="num">{grouped(erasure.archived_rows)}</td>
              </tr>
            )}
          </DataTable>
        )}
      </Answer>
      {list.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Older erasures
        </button>
      )}
    </>
  );
}

function Ask({
  kinds,
  ask: { mutate, error, isPending },
}: {
  kinds: readonly string[];
  ask: { mutate: (body: { kind: string; id: string }) => void; error: Error | null; isPending: boolean };
}) {
  const [kind, setKind] = useState(kinds[0]!);
  const [id, setId] = useState('');
  const [again, setAgain] = useState('');
  const isSure = id.trim() !== '' && id.trim() === again.trim();
  return (
    <form
      className="panel stack"
      style={{ padding: 14 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (isSure) mutate({ kind, id: id.trim() });
      }}
    >
      <div className="form-grid">
        <Field label="What">
          <select className="input" value={kind} onChange={(event) => setKind(event.target.value)}>
            {kinds.map((name) => (
              <option key={name} value={name}>
                {KINDS[name as keyof typeof KINDS].words}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Which" hint={KINDS[kind as keyof typeof KINDS].hint}>
          <input
            className="input mono"
            value={id}
            onChange={(event) => setId(event.target.value)}
            required
            maxLength={1_000}
            autoComplete="off"
          />
        </Field>
        <Field label="Type it again" hint="There is no way back">
          <input
            className="input mono"
            value={again}
            onChange={(event) => setAgain(event.target.value)}
            required
            maxLength={1_000}
            autoComplete="off"
          />
        </Field>
      </div>
      {error && <Failure error={error} />}
      <div>
        <button type="submit" className="button danger" disabled={!isSure || isPending}>
          Erase for good
        </button>
      </div>
    </form>
  );
}
