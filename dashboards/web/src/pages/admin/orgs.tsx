import type { SignedIn } from '../../answers.ts';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { KeptList } from '../../parts/kept-list.tsx';
import { useKept } from '../../parts/use-kept.ts';
import { When } from '../../parts/when.tsx';
import { entriesOf } from './entries.ts';

interface Org {
  slug: string;
  name: string;
  created_at: string;
  retention_days: number;
}

/** The orgs, and for how long each keeps its spans. */
export default function Orgs({ who }: { who: SignedIn }) {
  const kept = useKept<Org>('/orgs');
  return (
    <>
      {who.operator && (
        <form
          className="panel form-row"
          onSubmit={(event) => {
            const form = event.currentTarget;
            kept.change.mutate({ method: 'POST', body: entriesOf(event) }, { onSuccess: () => form.reset() });
          }}
        >
          <Field label="Slug" grow>
            <input className="input" name="slug" required pattern="[a-z][a-z0-9_]{0,39}" placeholder="payments" />
          </Field>
          <Field label="Name" grow>
            <input className="input" name="name" required maxLength={200} placeholder="Payments" />
          </Field>
          <button type="submit" className="button primary" disabled={kept.change.isPending}>
            Make an org
          </button>
        </form>
      )}
      {kept.addError && <Failure error={kept.addError} />}
      <p className="muted">
        Spans, findings, deliveries and closed alerts older than this go; open alerts stay. A shorter time deletes at
        the next clean-up.
      </p>
      <KeptList label="Orgs" of={kept} head={['Org', 'Name', 'Made', 'Kept, days']} empty="There is no org.">
        {(org) => (
          <tr key={org.slug}>
            <td className="mono">{org.slug}</td>
            <td>{org.name}</td>
            <td>
              <When at={org.created_at} />
            </td>
            <td>
              <form
                className="row"
                onSubmit={(event) =>
                  kept.change.mutate({
                    method: 'POST',
                    to: '/retention',
                    body: { org: org.slug, retention_days: Number(entriesOf(event)['days']) },
                  })
                }
              >
                <input
                  className="input"
                  style={{ width: 90 }}
                  type="number"
                  name="days"
                  min={30}
                  max={400}
                  required
                  defaultValue={org.retention_days}
                  aria-label={`Days that ${org.slug} keeps`}
                />
                <button type="submit" className="button" disabled={kept.change.isPending}>
                  Set
                </button>
              </form>
            </td>
          </tr>
        )}
      </KeptList>
    </>
  );
}
