import { grouped } from '../../number.ts';
import { Failure } from '../../parts/failure.tsx';
import type { useOutline } from './use-outline.ts';

/** Says that a long session is not all here yet, with the way to the rest. */
export function MoreSpans({ of }: { of: ReturnType<typeof useOutline> }) {
  if (of.isFetchNextPageError) return <Failure error={of.error} retry={of.fetchNextPage} />;
  if (!of.hasNextPage) return null;
  return (
    <div className="row wrap small" role="status">
      <span className="muted">
        The first {grouped(of.spans.length)} spans are here; the next come as you scroll to the end.
      </span>
      <button type="button" className="button" disabled={of.isFetching} onClick={of.more}>
        {of.isFetchingNextPage ? 'Loading…' : 'Load the next'}
      </button>
    </div>
  );
}
