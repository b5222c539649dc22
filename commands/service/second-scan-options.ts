import type { Config } from '../../engine/config/settings-schema.ts';
import type { SecondScanOptions } from '../../ingest/second-scan/create-second-scanners.ts';

/** The second scanners that the settings ask for. */
export function secondScanOptions(config: Config): SecondScanOptions {
  const { secretlint, trufflehog, trufflehog_required: trufflehogRequired } = config;
  return { secretlint, trufflehog, trufflehogRequired };
}
