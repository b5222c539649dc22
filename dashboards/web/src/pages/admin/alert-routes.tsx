import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page } from '../../answers.ts';
import { KeptList } from '../../parts/kept-list.tsx';
import { Sure } from '../../parts/sure.tsx';
import { useKept } from '../../parts/use-kept.ts';
import { request } from '../../request.ts';
import type { Destination } from './destinations.tsx';
import { type Match, MatchWords } from './matcher.tsx';
import { RouteForm } from './route-form.tsx';
import { RouteQuestion } from './route-question.tsx';
import { type Hours, hoursWords } from './weekly-hours.tsx';

export interface AlertRoute {
  id: string;
  name: string;
  position: number;
  match: Match;
  destinations: string[];
  continue: boolean;
  hours?: Hours;
  outside_hours: 'next' | 'hold';
  group_by: string[] | null;
  group_wait_seconds: number;
  group_interval_seconds: number;
  repeat_minutes: number | null;
  digest_minutes: number | null;
  escalate: { after_minutes: number; destinations: string[] } | null;
}

/** Who hears of which alerts; without a route every alert of a stable rule goes to every destination. */
export default function AlertRoutes() {
  const kept = useKept<AlertRoute>('/routes');
  const [changed, setChanged] = useState<AlertRoute>();
  const destinations = useQuery({
    queryKey: ['/destinations'],
    queryFn: () => request<Page<Destination>>('GET', '/destinations'),
  });
  const known = destinations.data?.items ?? [];
  const nameOf = (id: string) => known.find((one) => one.id === id)?.name ?? id;
  return (
    <>
      <KeptList
        label="Routes"
        of={kept}
        head={['#Asked', 'Name', 'Alerts of', 'Go to', 'How', 'Change', 'Remove']}
        empty="No route yet: every alert of a stable rule goes to every destination."
      >
        {(route) => (
          <tr key={route.id}>
            <td className="num">{route.position}</td>
            <td>{route.name}</td>
            <td>
              <MatchWords match={route.match} />
            </td>
            <td>{route.destinations.map(nameOf).join(', ') || <span className="faint">nobody</span>}</td>
            <td className="small">{howOf(route, nameOf)}</td>
            <td>
              <button type="button" className="button" onClick={() => setChanged(route)}>
                Change
              </button>
            </td>
            <td>
              <Sure words="Remove" act={() => kept.change.mutate({ method: 'DELETE', to: `/routes/${route.id}` })} />
            </td>
          </tr>
        )}
      </KeptList>
      <RouteForm
        key={changed?.id ?? 'new'}
        route={changed}
        destinations={known}
        pending={kept.change.isPending}
        error={kept.addError}
        cancel={() => setChanged(undefined)}
        save={(body, done) =>
          kept.change.mutate(
            { method: 'POST', body, ...(changed && { to: `/routes/${changed.id}` }) },
            {
              onSuccess: () => {
                setChanged(undefined);
                done();
              },
            },
          )
        }
      />
      <RouteQuestion />
    </>
  );
}

function howOf(route: AlertRoute, nameOf: (id: string) => string): string {
  const { group_by, digest_minutes, repeat_minutes, escalate, hours } = route;
  return [
    digest_minutes !== null && `digest every ${digest_minutes} min`,
    group_by !== null && `grouped by ${group_by.join(', ') || 'nothing'}`,
    repeat_minutes !== null && `again every ${repeat_minutes} min`,
    escalate && `to ${escalate.destinations.map(nameOf).join(', ')} after ${escalate.after_minutes} min`,
    hoursWords(hours),
    route.continue && 'and on',
  ]
    .filter(Boolean)
    .join('; ');
}
