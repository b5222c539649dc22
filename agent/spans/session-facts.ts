import { hostname, userInfo } from 'node:os';
import type { ToolEvent } from '../hooks/tool-event.ts';
import type { Repository } from '../repository/read-repository.ts';
import type { ClientAttributes } from '../spool/client-span.ts';
import type { Capture } from './capture.ts';

/** An address and nothing else. */
const EMAIL = /^[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}$/;

/** What an event says of its session, as attributes of the resource, not redacted yet. Remembered for events that say less. */
export function sessionFacts(
  event: ToolEvent,
  cwd: string,
  repository: Repository | undefined,
  capture: Capture,
): ClientAttributes {
  const facts: Record<string, string> = {};
  const set = (key: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') facts[key] = value;
  };
  if (capture.level === 'minimal') return facts;
  set('session.id', event.sessionId);
  set('coding_agent.session.id', event.sessionId);
  set('service.version', event.version);
  set('coding_agent.model', event.model);
  set('user.id', userName());
  set('host.name', hostname());
  set('vcs.repository.name', repository?.name);
  set('vcs.repository.url.full', repository?.remoteUrl);
  set('vcs.ref.head.name', repository?.branch);
  if (repository?.authorName) set('coding_agent.commit.author', `${repository.authorName} <${repository.authorEmail}>`);
  if (capture.level === 'full') {
    set('code.cwd', cwd);
    set('coding_agent.repository.root', repository?.root);
  }
  return facts;
}

/** The developer's address where the policy asks for it: the only thing that is recorded as it is. */
export function sentEmail(event: ToolEvent, repository: Repository | undefined, { email }: Capture): string {
  const said = event.userEmail || repository?.authorEmail || '';
  return email && said.length <= 254 && EMAIL.test(said) ? said : '';
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
