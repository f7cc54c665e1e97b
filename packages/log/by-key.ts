import type { LogRecord } from './port.ts';

/**
 * Handles a batch with records of one key in order, and keys side by side, at most `width` at a time.
 * Rejects with the first error after all that were begun have ended.
 */
export async function byKey(
  batch: LogRecord[],
  { key, width }: { key: (record: LogRecord) => string; width: number },
  handle: (record: LogRecord) => Promise<void>,
): Promise<void> {
  const lanes = new Map<string, LogRecord[]>();
  for (const record of batch) {
    const lane = lanes.get(key(record));
    if (lane) lane.push(record);
    else lanes.set(key(record), [record]);
  }
  const waiting = lanes.values();
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    for (const lane of waiting)
      for (const record of lane) {
        if (failure) return;
        try {
          await handle(record);
        } catch (error) {
          failure ??= { error };
        }
      }
  };
  await Promise.all(Array.from({ length: Math.min(width, lanes.size) }, worker));
  if (failure) throw failure.error;
}
