import type { EventAction } from '../hooks/tool-event.ts';
import { finishUnfinished, openActions } from './action-book.ts';
import { beginAgent, endAgent, parentOf } from './agent-spans.ts';
import { beginCall, endCall } from './call-spans.ts';
import type { SessionTree } from './session-tree.ts';
import { beginTurn, endTurn } from './turn-spans.ts';

/** What each kind of event adds, beyond the session's own span. */
const ADDS: Readonly<Record<EventAction, (tree: SessionTree) => void>> = {
  'session.start': () => undefined,
  prompt: beginTurn,
  'turn.end': endTurn,
  'call.start': beginCall,
  'call.end': endCall,
  'call.failed': endCall,
  'call.denied': endCall,
  'agent.start': beginAgent,
  'agent.end': endAgent,
  notice,
  'session.end': endSession,
  remember: () => undefined,
};

/** In a transaction: what an event adds to its session's tree. `redacts`: facts were redacted, rather than left out for want of a redactor. */
export function growTree(tree: SessionTree, redacts: boolean): void {
  const { event, state, facts, agentId } = tree.said;
  // what was remembered at a higher level of capture does not outlive a lower one
  const same = state.facts['coding_agent.content_capture_mode'] === facts['coding_agent.content_capture_mode'];
  const degraded = !redacts && state.rooted;
  if (Object.keys(facts).length > 0 && !degraded) state.facts = same ? { ...state.facts, ...facts } : facts;
  state.ignored = false;
  if (event.action !== 'session.end') state.ended = false;
  const starting = event.action === 'session.start';
  if (!state.rooted)
    tree.emit(tree.span('coding_agent.session', tree.rootId(), '', starting ? {} : { attributes: {} }));
  else if (starting) notice(tree);
  state.rooted = true;
  // what a sub-agent is asked is in the call that started it, and where it stops the turn goes on
  const turns = event.action === 'prompt' || event.action === 'turn.end';
  if (!turns || agentId === '') ADDS[event.action](tree);
}

function notice(tree: SessionTree): void {
  const { event, state, session, attributes } = tree.said;
  if (tree.saysAgain(`${event.name} ${JSON.stringify(attributes)}`)) return;
  const id = tree.id('notice', session, String(state.notices++));
  tree.emit(tree.span('coding_agent.event', id, parentOf(tree)));
}

function endSession(tree: SessionTree): void {
  const { state, session, now, attributes } = tree.said;
  if (state.ended) return;
  state.ended = true;
  for (const action of openActions(tree.spool, session)) finishUnfinished(tree.spool, action, now);
  const sums = {
    'spanwarden.client.turns': state.turns,
    'spanwarden.client.calls': state.calls,
    'spanwarden.client.subagents': state.agents,
  };
  const id = tree.id('session end', session, String(state.turns), String(state.calls));
  const whole = { startMs: state.startedMs, attributes: { ...attributes, ...sums } };
  tree.emit(tree.span('coding_agent.session.end', id, tree.rootId(), whole));
}
