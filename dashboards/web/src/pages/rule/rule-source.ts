/** The files of a rule as the org runs them. */
export interface RuleSource {
  rule_id: string;
  format: 'sql' | 'yaml' | 'ts';
  text: string;
  tests: string;
  origin: 'file' | 'org' | 'edited';
  editable: boolean;
  /** 0 while the org changed nothing of it. */
  revision: number;
  problem: string;
  file: { format: string; text: string; tests: string; version: number } | null;
}

export interface RuleCheck {
  ok: boolean;
  problems: { file: 'rule' | 'tests'; line: number; text: string }[];
  tests: { test: string; passed: boolean; problem: string; seconds: number }[];
}

export interface RuleRevision {
  revision: number;
  action: 'edit' | 'enable' | 'disable' | 'restore';
  text: string;
  note: string;
  edited_at: string;
  edited_by: string;
}
