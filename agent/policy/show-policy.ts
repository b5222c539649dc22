import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readClientSettings } from '../client-settings.ts';
import { openSpool } from '../spool/open-spool.ts';
import { type StateFolder, spoolFolder } from '../state-folder.ts';
import { policyInForce } from './policy-in-force.ts';

/** Prints the policy that the next event of this user meets, and where it comes from. */
export function showPolicy(state: StateFolder, { json }: { readonly json: boolean }): void {
  const { policy, source } = policyInForce(state, lastGood(state));
  if (json) {
    process.stdout.write(`${JSON.stringify({ source, policy }, null, 2)}\n`);
    return;
  }
  const { capture, ignore, disabled, version } = policy;
  const from = {
    managed: state.managedPolicy,
    server: state.policy,
    'last good': 'the last good one',
    none: 'none was ever here: the strictest',
  };
  const lines = [
    `from             ${from[source]}`,
    `version          ${version}`,
    `capture          ${disabled ? 'minimal (disabled)' : capture.level}`,
    `prompts          ${capture.prompts}`,
    `tool arguments   ${capture.tool_arguments}`,
    `edits            ${capture.edits}`,
    `identity         ${capture.identity}`,
    `ignored          ${[...ignore.repositories, ...ignore.folders, ...ignore.files].join(', ') || 'nothing'}`,
    `.gitignore       ${ignore.gitignore ? 'respected' : 'not looked at'}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Looks into the user's spool without making one. */
function lastGood(state: StateFolder) {
  const folder = spoolFolder(state);
  const none = { get: () => undefined, set: () => {} };
  if (!existsSync(join(folder, 'spool.db'))) return none;
  const spool = openSpool(folder, readClientSettings(state.settings));
  const known = spool.getText('last good policy');
  spool.close();
  return { ...none, get: () => known };
}
