import { finishUnfinished, openActions } from './action-book.ts';
import type { SessionTree } from './session-tree.ts';

/** The user asks: an exchange begins, unless this says again what another hook said. */
export function beginTurn(tree: SessionTree): void {
  const { event, state, session } = tree.said;
  const { turnId = '', prompt = '' } = event;
  const key = turnId === '' ? `turn ${state.turns}` : tree.id('turn', session, turnId);
  const saidAgain = turnId === '' ? tree.saysAgain(`prompt ${prompt}`) : key === state.turnKey;
  if (saidAgain) return;
  state.turns++;
  state.turnKey = key;
  state.turnSpanId = tree.id('turn', session, key);
  tree.emit(tree.span('coding_agent.llm.turn', state.turnSpanId, tree.rootId()));
}

/** The agent has stopped: what it was asked to do and did not is not going to end. */
export function endTurn(tree: SessionTree): void {
  const { event, state, session, now } = tree.said;
  const key = event.turnId ? tree.id('turn', session, event.turnId) : state.turnKey;
  if (state.endedTurn === key) return;
  state.endedTurn = key;
  tree.emit(tree.span('coding_agent.turn.end', tree.id('turn end', session, key), tree.turnOrRoot()));
  for (const action of openActions(tree.spool, session)) {
    const own = action.kind === 'call' && !('coding_agent.agent.id' in action.body.attributes);
    if (own) finishUnfinished(tree.spool, action, now);
  }
}
