import { Link } from 'wouter';
import type { ListedAlert } from '../../answers.ts';
import { grouped } from '../../number.ts';
import { Claim, Said } from '../../parts/said.tsx';
import { Severity } from '../../parts/severity.tsx';
import type { Column } from '../../parts/virtual-list.tsx';
import { When } from '../../parts/when.tsx';
import { VERDICT_WORDS } from './alert-triage.tsx';

interface Inbox {
  /** Alerts of every state are listed. */
  readonly allStates: boolean;
  readonly selected: ReadonlySet<string>;
  readonly toggle: (id: string) => void;
}

/** What the inbox shows of an alert. */
export function alertColumns({ allStates, selected, toggle }: Inbox): Column<ListedAlert>[] {
  return [
    {
      key: 'select',
      title: <span className="hidden-text">Select</span>,
      width: '24px',
      cell: ({ id, title }) => (
        <input
          type="checkbox"
          style={{ width: 16, height: 24 }}
          aria-label={`Select ${title}`}
          checked={selected.has(id)}
          onChange={() => toggle(id)}
        />
      ),
    },
    {
      key: 'severity',
      title: 'Severity',
      width: '80px',
      from: 500,
      cell: ({ severity }) => <Severity severity={severity} />,
    },
    {
      key: 'shape',
      title: <span className="hidden-text">Severity</span>,
      width: innerWidth < 500 ? '14px' : '0px',
      cell: ({ severity }) => (innerWidth < 500 ? <Severity severity={severity} bare /> : null),
    },
    {
      key: 'title',
      title: 'What happened',
      width: 'minmax(110px, 1fr)',
      cell: ({ id, title, rule_id }) => (
        <div style={{ lineHeight: '18px' }}>
          <Link href={`/alerts/${id}`} className="cut" style={{ display: 'block' }} title={title}>
            <Claim text={title} />
          </Link>
          <span className="small faint cut" style={{ display: 'block' }}>
            {rule_id}
          </span>
        </div>
      ),
    },
    {
      key: 'risk',
      name: 'Risk',
      title: 'Risk',
      width: '44px',
      align: 'right',
      from: 700,
      cell: ({ risk_score }) => risk_score,
    },
    {
      key: 'verdict',
      name: 'First look',
      title: 'First look',
      width: '120px',
      from: 1_100,
      cell: ({ verdict }) => (verdict ? VERDICT_WORDS[verdict] : null),
    },
    {
      key: 'status',
      name: 'State',
      title: 'State',
      width: '104px',
      from: allStates ? 700 : 9_999,
      cell: ({ status }) => <span className={status === 'closed' ? 'chip good' : 'chip'}>{status}</span>,
    },
    {
      key: 'assignee',
      name: 'Assignee',
      title: 'Assignee',
      width: '110px',
      from: 1_300,
      cell: ({ assignee }) => assignee ?? <span className="faint">nobody</span>,
    },
    {
      key: 'count',
      name: 'Matches',
      title: 'Matches',
      width: '60px',
      align: 'right',
      from: 1_400,
      cell: ({ count }) => grouped(count),
    },
    {
      key: 'rule',
      name: 'Rule',
      title: 'Rule',
      width: '170px',
      from: 9_999,
      cell: ({ rule_id }) => <Link href={`/rules/${rule_id}`}>{rule_id}</Link>,
    },
    {
      key: 'entity',
      name: 'About',
      title: 'About',
      width: '180px',
      from: 1_800,
      cell: ({ entity }) => <Said text={entity.value} />,
    },
    {
      key: 'session',
      name: 'Session',
      title: 'Session',
      width: '180px',
      from: 9_999,
      cell: ({ session_id }) => (
        <Link className="mono" href={`/sessions/${encodeURIComponent(session_id)}`}>
          {session_id}
        </Link>
      ),
    },
    {
      key: 'opened',
      name: 'Opened',
      title: 'Opened',
      width: '88px',
      align: 'right',
      cell: ({ opened_at }) => <When at={opened_at} />,
    },
  ];
}
