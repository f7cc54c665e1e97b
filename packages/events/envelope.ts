/**
 * Where a message stands in the story of an order: who caused it, and which trace it belongs to.
 * `correlationid` is the order's id (or the aggregate's own, where no order is involved);
 * `causationid` is the id of the message or request that led to this one.
 */
export interface Lineage {
  correlationid: string;
  causationid: string;
  /** W3C trace context, as in the HTTP header of that name. */
  traceparent?: string;
}

/** A message: a CloudEvents 1.0 envelope with the extensions the platform relies on. */
export interface Envelope<Data = unknown> extends Lineage {
  specversion: '1.0';
  id: string;
  /** The service that wrote it, as `/tradewind/orders`. */
  source: string;
  /** Versioned wire type, as `tradewind.order.placed.v1`. */
  type: string;
  /** The stream of an event, as `order-7f3a`; the target of a command. */
  subject: string;
  /** RFC 3339, UTC, milliseconds. */
  time: string;
  datacontenttype: 'application/json';
  /** What the log partitions by: messages of one key keep their order. */
  partitionkey: string;
  /** Position of an event in its stream, counted from 1; absent on commands. */
  streamversion?: number;
  data: Data;
}

/** An event before its stream gives it a place: the store adds `subject` and `streamversion`. */
export type Draft = Omit<Envelope, 'subject' | 'streamversion'>;
