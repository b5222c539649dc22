import { grouped } from '../number.ts';
import { Kept, useKept } from '../parts/kept.tsx';
import { When } from '../parts/when.tsx';

interface Entry {
  id: string;
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: string;
  address: string;
}

/** What was done and read by privilege. */
export function AdminAudit() {
  const kept = useKept<Entry>('/audit?limit=200');
  return (
    <>
      <p className="muted">The {grouped(200)} latest entries; nothing here can be changed.</p>
      <Kept
        label="Audit log"
        of={kept}
        head={['When', 'Who', 'From', 'Did', 'To', 'Detail']}
        empty="Nothing was changed or read yet."
      >
        {(entry) => (
          <tr key={entry.id || `${entry.at} ${entry.action} ${entry.subject}`}>
            <td>
              <When at={entry.at} as="exact" />
            </td>
            <td>{entry.actor}</td>
            <td className="mono">{entry.address}</td>
            <td className="mono">{entry.action}</td>
            <td className="mono">{entry.subject}</td>
            <td>{entry.detail}</td>
          </tr>
        )}
      </Kept>
    </>
  );
}
