-- Tags of alerts, what routing decides about a delivery, and the org's policies: routes, silences, inhibitions.

ALTER TABLE alert_events
    ADD COLUMN IF NOT EXISTS tags Array(String) COMMENT 'opened, matched: of the rule; tagged: what people set' AFTER runbook;

ALTER TABLE deliveries
    ADD COLUMN IF NOT EXISTS route_id String COMMENT 'Empty when no route decided';

ALTER TABLE deliveries
    ADD COLUMN IF NOT EXISTS bundle String COMMENT 'What waits under the same name goes in one message';

ALTER TABLE deliveries
    ADD COLUMN IF NOT EXISTS summary_id String COMMENT 'Delivery of the message that told of this one too';

ALTER TABLE deliveries
    ADD COLUMN IF NOT EXISTS reason String COMMENT 'Why it was silenced, held back or ended; free of content';

ALTER TABLE deliveries
    ADD COLUMN IF NOT EXISTS receipt String COMMENT 'What the receiver calls the message, e.g. the timestamp of a Slack message';

CREATE TABLE IF NOT EXISTS alert_policies
(
    id String,
    kind LowCardinality(String) COMMENT 'route, silence or inhibition',
    body String COMMENT 'JSON',
    created_at DateTime64(6, 'UTC'),
    created_by String,
    deleted Bool DEFAULT false,
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id;
