import type { Api } from './api.ts';

const LARGEST_PAGE = 100;

/** Up to `limit` items of a list that the API gives page by page. */
export async function pages<Item>(api: Api, path: string, query: Record<string, string | undefined>, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  for (let cursor: string | undefined; ;) {
    const asked = new URLSearchParams([...given, ['limit', String(Math.min(limit - items.length, LARGEST_PAGE))], ...(cursor === undefined ? [] : [['cursor', cursor]])] as [string, string][]);
    const page = await api.ask<{ items: Item[]; nextCursor?: string }>({ method: 'GET', path: `${path}?${asked.toString()}` });
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined || items.length >= limit) return items;
  }
}
