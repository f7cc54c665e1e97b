import type { Api } from './api.ts';

const LARGEST_PAGE = 100;

/** Up to `limit` items of a list that the API gives page by page. @param query its filters; undefined ones are left out. */
export async function pages<Item>(api: Api, path: string, query: Record<string, string | undefined>, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined; ;) {
    const asked = new URLSearchParams({ limit: String(Math.min(limit - items.length, LARGEST_PAGE)) });
    for (const [name, value] of Object.entries({ ...query, cursor })) if (value !== undefined) asked.set(name, value);
    const page = await api.ask<{ items: Item[]; nextCursor?: string }>({ method: 'GET', path: `${path}?${asked.toString()}` });
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined || items.length >= limit) return items;
  }
}
