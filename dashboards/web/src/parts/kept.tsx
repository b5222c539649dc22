import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Page } from '../answers.ts';
import { request } from '../request.ts';
import { Failure } from './failure.tsx';
import { Skeleton } from './skeleton.tsx';

/** A list of the server with what can be done to it; doing something asks for the list anew. */
export function useKept<Item>(path: string) {
  const client = useQueryClient();
  const list = useQuery({ queryKey: [path], queryFn: () => request<Page<Item>>('GET', path) });
  const change = useMutation({
    mutationFn: ({ method, to = path, body }: { method: string; to?: string; body?: unknown }) =>
      request<Record<string, string>>(method, to, body),
    onSuccess: () => client.invalidateQueries({ queryKey: [path] }),
  });
  return { list, change };
}

export function Kept<Item>({
  label,
  of,
  head,
  empty,
  children,
}: {
  label: string;
  of: ReturnType<typeof useKept<Item>>;
  head: readonly string[];
  empty: string;
  children: (item: Item) => ReactNode;
}) {
  const { list, change } = of;
  if (list.isPending) return <Skeleton height={40} rows={4} />;
  if (list.error) return <Failure error={list.error} retry={list.refetch} />;
  return (
    <>
      {change.error && <Failure error={change.error} />}
      <section className="panel scroll-x" aria-label={label} tabIndex={0}>
        {list.data.items.length === 0 ? (
          <p className="state muted">{empty}</p>
        ) : (
          <table className="table">
            <thead>
              <tr>
                {head.map((title) => (
                  <th key={title}>{title}</th>
                ))}
              </tr>
            </thead>
            <tbody>{list.data.items.map(children)}</tbody>
          </table>
        )}
      </section>
    </>
  );
}

/** A button that asks once more in its own place. */
export function Sure({ words, act }: { words: string; act: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      className="button danger"
      onClick={() => (asked ? act() : setAsked(true))}
      onBlur={() => setAsked(false)}
    >
      {asked ? `Really ${words.toLowerCase()}?` : words}
    </button>
  );
}
