import type { ClientStatus } from './client-status.ts';

/** For people; `--json` is for programs. */
export function formatStatus(status: ClientStatus): string {
  const { scope, installed, state, service, endpoint, policy, tools, queues } = status;
  const rows: [string, string][] = [
    ['installed', installed ? `yes, for ${scope === 'system' ? 'everyone' : 'this user'}` : 'no'],
    ['state folder', state],
    ['service', service === 'unknown' ? 'not known here' : service],
    ['sends to', endpoint || 'nowhere: no address is set'],
    [
      'policy',
      `${policy.level}, ${policy.source === 'none' ? 'as none was ever here' : `version ${policy.version} of ${policy.source}`}`,
    ],
    ...tools.map(({ tool, found, hooks, file }): [string, string] => [
      tool,
      `${found ? 'found' : 'not found'}, hooks ${hooks}${hooks === 'absent' ? '' : ` in ${file}`}`,
    ]),
    ...queues.map((queue): [string, string] => [
      `queue of ${queue.user}`,
      `${queue.waiting} waiting, ${queue.bytes} bytes; ${queue.recorded} recorded, ${queue.sent} sent, ${queue.dropped} dropped, ${queue.refused} refused; last export ${queue.lastSent || 'never'}`,
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, says]) => `${name.padEnd(width)}${says}\n`).join('');
}
