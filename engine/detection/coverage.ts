import type { Rule } from '../core/rule.ts';
import { THREAT_CATALOGUE } from './threat-catalogue.ts';

export interface CoverageEntry {
  readonly id: string;
  readonly name: string;
  /** Rules that run: enabled and not deprecated. */
  readonly rules: readonly string[];
}

export interface FrameworkCoverage {
  readonly framework: string;
  readonly version: string;
  readonly covered: number;
  readonly total: number;
  readonly entries: readonly CoverageEntry[];
}

/** Which rules look for what each framework names. A technique that only a rule names is listed after the catalogue's own. */
export function coverageOf(rules: readonly Rule[]): FrameworkCoverage[] {
  const running = rules.filter(({ metadata }) => metadata.enabled && metadata.status !== 'deprecated');
  return THREAT_CATALOGUE.map(({ framework, version, entries }) => {
    const mapped = running.flatMap(({ id, metadata }) =>
      metadata.threat
        .filter((threat) => threat.framework === framework)
        .flatMap((threat) => threat.technique.map((technique) => ({ technique, id }))),
    );
    const names = new Map(Object.entries(entries));
    for (const { technique } of mapped) if (!names.has(technique)) names.set(technique, '');
    const listed = [...names].map(([id, name]) => ({
      id,
      name,
      rules: [...new Set(mapped.filter(({ technique }) => technique === id).map((item) => item.id))].sort(),
    }));
    const covered = listed.filter((entry) => entry.rules.length > 0).length;
    return { framework, version, covered, total: listed.length, entries: listed };
  });
}
