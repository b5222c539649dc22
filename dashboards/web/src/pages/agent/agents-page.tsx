import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link } from 'wouter';
import type { Page, Topology } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { useMay } from '../../frame/use-may.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { dollars, figure, grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { NoSpans } from '../../parts/empty.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';
import { GRAVE } from './grave.ts';

const TopologyGraph = lazy(() => import('./topology-graph.tsx'));

interface Agent {
  id: string;
  name: string;
  frameworks: string[];
  versions: string[];
  environments: string[];
  models: string[];
  tools: string[];
  prompt_hashes: number;
  users: number;
  sessions: number;
  spans: number;
  errors: number;
  cost_usd: number;
  first_seen: string;
  last_seen: string;
}

interface Tool {
  name: string;
  categories: string[];
  directions: string[];
  mcp_servers: string[];
  agents: string[];
  sessions: number;
  calls: number;
  errors: number;
  denied: number;
  first_seen: string;
  last_seen: string;
}

const TABS = { agents: 'Agents', tools: 'Tools', topology: 'Topology' } as const;

/** What runs, and what it can do. */
export default function AgentsPage() {
  const { get, set } = useAddress();
  // Who reaches what is about single people.
  const { topology, ...others } = TABS;
  const tabs: Readonly<Record<string, string>> = useMay('traces:read') ? { ...others, topology } : others;
  const tab = get('tab') in tabs ? get('tab') : 'agents';
  return (
    <div className="page">
      <h1>Agents and tools</h1>
      <Tabs tabs={tabs} chosen={tab} choose={(name) => set({ tab: name === 'agents' ? '' : name })} />
      {tab === 'agents' ? <Agents /> : tab === 'tools' ? <Tools /> : <Connections />}
    </div>
  );
}

function useInventory<Item>(path: string) {
  const { from, to } = useTimeRange();
  return useQuery({
    queryKey: ['inventory', path, from, to],
    queryFn: () => request<Page<Item>>('GET', pathOf(path, { from, to, limit: 500 })),
    placeholderData: keepPreviousData,
  });
}

function Agents() {
  const agents = useInventory<Agent>('/agents');
  if (agents.isPending) return <Skeleton height={40} rows={8} />;
  if (agents.error) return <Failure error={agents.error} retry={agents.refetch} />;
  if (agents.data.items.length === 0)
    return (
      <section className="panel">
        <NoSpans what="agents" />
      </section>
    );
  return (
    <section className="panel scroll-x" aria-label="Agents" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th>Agent</th>

            <th>Models</th>
            <th>Tools</th>
            <th className="num">Prompts</th>
            <th className="num">People</th>
            <th className="num">Sessions</th>
            <th className="num">Errors</th>
            <th className="num">Cost</th>
            <th>First seen</th>
            <th>Last seen</th>
          </tr>
        </thead>
        <tbody>
          {agents.data.items.map((agent) => (
            <tr key={agent.id}>
              <td>
                <Link className="cut name" href={`/agents/${encodeURIComponent(agent.id)}`} title={agent.id}>
                  <bdi>{agent.id}</bdi>
                </Link>
                <div className="small faint cut name">
                  {[agent.frameworks.join(', '), agent.versions.join(', ')].filter(Boolean).join(' · ')}
                </div>
              </td>
              <td>{agent.models.join(', ')}</td>
              <td style={{ maxWidth: 160 }} className="cut" title={agent.tools.join(', ')}>
                {agent.tools.join(', ')}
              </td>
              <td className="num">
                {agent.prompt_hashes > 1 ? (
                  <span className="sev medium">{agent.prompt_hashes}</span>
                ) : (
                  agent.prompt_hashes
                )}
              </td>
              <td className="num">{grouped(agent.users)}</td>
              <td className="num">{grouped(agent.sessions)}</td>
              <td className="num">{grouped(agent.errors)}</td>
              <td className="num">{dollars(agent.cost_usd)}</td>
              <td>
                <When at={agent.first_seen} />
              </td>
              <td>
                <When at={agent.last_seen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Connections() {
  const { from, to } = useTimeRange();
  const topology = useQuery({
    queryKey: ['topology', from, to],
    queryFn: () => request<Topology>('GET', pathOf('/topology', { from, to })),
    placeholderData: keepPreviousData,
  });
  return (
    <Answer of={topology} height={400} rows={1}>
      {(shown) =>
        shown.edges.length === 0 ? (
          <section className="panel">
            <NoSpans what="connections" />
          </section>
        ) : (
          <Suspense fallback={<Skeleton height={400} />}>
            <TopologyGraph topology={shown} />
          </Suspense>
        )
      }
    </Answer>
  );
}

function Tools() {
  const tools = useInventory<Tool>('/tools');
  if (tools.isPending) return <Skeleton height={40} rows={8} />;
  if (tools.error) return <Failure error={tools.error} retry={tools.refetch} />;
  if (tools.data.items.length === 0)
    return (
      <section className="panel">
        <NoSpans what="tools" />
      </section>
    );
  return (
    <section className="panel scroll-x" aria-label="Tools" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th>Tool</th>
            <th>Category</th>
            <th>Direction</th>
            <th>MCP server</th>
            <th>Agents</th>
            <th className="num">Calls</th>
            <th className="num">Sessions</th>
            <th className="num">Errors</th>
            <th className="num">Denied</th>
            <th>Last seen</th>
          </tr>
        </thead>
        <tbody>
          {tools.data.items.map((tool) => (
            <tr key={tool.name}>
              <td>
                <Link className="mono" href={`/sessions?range=30d&tool=${encodeURIComponent(tool.name)}`}>
                  {tool.name}
                </Link>
              </td>
              <td>
                <span className="row wrap" style={{ gap: 4 }}>
                  {tool.categories.map((name) => (
                    <span key={name} className={GRAVE.test(name) ? 'chip high' : 'chip'}>
                      {name.replaceAll('_', ' ')}
                    </span>
                  ))}
                </span>
              </td>
              <td>{tool.directions.join(', ')}</td>
              <td>{tool.mcp_servers.join(', ')}</td>
              <td style={{ maxWidth: 240 }} className="cut" title={tool.agents.join(', ')}>
                {tool.agents.join(', ')}
              </td>
              <td className="num">{figure(tool.calls)}</td>
              <td className="num">{grouped(tool.sessions)}</td>
              <td className="num">{grouped(tool.errors)}</td>
              <td className="num">{grouped(tool.denied)}</td>
              <td>
                <When at={tool.last_seen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
