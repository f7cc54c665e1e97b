import { useEffect, useState } from 'preact/hooks';

export interface Polled<T> { value?: T; error?: string }

/** Reads again `everyMs` after each answer, while the page is visible; keeps the last value through errors. */
export function usePolled<T>(load: () => Promise<T>, everyMs: number, key: unknown = ''): Polled<T> {
  const [state, setState] = useState<Polled<T>>({});
  useEffect(() => {
    let over = false;
    let timer = 0;
    const round = async () => {
      if (!document.hidden) {
        const next = await load().then((value): Polled<T> => ({ value }), (error: Error): Polled<T> => ({ error: error.message }));
        if (over) return;
        setState((before) => next.value === undefined ? { ...before, error: next.error } : next);
      }
      timer = setTimeout(() => void round(), everyMs);
    };
    void round();
    return () => { over = true; clearTimeout(timer); };
  }, [everyMs, key]);
  return state;
}
