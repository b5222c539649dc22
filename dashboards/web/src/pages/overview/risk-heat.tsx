import { Link } from 'wouter';
import type { Overview } from '../../answers.ts';

/** The highest risk of each agent on each day. */
export function RiskHeat({ risk }: { risk: Overview['risk'] }) {
  const days = [...new Set(risk.map(({ day }) => day))].sort().slice(-14);
  const agents = [...new Set(risk.map(({ agent }) => agent))].slice(0, 12);
  if (risk.length === 0) return <p className="muted">No agent raised an alert.</p>;
  return (
    <table className="heat">
      <thead>
        <tr>
          <th>
            <span className="hidden-text">Agent</span>
          </th>
          {days.map((day) => (
            <th key={day}>{day.slice(5)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {agents.map((agent) => (
          <tr key={agent}>
            <th scope="row">
              <Link href={`/agents/${encodeURIComponent(agent)}`}>{agent}</Link>
            </th>
            {days.map((day) => {
              const cell = risk.find((row) => row.agent === agent && row.day === day);
              return (
                <td
                  key={day}
                  className={cell && severityWord(cell.risk)}
                  title={cell && `${cell.alerts} alerts, highest risk ${cell.risk}`}
                >
                  {cell?.risk ?? ''}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function severityWord(risk: number): string {
  return risk >= 80 ? 'critical' : risk >= 60 ? 'high' : risk >= 40 ? 'medium' : 'low';
}
