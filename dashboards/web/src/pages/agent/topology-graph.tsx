import { graphlib, layout } from '@dagrejs/dagre';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Topology } from '../../answers.ts';
import { figure, grouped } from '../../number.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { GRAVE } from './grave.ts';

type Edge = Topology['edges'][number];
type Kind = Edge['from_kind'];

const WORDS: Readonly<Record<Kind, string>> = {
  agent: 'agent',
  tool: 'tool',
  mcp: 'MCP server',
  memory: 'memory',
  model: 'model',
};
const NODE = { width: 176, height: 44 };
const MOST_LABEL = 21;

interface Node {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly category: string;
  readonly evidence: number;
  readonly x: number;
  readonly y: number;
}

/** Who reaches what. What evidence of an alert went over stands out; a click keeps what is connected. */
export default function TopologyGraph({ topology }: { topology: Topology }) {
  const [chosen, setChosen] = useState('');
  const edges = useMemo(() => connected(topology.edges, chosen), [topology, chosen]);
  const picture = useMemo(() => draw(edges), [edges]);
  return (
    <div className="stack" style={{ gap: 16 }}>
      <div className="row wrap small muted">
        {chosen === '' ? (
          'Choose an agent, a tool or a model to see what it is connected with.'
        ) : (
          <button type="button" className="button" onClick={() => setChosen('')}>
            Show everything again
          </button>
        )}
        {topology.truncated && <span>The busiest connections are drawn; there are more.</span>}
      </div>
      <div className="graph panel" tabIndex={0} role="region" aria-label="Topology">
        <svg
          width={picture.width}
          height={picture.height}
          viewBox={`0 0 ${picture.width} ${picture.height}`}
          role="group"
          aria-label={`${picture.nodes.length} places, ${edges.length} connections; the table below names them`}
        >
          {picture.edges.map(({ edge, path, at }) => (
            <g key={keyOf(edge)}>
              <path className={edge.evidence > 0 ? 'edge tainted' : 'edge'} d={path}>
                <title>{`${edge.from} to ${edge.to}: ${grouped(edge.calls)} calls, ${grouped(edge.evidence)} evidence of alerts`}</title>
              </path>
              <text className="edge-label" x={at.x} y={at.y - 4} textAnchor="middle">
                {figure(edge.calls)}
              </text>
            </g>
          ))}
          {picture.nodes.map((node) => (
            <NodeBox key={node.id} node={node} choose={() => setChosen(node.id === chosen ? '' : node.id)} />
          ))}
        </svg>
      </div>
      <DataTable
        label="Connections"
        head={['From', 'To', '#Calls', '#Sessions', '#Errors', '#Evidence of alerts']}
        items={edges}
      >
        {(edge) => (
          <tr key={keyOf(edge)}>
            <td>
              <Place kind={edge.from_kind} name={edge.from} />
            </td>
            <td>
              <Place kind={edge.to_kind} name={edge.to} />{' '}
              {edge.category !== '' && (
                <span className={GRAVE.test(edge.category) ? 'chip high' : 'chip'}>
                  {edge.category.replaceAll('_', ' ')}
                </span>
              )}
            </td>
            <td className="num">{grouped(edge.calls)}</td>
            <td className="num">{grouped(edge.sessions)}</td>
            <td className="num">{grouped(edge.errors)}</td>
            <td className="num">
              {edge.evidence > 0 ? <strong className="sev high">{grouped(edge.evidence)}</strong> : 0}
            </td>
          </tr>
        )}
      </DataTable>
    </div>
  );
}

function NodeBox({ node, choose }: { node: Node; choose: () => void }) {
  const { kind, name, category, x, y } = node;
  return (
    <g
      className={`node ${kind === 'agent' ? 'agent' : kind === 'memory' ? 'memory' : GRAVE.test(category) ? 'untrusted' : ''}`}
      transform={`translate(${x - NODE.width / 2} ${y - NODE.height / 2})`}
      role="button"
      tabIndex={0}
      aria-label={`${WORDS[kind]} ${name}`}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        choose();
      }}
    >
      <title>{name}</title>
      <rect width={NODE.width} height={NODE.height} rx="6" />
      <text x="10" y="19">
        {[...name].length > MOST_LABEL ? `${[...name].slice(0, MOST_LABEL - 1).join('')}…` : name}
      </text>
      <text className="sub" x="10" y="35">
        {[WORDS[kind], category.replaceAll('_', ' ')].filter(Boolean).join(', ')}
      </text>
    </g>
  );
}

function Place({ kind, name }: { kind: Kind; name: string }) {
  return (
    <>
      <span className="faint">{WORDS[kind]}</span>{' '}
      {kind === 'agent' ? (
        <Link href={`/agents/${encodeURIComponent(name)}`}>{name}</Link>
      ) : kind === 'tool' ? (
        <Link className="mono" href={`/sessions?range=30d&tool=${encodeURIComponent(name)}`}>
          {name}
        </Link>
      ) : (
        <code>{name}</code>
      )}
    </>
  );
}

function keyOf({ from_kind, from, to_kind, to }: Edge): string {
  return JSON.stringify([from_kind, from, to_kind, to]);
}

/** The edges at a place and those behind its neighbours; all when nothing is chosen. */
function connected(edges: readonly Edge[], chosen: string): readonly Edge[] {
  if (chosen === '') return edges;
  const ends = (edge: Edge) => [`${edge.from_kind} ${edge.from}`, `${edge.to_kind} ${edge.to}`];
  const near = new Set(edges.filter((edge) => ends(edge).includes(chosen)).flatMap(ends));
  return edges.filter((edge) => ends(edge).every((end) => near.has(end)));
}

function draw(edges: readonly Edge[]) {
  const graph = new graphlib.Graph()
    .setGraph({ rankdir: 'LR', ranksep: 150, nodesep: 12, marginx: 12, marginy: 16 })
    .setDefaultEdgeLabel(() => ({}));
  const about = new Map<string, { kind: Kind; name: string; category: string; evidence: number }>();
  const add = (kind: Kind, name: string, edge: Edge, category: string): string => {
    const id = `${kind} ${name}`;
    const known = about.get(id);
    about.set(id, {
      kind,
      name,
      category: category || (known?.category ?? ''),
      evidence: (known?.evidence ?? 0) + edge.evidence,
    });
    graph.setNode(id, { ...NODE });
    return id;
  };
  const ends = edges.map((edge) => {
    const from = add(edge.from_kind, edge.from, edge, '');
    const to = add(edge.to_kind, edge.to, edge, edge.category);
    // Models stand at the left of the agents that call them: tools and memories have the other side.
    if (edge.to_kind === 'model') graph.setEdge(to, from);
    else graph.setEdge(from, to);
    return { edge, from, to };
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const placed = (id: string) => graph.node(id) as { x: number; y: number };
  return {
    width: Math.max(width, 1),
    height: Math.max(height, 1),
    nodes: [...about].map(([id, node]): Node => ({ id, ...node, ...placed(id) })),
    edges: ends.map(({ edge, from, to }) => ({ edge, ...curve(placed(from), placed(to)) })),
  };
}

/** From the side of one box to the near side of another, its label in the middle, where curves of one box are apart. */
function curve(from: { x: number; y: number }, to: { x: number; y: number }) {
  const side = to.x >= from.x ? 1 : -1;
  const start = from.x + (side * NODE.width) / 2;
  const end = to.x - (side * NODE.width) / 2;
  const middle = (start + end) / 2;
  return {
    path: `M${start} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`,
    at: { x: middle, y: (from.y + to.y) / 2 },
  };
}
