import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './failure.tsx';
import { Skeleton } from './skeleton.tsx';

/** What the server answered; until then its place, and what went wrong with a way to try again. */
export function Answer<Data>({
  of,
  height = 40,
  rows = 4,
  children,
}: {
  of: UseQueryResult<Data>;
  height?: number;
  rows?: number;
  children: (data: Data) => ReactNode;
}) {
  if (of.isPending) return <Skeleton height={height} rows={rows} />;
  if (of.error) return <Failure error={of.error} retry={of.refetch} />;
  return children(of.data as Data);
}
