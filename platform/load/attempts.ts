/** What a client knows of an order that it tried to place. */
export interface Attempt {
  orderId: string;
  /** Epoch ms of the first request, and of the 202. */
  at: number;
  acknowledgedAt?: number;
  /** Times that the request was sent until it was answered so. */
  tries?: number | undefined;
  /** `unknown`: the client gave up without an answer that decides; `refused`: the platform said no. */
  outcome: 'waiting' | 'acknowledged' | 'refused' | 'unknown';
}

/** What the stores hold, of the orders of a run. */
export interface Found {
  /** Times that each order was placed. */
  placed: Map<string, number>;
  /** Times that the payment provider took money for each. */
  charged: Map<string, number>;
}

/** To be read by `foundFrom` in another process. */
export function foundAsText({ placed, charged }: Found): string {
  return JSON.stringify({ placed: [...placed], charged: [...charged] });
}

export function foundFrom(text: string): Found {
  const { placed, charged } = JSON.parse(text) as Record<keyof Found, [string, number][]>;
  return { placed: new Map(placed), charged: new Map(charged) };
}

/** The total queue of Jepsen: what went in by what the clients know, against what is there. */
export interface Counts {
  attempted: number;
  acknowledged: number;
  refused: number;
  unknown: number;
  /** Acknowledged, and not there. */
  lost: number;
  /** There, and never attempted. */
  unexpected: number;
  /** Placed or charged more than once, each time beyond the first. */
  twice: number;
  /** Of the unknown, those that are there. */
  found: number;
}

export function countsOf(attempts: readonly Attempt[], { placed, charged }: Found): Counts {
  const known = new Map(attempts.map((each) => [each.orderId, each]));
  const those = (outcome: Attempt['outcome']) => attempts.filter((each) => each.outcome === outcome);
  const there = ({ orderId }: Attempt) => placed.has(orderId);
  return {
    attempted: attempts.length,
    acknowledged: those('acknowledged').length,
    refused: those('refused').length,
    unknown: those('unknown').length,
    lost: those('acknowledged').filter((each) => !there(each)).length,
    unexpected: [...placed.keys()].filter((id) => !known.has(id) || known.get(id)?.outcome === 'refused').length,
    twice: beyondTheFirst(placed) + beyondTheFirst(charged),
    found: those('unknown').filter(there).length,
  };
}

function beyondTheFirst(times: Map<string, number>): number {
  return [...times.values()].reduce((sum, each) => sum + Math.max(0, each - 1), 0);
}
