import { useQuery } from '@tanstack/react-query';
import { Redirect } from 'wouter';
import type { ShownSpan } from '../../answers.ts';
import { Failure } from '../../parts/failure.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { request } from '../../request.ts';

/** A trace is shown in its session. */
export default function TracePage({ id }: { id: string }) {
  const trace = useQuery({
    queryKey: ['trace', id],
    queryFn: () => request<{ spans: ShownSpan[] }>('GET', `/traces/${encodeURIComponent(id)}`),
  });
  if (trace.isPending)
    return (
      <div className="page">
        <Skeleton height={320} />
      </div>
    );
  if (trace.error)
    return (
      <div className="page">
        <h1>Trace</h1>
        <Failure error={trace.error} retry={trace.refetch} />
      </div>
    );
  const [first] = trace.data.spans;
  return (
    <Redirect to={`/sessions/${encodeURIComponent(first?.session_id ?? '')}?span=${first?.span_id ?? ''}`} replace />
  );
}
