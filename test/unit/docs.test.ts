import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS, ROLES } from '../../dashboards/auth/permissions.ts';
import { DEFAULT_QUERY_LIMITS } from '../../engine/clickhouse/sql-guard/query-limits.ts';
import { CONTENT_COLUMNS } from '../../engine/clickhouse/sql-guard/readable-tables.ts';
import { readConfig } from '../../engine/config/read-config.ts';
import { configJsonSchema } from '../../engine/config/settings-schema.ts';
import { DIALECTS } from '../../engine/core/dialects/normalise.ts';
import { loadRules } from '../../engine/detection/load-rules.ts';
import { ATTRIBUTE_LIMIT, PREVIEW_LIMIT } from '../../engine/redaction/clip.ts';
import { SPAN_LIMITS } from '../../engine/redaction/span-boundary.ts';
import { demoSpans } from '../../ingest/demo/demo-spans.ts';
import { DEFAULT_DECODE_LIMITS } from '../../ingest/otlp/decode-limits.ts';
import { DEFAULT_RECEIVER_LIMITS } from '../../ingest/otlp/receiver-limits.ts';
import { codeOf, fencedBlocks, quotedIn, ROOT, readPage, tableRows } from '../markdown.ts';

const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT });
const MIB = 1024 * 1024;
const grouped = (value: number) => value.toLocaleString('en-US');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function linksOf(page: string): string[] {
  const prose = readPage(page).replace(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
}

describe('every page', () => {
  it.each(PAGES)('%s links to what exists', (page) => {
    const dead = linksOf(page).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  it('shows code of the examples as it is in them', () => {
    const shown = PAGES.flatMap((page) => fencedBlocks(readPage(page))).filter(({ info }) =>
      info.includes('examples/'),
    );
    expect(shown.length).toBeGreaterThan(3);
    for (const { info, code } of shown) expect(readPage(info.split(' ')[1]!)).toContain(code);
  });
});

describe('README.md', () => {
  const page = readPage('README.md');

  it('opens with the two commands', () => {
    expect(fencedBlocks(page)[0]!.code).toBe('npm ci && npm start -- --demo\nnpm ci && npm test\n');
    expect(page.slice(0, page.indexOf('```')).trim()).toBe('# Spanwarden');
  });

  it('tells how large the demo is', () => {
    const demo = demoSpans(0);
    const spans = demo.reduce((sum, session) => sum + session.spans.length, 0);
    expect(page).toContain(`${demo.length} sample sessions (${spans} spans`);
    expect(demo.filter((session) => session.raises.length === 0)).toHaveLength(11);
  });

  it('has a picture that stands alone', () => {
    const picture = readPage('docs/images/way-of-a-span.svg');
    expect(picture).toContain('prefers-color-scheme: dark');
    expect(picture).not.toMatch(/href|url\(|@import|<script|<image/);
  });
});

describe('operations.md', () => {
  const page = readPage('docs/operations.md');
  const schema = configJsonSchema() as { properties: Record<string, { default?: unknown }> };

  it('lists exactly the settings that there are, with their defaults', () => {
    const rows = tableRows(page, 'Settings');
    expect(rows.flatMap(([name]) => quotedIn(name!)).sort()).toEqual(Object.keys(schema.properties).sort());
    for (const [names, written] of rows) {
      for (const name of quotedIn(names!)) {
        const known = schema.properties[name]!.default;
        // Flags and lists pass through a transformation that JSON Schema does not show.
        if (known !== undefined) expect(written, name).toBe(`\`${String(known)}\``);
      }
    }
  });

  it('shows a config file that is accepted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'spanwarden-test-'));
    const file = join(folder, 'config.yaml');
    writeFileSync(file, codeOf(page, 'yaml')[0]!);
    expect(readConfig({ env: {}, file }).host).toBe('10.0.0.5');
    rmSync(folder, { recursive: true });
  });
});

describe('the built-in rules', async () => {
  const { rules } = await loadRules([join(ROOT, 'rules')]);
  const known = rules.map(({ id, metadata: { severity, status } }) => `${id} ${severity} ${status}`).sort();

  it('are described in on-call.md as they are, as far as they are', () => {
    const page = readPage('docs/on-call.md');
    const described = [...page.matchAll(/^### `(.+)`\n\n_(\w+), .*?\b(stable|test|experimental)\b/gm)];
    expect(described.length).toBeGreaterThanOrEqual(6);
    for (const [, id, severity, status] of described) {
      expect(known).toContain(`${id} ${severity!.toLowerCase()} ${status}`);
    }
  });

  it('are all in the catalogue, with severity, status and what they are about', () => {
    const page = readPage('docs/rule-catalogue.md');
    const rows = [...page.matchAll(/^\| \[`([^`]+)`\]\([^)]+\) *\| (\w+) *\| (\w+) *\| (\w+) *\|/gm)];
    expect(rows.map(([, id, severity, status, entity]) => `${id} ${severity} ${status} ${entity}`).sort()).toEqual(
      rules.map(({ id, metadata: { severity, status, entity } }) => `${id} ${severity} ${status} ${entity}`).sort(),
    );
    expect(page).toContain(`\n${rules.length} rules, `);
  });
});

describe('sending-spans.md', () => {
  const page = readPage('docs/sending-spans.md');

  it('has a line for every dialect', () => {
    expect(tableRows(page, 'What is understood')).toHaveLength(DIALECTS.length);
  });

  it('tells the limits that hold', () => {
    const { maxBodyBytes, maxInflatedBytes, maxInFlightBytes, maxConnections } = DEFAULT_RECEIVER_LIMITS;
    const { maxWeight, maxAttributes, maxDepth, maxStringBytes } = DEFAULT_DECODE_LIMITS;
    expect(maxInflatedBytes).toBe(maxBodyBytes);
    const limits = tableRows(page, 'Limits').flat().join('\n');
    for (const figure of [
      `${maxBodyBytes / MIB} MiB, as sent and decompressed`,
      `${grouped(maxWeight)} units`,
      `${maxInFlightBytes / MIB} MiB; ${grouped(maxConnections)} connections`,
      `${grouped(Math.min(maxAttributes, SPAN_LIMITS.attributes))}, lists and maps ${maxDepth} deep`,
      `${grouped(SPAN_LIMITS.events)} each`,
      `${maxStringBytes / MIB} MiB; one of more`,
      `${grouped(ATTRIBUTE_LIMIT)} characters of an attribute, ${grouped(PREVIEW_LIMIT)} of a preview`,
    ])
      expect(limits).toContain(figure);
  });
});

describe('analysts.md', () => {
  const page = readPage('docs/analysts.md');

  it('marks exactly the columns that analysts may not read', () => {
    const marked = [...page.matchAll(/`([\w.]+)` ✎/g)].map(([, column]) => column!);
    expect(marked.sort()).toEqual([...CONTENT_COLUMNS].sort());
  });

  it('tells the limits of a query', () => {
    const { seconds, memoryBytes, rowsToRead, bytesToRead, resultRows, resultBytes } = DEFAULT_QUERY_LIMITS;
    const limits = tableRows(page, 'What the guard lets through').flat().join('\n');
    expect(limits).toContain(`${seconds} s, ${memoryBytes / 1e6} MB`);
    expect(limits).toContain(`${grouped(rowsToRead)} rows, ${bytesToRead / 1e9} GB`);
    expect(limits).toContain(`${grouped(resultRows)} rows or ${resultBytes / 1e6} MB`);
  });
});

describe('access.md', () => {
  it('says who may do what, as it is', () => {
    const rows = tableRows(readPage('docs/access.md'), 'Roles').map(([permission, , ...cells]) => [
      quotedIn(permission!)[0]!,
      ROLES.filter((_, index) => cells[index] === '✓'),
    ]);
    const permissions = [...new Set(ROLES.flatMap((role) => [...PERMISSIONS[role]]))];
    const held = permissions.map((permission) => [
      permission,
      ROLES.filter((role) => (PERMISSIONS[role] as readonly string[]).includes(permission)),
    ]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(held));
  });
});

describe('architecture.md', () => {
  it('leads to every decision', () => {
    const linked = linksOf('docs/architecture.md').filter((link) => link.startsWith('decisions/'));
    expect(linked.sort()).toEqual(globSync('decisions/*.md', { cwd: join(ROOT, 'docs') }).sort());
  });
});
