import { z } from 'zod';
import { id } from './ids.ts';

/** What every message looks like on the wire, whatever its data. */
export const envelopeSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200).meta({ description: 'Unique; the same message delivered again keeps it.' }),
  source: z.string().regex(/^\/tradewind\/[a-z-]+$/).meta({ description: 'The service that wrote it.' }),
  type: z.string().regex(/^tradewind\.[a-z.-]+\.v[1-9][0-9]*$/).meta({ description: 'Wire type with its version.' }),
  subject: z.string().min(1).max(200).meta({ description: 'The stream of an event; the target of a command.' }),
  time: z.iso.datetime({ precision: 3 }),
  datacontenttype: z.literal('application/json'),
  partitionkey: id.meta({ description: 'Messages of one key keep their order.' }),
  correlationid: z.string().min(1).max(200).meta({ description: "The order's id, or the aggregate's own where no order is involved." }),
  causationid: z.string().min(1).max(200).meta({ description: 'Id of the message or request that led to this one.' }),
  traceparent: z.string().max(64).optional().meta({ description: 'W3C trace context.' }),
  streamversion: z.int().min(1).optional().meta({ description: 'Position of an event in its stream, counted from 1; absent on commands.' }),
  data: z.unknown().meta({ description: 'Fits the schema of its type.' }),
});
