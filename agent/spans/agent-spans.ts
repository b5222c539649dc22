import type { ClientAttributes } from '../spool/client-span.ts';
import { type Action, findAction, openActions, saveAction } from './action-book.ts';
import type { SessionTree } from './session-tree.ts';

/** The span below which stands what the event tells of: a sub-agent's, the exchange's, or the session's. */
export function parentOf(tree: SessionTree): string {
  const { agentId, attributes } = tree.said;
  return agentId === '' ? tree.turnOrRoot() : findOrBeginAgent(tree, agentIdentity(attributes)).spanId;
}

export function beginAgent(tree: SessionTree): void {
  findOrBeginAgent(tree, tree.said.attributes);
}

export function endAgent(tree: SessionTree): void {
  const { agentId, now, attributes } = tree.said;
  const action = agentId === '' ? likeliestAgent(tree) : findOrBeginAgent(tree, attributes);
  if (action === undefined || action.doneMs !== null) return;
  const startMs = Math.min(action.body.startMs, now - tree.duration());
  action.body = { ...action.body, startMs, attributes: { ...action.body.attributes, ...attributes } };
  tree.finish(action);
}

/** The sub-agent that the event is about; known from now on, also where nobody told of its start. */
function findOrBeginAgent(tree: SessionTree, attributes: ClientAttributes): Action {
  const { session, agentId, state, now } = tree.said;
  const spanId = tree.id('agent', session, agentId);
  const known = findAction(tree.spool, spanId);
  if (known !== undefined) return known;
  state.agents++;
  const action: Action = {
    spanId,
    session,
    kind: 'agent',
    callKey: '',
    target: typeKey(tree),
    openedMs: now,
    doneMs: null,
    seen: [tree.mark()],
    body: tree.span('coding_agent.subagent', spanId, startingCall(tree), { attributes }),
  };
  saveAction(tree.spool, action);
  return action;
}

/** Cursor does not say which of several ends. */
function likeliestAgent(tree: SessionTree): Action | undefined {
  const open = openActions(tree.spool, tree.said.session).filter((action) => action.kind === 'agent');
  const type = typeKey(tree);
  return open.find(({ target }) => target === type) ?? open[0];
}

function typeKey(tree: SessionTree): string {
  const { event, session } = tree.said;
  return tree.id('agent type', session, event.agentType ?? '');
}

/** The call that started the sub-agent, as far as it can be told. */
function startingCall(tree: SessionTree): string {
  const { event, session } = tree.said;
  const open = openActions(tree.spool, session);
  const callKey = event.parentCallId ? tree.id('call', session, event.parentCallId) : '';
  const named = open.find((action) => callKey !== '' && action.callKey === callKey);
  const started = named ?? open.find((action) => action.body.attributes['spanwarden.client.tool_kind'] === 'agent');
  return started?.spanId ?? tree.turnOrRoot();
}

/** Of what an event in a sub-agent says, what is said of the sub-agent. */
function agentIdentity(attributes: ClientAttributes): ClientAttributes {
  const keys = ['coding_agent.agent.id', 'coding_agent.subagent.type'];
  return Object.fromEntries(keys.flatMap((key) => (key in attributes ? [[key, attributes[key]!]] : [])));
}
