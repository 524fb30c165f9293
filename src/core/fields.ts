/** The rest of a record as `key=value`, values as JSON where a bare word would be ambiguous. */
export function formatFields(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key}=${formatValue(value)}`)
    .join(' ');
}

function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value);
}

/** Reads a line that should be a JSON object; undefined when it is not. */
export function parseRecord(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isRecord ? (value as Record<string, unknown>) : undefined; // an object that is neither null nor a list has string keys
  } catch {
    return undefined; // not JSON is an answer here: such lines are shown as they are
  }
}
