import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Page } from '../answers.ts';
import { request } from '../request.ts';

/** A list of the server with what can be done to it; doing something asks for the list anew. */
export function useKept<Item>(path: string) {
  const client = useQueryClient();
  const list = useQuery({ queryKey: [path], queryFn: () => request<Page<Item>>('GET', path) });
  const change = useMutation({
    mutationFn: ({ method, to = path, body }: { method: string; to?: string; body?: unknown }) =>
      request<Record<string, string>>(method, to, body),
    onSettled: () => client.invalidateQueries({ queryKey: [path] }),
  });
  const adding = change.variables?.method === 'POST' && change.variables.to === undefined;
  return {
    list,
    change,
    /** What went wrong with an addition, for the form; with anything else, for the list. */
    addError: adding ? change.error : null,
    listError: adding ? null : change.error,
  };
}
