#!/bin/sh
# The client under the Node that came with it.
exec /usr/lib/spanwarden-agent/node /usr/lib/spanwarden-agent/spanwarden-agent.cjs "$@"
