import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Page, SessionFigures } from '../../answers.ts';
import { duration, grouped } from '../../number.ts';
import { CopyId } from '../../parts/copy-id.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';

interface Prompt {
  version: string;
  prompt_hash: string;
  stable_hash: string;
  first_seen: string;
  last_seen: string;
}

const DAY_MS = 86_400_000;

/** One agent: the system prompts it ran with, and its latest sessions. */
export default function AgentPage({ id }: { id: string }) {
  const prompts = useQuery({
    queryKey: ['prompts', id],
    queryFn: () => request<Page<Prompt>>('GET', pathOf('/prompt-versions', { agent_id: id })),
  });
  const sessions = useQuery({
    queryKey: ['sessions', 'of agent', id],
    queryFn: () =>
      request<Page<SessionFigures>>(
        'GET',
        pathOf('/sessions', { agent_id: id, from: new Date(Date.now() - 90 * DAY_MS).toISOString(), limit: 30 }),
      ),
  });
  const tools = [...new Set((sessions.data?.items ?? []).flatMap((session) => session.tools))].sort();
  return (
    <div className="page">
      <div className="title-row">
        <h1>{id}</h1>
        <Link href={`/sessions?agent=${encodeURIComponent(id)}&range=90d`}>All sessions</Link>
      </div>
      <div className="row wrap" style={{ gap: 4 }}>
        {tools.map((tool) => (
          <Link key={tool} className="chip mono" href={`/sessions?range=90d&tool=${encodeURIComponent(tool)}`}>
            {tool}
          </Link>
        ))}
      </div>
      <div className="grid">
        <section className="panel span-6" aria-label="System prompts">
          <header>
            <h2>System prompts</h2>
          </header>
          {prompts.isPending ? (
            <div className="body">
              <Skeleton height={120} />
            </div>
          ) : prompts.error ? (
            <div className="body">
              <Failure error={prompts.error} retry={prompts.refetch} />
            </div>
          ) : prompts.data.items.length === 0 ? (
            <p className="body muted">No span of this agent carries a system prompt.</p>
          ) : (
            <Prompts prompts={prompts.data.items} />
          )}
        </section>
        <section className="panel span-6" aria-label="Latest sessions">
          <header>
            <h2>Latest sessions</h2>
          </header>
          {sessions.isPending ? (
            <div className="body">
              <Skeleton height={120} />
            </div>
          ) : sessions.error ? (
            <div className="body">
              <Failure error={sessions.error} retry={sessions.refetch} />
            </div>
          ) : (
            <div className="scroll-x" tabIndex={0} role="region" aria-label="Latest sessions">
              <table className="table small">
                <thead>
                  <tr>
                    <th>Session</th>
                    <th className="num">Spans</th>
                    <th className="num">Errors</th>
                    <th className="num">Length</th>
                    <th>Started</th>
                  </tr>
                </thead>
                <tbody>
                  {sessions.data.items.map((session) => (
                    <tr key={session.id}>
                      <td>
                        <Link className="mono" href={`/sessions/${encodeURIComponent(session.id)}`}>
                          {session.id}
                        </Link>
                      </td>
                      <td className="num">{grouped(session.spans)}</td>
                      <td className="num">{grouped(session.errors)}</td>
                      <td className="num">{duration(Date.parse(session.ended_at) - Date.parse(session.started_at))}</td>
                      <td>
                        <When at={session.started_at} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </section>
      </div>
    </div>
  );
}

/** Each prompt against the one before: a change of the stable hash is a change of what it says. */
function Prompts({ prompts }: { prompts: readonly Prompt[] }) {
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label="System prompts">
      <table className="table small">
        <thead>
          <tr>
            <th>Version</th>
            <th>Prompt</th>
            <th>Against the one before</th>
            <th>First seen</th>
            <th>Last seen</th>
          </tr>
        </thead>
        <tbody>
          {prompts.map((prompt, index) => (
            <tr key={`${prompt.version} ${prompt.prompt_hash}`}>
              <td>{prompt.version || <span className="faint">not said</span>}</td>
              <td>
                <CopyId id={prompt.prompt_hash} />
              </td>
              <td>{comparison(prompt, prompts[index + 1])}</td>
              <td>
                <When at={prompt.first_seen} />
              </td>
              <td>
                <When at={prompt.last_seen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function comparison(prompt: Prompt, before: Prompt | undefined) {
  if (!before) return <span className="faint">the first</span>;
  if (prompt.stable_hash === before.stable_hash) return <span className="chip">dates, ids or counters alone</span>;
  return prompt.version === before.version ? (
    <span className="chip high">changed, same version</span>
  ) : (
    <span className="chip">changed with version {prompt.version}</span>
  );
}
