#!/usr/bin/env node
import { runAgentCommand } from './run-agent-command.ts';

/** The client as a program of its own: `npm run build:agent` makes one file of it. */
const [, file = '', ...words] = process.argv;
runAgentCommand(words[0] === 'agent' ? words.slice(1) : words, [file]).catch((error: NodeJS.ErrnoException) => {
  process.stderr.write(`spanwarden agent: ${error.code ?? error.name}\n`);
  process.exitCode = 1;
});
