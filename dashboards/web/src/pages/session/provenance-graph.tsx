import { graphlib, layout } from '@dagrejs/dagre';
import { useMemo } from 'react';
import type { Flow } from '../../answers.ts';
import { Token } from '../../parts/said.tsx';

const WORDS = { user: 'asked', untrusted: 'from outside', memory: 'memory', tool: 'call' } as const;
const NODE = { width: 170, height: 50 };
const MOST_LABEL = 20;

interface Node {
  readonly id: string;
  readonly label: string;
  readonly kind: keyof typeof WORDS;
  readonly x: number;
  readonly y: number;
}

interface Edge {
  readonly flow: Flow;
  readonly path: string;
  readonly at: { x: number; y: number };
}

/** Who flowed into what: sources on the left, calls and memory on the right; tainted ways stand out. */
export default function ProvenanceGraph({ flows, open }: { flows: readonly Flow[]; open: (spanId: string) => void }) {
  const { nodes, edges, width, height } = useMemo(() => draw(flows), [flows]);
  if (flows.length === 0)
    return (
      <p className="muted">
        No content of one call reached the arguments of another, as far as its telling words show.
      </p>
    );
  return (
    <div className="stack">
      <div className="graph" tabIndex={0} role="region" aria-label="Graph">
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`${nodes.length} places, ${edges.length} flows; the table below names them`}
        >
          <defs>
            <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0 8 4 0 8Z" fill="var(--line-strong)" />
            </marker>
            <marker id="tainted-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
              <path d="M0 0 8 4 0 8Z" fill="var(--untrusted)" />
            </marker>
          </defs>
          {edges.map(({ flow, path, at }) => (
            <g key={keyOf(flow)}>
              <path
                className={flow.only_untrusted > 0 ? 'edge tainted' : 'edge'}
                d={path}
                markerEnd={flow.only_untrusted > 0 ? 'url(#tainted-tip)' : 'url(#tip)'}
              />
              <text className="edge-label" x={at.x} y={at.y - 6} textAnchor="middle">
                {flow.only_untrusted > 0 ? `${flow.only_untrusted} only from here` : `${flow.shared} shared`}
              </text>
            </g>
          ))}
          {nodes.map(({ id, label, kind, x, y }) => (
            <g
              key={id}
              className={`node ${kind}`}
              transform={`translate(${x - NODE.width / 2} ${y - NODE.height / 2})`}
            >
              <title>{label}</title>
              <rect width={NODE.width} height={NODE.height} rx="6" />
              <text x="12" y="22">
                {label.length > MOST_LABEL ? `${label.slice(0, MOST_LABEL - 1)}…` : label}
              </text>
              <text className="sub" x="12" y="39">
                {WORDS[kind]}
              </text>
            </g>
          ))}
        </svg>
      </div>
      <div className="scroll-x">
        <table className="table">
          <thead>
            <tr>
              <th>From</th>
              <th>Into</th>
              <th className="num">Shared</th>
              <th className="num">Only from there</th>
              <th>Redacted values that flowed</th>
              <th>
                <span className="hidden-text">Open</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {flows.map((flow) => (
              <tr key={keyOf(flow)}>
                <td>{flow.from === '' ? <span className="chip user">user</span> : <code>{flow.from}</code>}</td>
                <td>
                  <code>{flow.to}</code> {flow.to_kind === 'memory' && <span className="chip memory">memory</span>}
                </td>
                <td className="num">{flow.shared}</td>
                <td className="num">
                  {flow.only_untrusted > 0 ? <strong className="sev high">{flow.only_untrusted}</strong> : 0}
                </td>
                <td>
                  <span className="row wrap" style={{ gap: 4 }}>
                    {flow.tokens.map((token) => (
                      <Token key={token} token={token} />
                    ))}
                  </span>
                </td>
                <td>
                  <button type="button" className="button" onClick={() => open(flow.sinks[0]!.span_id)}>
                    Open the call
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function keyOf({ from, from_kind, to, to_kind }: Flow): string {
  return JSON.stringify([from_kind, from, to_kind, to]);
}

function draw(flows: readonly Flow[]): { nodes: Node[]; edges: Edge[]; width: number; height: number } {
  const graph = new graphlib.Graph()
    .setGraph({ rankdir: 'LR', ranksep: 150, nodesep: 24, marginx: 8, marginy: 16 })
    .setDefaultEdgeLabel(() => ({}));
  const about = new Map<string, Pick<Node, 'label' | 'kind'>>();
  const add = (name: string, kind: Node['kind']): string => {
    const id = name === '' ? 'user' : `tool ${name}`;
    const known = about.get(id);
    // A tool that is read from and called is shown by where its content comes from.
    if (!known || known.kind === 'tool') about.set(id, { label: name === '' ? 'User' : name, kind });
    graph.setNode(id, { ...NODE });
    return id;
  };
  const ends = flows.map((flow) => {
    const from = add(flow.from, flow.from_kind);
    const to = add(flow.to, flow.to_kind);
    graph.setEdge(from, to);
    return { flow, from, to };
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: [...about].map(([id, { label, kind }]) => ({
      id,
      label,
      kind,
      ...(graph.node(id) as { x: number; y: number }),
    })),
    edges: ends.map(({ flow, from, to }) => {
      const { points } = graph.edge(from, to) as { points: { x: number; y: number }[] };
      const path = points
        .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
        .join(' ');
      return { flow, path, at: points[Math.floor(points.length / 2)]! };
    }),
  };
}
