const PRIME = 0x01000193;
const BASIS = 0x811c9dc5 | 0;

/** 32-bit hash of JSON, whatever the order of its fields; goes on from `hash`. */
export function hashOf(value: unknown, hash = BASIS): number {
  if (typeof value === 'string') return hashOfText(value, hash);
  if (typeof value === 'number' && (value | 0) === value) return Math.imul(hash ^ value, PRIME);
  if (Array.isArray(value)) {
    for (const each of value) hash = hashOf(each, Math.imul(hash, PRIME));
    return hash;
  }
  if (typeof value === 'object' && value !== null) return hashOfFields(value as Record<string, unknown>, hash);
  return hashOfText(String(value), hash);
}

/** Fields are added up, so that their order does not matter. */
function hashOfFields(fields: Record<string, unknown>, hash: number): number {
  let sum = 0;
  for (const name in fields) if (fields[name] !== undefined) sum = (sum + hashOf(fields[name], hashOfText(name, BASIS))) | 0;
  return Math.imul(hash ^ sum, PRIME);
}

/** FNV-1a. */
export function hashOfText(text: string, hash: number): number {
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}
