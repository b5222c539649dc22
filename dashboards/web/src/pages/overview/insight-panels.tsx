import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Insights } from '../../answers.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { grouped } from '../../number.ts';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { pathOf, request } from '../../request.ts';
import { Bars } from './bars.tsx';

const percent = (share: number | null) => (share === null ? 'not known' : `${Math.round(share * 100)} %`);
const named = (name: string) => name.replaceAll('_', ' ') || 'not said';

/** What teams have agents do, how far they leave them alone, what people take over of it, and what fails again and again. */
export function InsightPanels() {
  const { from, to } = useTimeRange();
  const insights = useQuery({
    queryKey: ['insights', from, to],
    queryFn: ({ signal }) => request<Insights>('GET', pathOf('/insights', { from, to }), undefined, signal),
    placeholderData: keepPreviousData,
  });
  if (insights.error) return <Failure error={insights.error} retry={insights.refetch} />;
  if (!insights.data) return null;
  const { work_by_team, teams, edits, longest_runs, failures } = insights.data;
  return (
    <>
      <Insight id="work-by-team" title="Work by team">
        <Bars
          rows={work_by_team.slice(0, 8).map(({ team, work_class, sessions, share }) => ({
            name: `${named(team)}: ${named(work_class)}`,
            value: sessions,
            note: `${grouped(sessions)} sessions, ${percent(share)}`,
          }))}
          empty="No session of this period has a summary, which names its work."
        />
      </Insight>
      <Insight id="autonomy" title="Actions that no person decided on">
        <Bars
          rows={teams.slice(0, 8).map(({ team, actions, autonomy }) => ({
            name: named(team),
            value: autonomy ?? 0,
            note: `${percent(autonomy)} of ${grouped(actions)}`,
          }))}
          empty="No tool was called."
        />
        {longest_runs[0] && (
          <p className="small muted">
            Longest run alone:{' '}
            <Link href={`/sessions/${encodeURIComponent(longest_runs[0].session_id)}`}>
              {grouped(longest_runs[0].actions)} actions
            </Link>{' '}
            in {grouped(Math.round(longest_runs[0].seconds))} s
          </p>
        )}
      </Insight>
      <Insight id="edits" title="Edits that people accepted">
        <Bars
          rows={edits.slice(0, 8).map(({ tool, accepted, rejected, acceptance }) => ({
            name: named(tool),
            value: acceptance ?? 0,
            note: `${percent(acceptance)} of ${grouped(accepted + rejected)}`,
          }))}
          empty="No coding tool reported decisions on edits."
        />
      </Insight>
      <Insight id="failures" title="What fails again and again">
        <Bars
          rows={failures.slice(0, 8).map(({ agent, tool, failures: failed, sessions, share }) => ({
            name: `${agent || 'unknown agent'}: ${named(tool)}`,
            value: failed,
            note: `${grouped(failed)} failures in ${grouped(sessions)} sessions, ${percent(share)} of its calls`,
          }))}
          empty="No tool failed in three sessions or more."
        />
      </Insight>
    </>
  );
}

function Insight({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <Panel id={id} title={title} span={6}>
      <div className="body stack" style={{ gap: 8 }}>
        {children}
      </div>
    </Panel>
  );
}
