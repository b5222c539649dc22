// The doors between the rooms: what may import what. `npm run doors` holds them shut.
const rooms = {
  'engine/core': [],
  'engine/redaction': ['engine/core'],
  'engine/clickhouse': ['engine/core'],
  'engine/detection': ['engine/core'],
  'engine/alerts': ['engine/core'],
  'engine/archive': ['engine/core', 'engine/clickhouse'],
  'engine/erasure': ['engine/core', 'engine/clickhouse', 'engine/archive'],
  'engine/summaries': ['engine/core'],
  'engine/config': ['engine/core', 'engine/summaries'],
  rules: ['engine/core'],
  ingest: ['engine/core', 'engine/redaction', 'engine/clickhouse'],
  agent: ['engine/core', 'engine/redaction'],
  'dashboards/auth': ['engine/core', 'engine/clickhouse'],
  'dashboards/client': ['engine/core'],
  'dashboards/api': ['engine', 'dashboards/auth'],
};

const ours = '^(engine|rules|ingest|agent|dashboards|commands|test|spanwarden\\.ts)';

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, doors]) => ({
      name: `${room.replace('/', '-')}-door`,
      comment: `${room} may import ${doors.length ? doors.join(', ') : 'nothing of ours'}`,
      severity: 'error',
      from: { path: `^${room}/` },
      to: { path: ours, pathNot: [room, ...doors].map((door) => `^${door}/`) },
    })),
    {
      name: 'web-door',
      comment: 'of ours, dashboards/web imports types alone, all of them in answers.ts; .tsx is held by biome.json',
      severity: 'error',
      from: { path: '^dashboards/web/', pathNot: '/answers[.]ts$' },
      to: { path: ours, pathNot: '^dashboards/web/' },
    },
    {
      name: 'web-types-door',
      severity: 'error',
      from: { path: '^dashboards/web/' },
      to: { path: ours, pathNot: ['^dashboards/(web|api)/', '^engine/core/'] },
    },
    {
      name: 'config-door',
      severity: 'error',
      comment: 'only the front door and its commands read engine/config',
      from: { pathNot: '^(spanwarden\\.ts|commands/|test/|engine/config/)' },
      to: { path: '^engine/config/' },
    },
    { name: 'no-test-in-product', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    {
      name: 'front-door-only',
      severity: 'error',
      comment: 'nothing imports the front door, and nothing else its commands',
      from: { pathNot: '^(spanwarden\\.ts|commands/)' },
      to: { path: '^(spanwarden\\.ts$|commands/)' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)node_modules/|fixtures/|^dashboards/web/dist/|^agent/sdk/[.]?dist|[.]tsx$' },
  },
};
