import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import type { OutlineSpan } from '../../answers.ts';
import type { ContentReason } from '../../parts/glass.tsx';
import { pathOf, request } from '../../request.ts';

interface OutlinePage {
  content: ContentReason;
  spans: OutlineSpan[];
  next_cursor: string | null;
}

/** The spans of a session, page after page as the reader comes to their end, or until the span that the address names is among them. */
export function useOutline(id: string, wanted: string) {
  const outline = useInfiniteQuery({
    queryKey: ['session', id, 'outline'],
    queryFn: ({ pageParam, signal }) =>
      request<OutlinePage>(
        'GET',
        pathOf(`/sessions/${encodeURIComponent(id)}/outline`, { cursor: pageParam }),
        undefined,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = outline;
  const spans = useMemo(() => data?.pages.flatMap((page) => page.spans) ?? [], [data]);
  const chosen = useMemo(() => spans.find(({ span_id }) => span_id === wanted), [spans, wanted]);
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const isSought = wanted !== '' && chosen === undefined && !isFetchNextPageError;
  useEffect(() => {
    if (isSought) more();
  }, [isSought, more]);
  return { ...outline, spans, chosen, more, content: data?.pages[0]?.content ?? 'hidden' };
}
