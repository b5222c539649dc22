-- What tells who asked for a call: what the user requested, what each call does, what untrusted text asked for. Small numbers and keyed
-- hashes of word stems and salient tokens; no text.

ALTER TABLE otel_traces
    ADD COLUMN IF NOT EXISTS RequestKinds UInt16 COMMENT 'Kinds of action that the user''s request names, as bits',
    ADD COLUMN IF NOT EXISTS RequestDelegates Bool COMMENT 'The user lets something that the agent reads say what to do',
    ADD COLUMN IF NOT EXISTS RequestWords Array(UInt32) COMMENT 'Keyed hashes of the stems of the request''s words' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Calls.Id` Array(String) COMMENT 'Calls: the one that the span is, or those that the model asks for' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Calls.Tool` Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS `Calls.Kinds` Array(UInt16) COMMENT 'Kinds of action that the tool''s name tells',
    ADD COLUMN IF NOT EXISTS `Calls.Objects` Array(Array(UInt32)) COMMENT 'Keyed hashes of what else the tool''s name names' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Calls.Words` Array(Array(UInt32)) COMMENT 'The same of the words of its arguments' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Calls.Refs` Array(Array(UInt64)) COMMENT 'Content references of its arguments' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Instructions.Strength` Array(UInt8) COMMENT 'Sentences of untrusted text: 1 says, 2 asks, 3 commands' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Instructions.Kinds` Array(UInt16) COMMENT 'Kinds of action that it names',
    ADD COLUMN IF NOT EXISTS `Instructions.Words` Array(Array(UInt32)) COMMENT 'Keyed hashes of the stems of its words' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Instructions.Refs` Array(Array(UInt64)) COMMENT 'Content references of it' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Instructions.Targets` Array(Array(UInt64)) COMMENT 'Those that something can be sent to' CODEC(ZSTD(1));
