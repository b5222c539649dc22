/** What a hook does not need as long as a resident process is there. The bundle holds it compressed until it is called for. */

export { runForwarder } from './forwarder/run-forwarder.ts';
export { createEventHandler } from './handle-event.ts';
export { runInstallCommand } from './install/run-install-command.ts';
export { showPolicy } from './policy/show-policy.ts';
export { runResident } from './resident/run-resident.ts';
