import { z } from 'zod';

/** Ends the range of what a name may be made of: all of Unicode but its control characters. */
const PRINTABLE = new RegExp('^[ -~\u00a0-\u{10fffd}]*$', 'u');

/** A name that people gave something. */
export const name = z.string().min(1).max(200).regex(PRINTABLE, 'Give it 1 to 200 characters, none of them a control character.');

/** Where a list goes on: `nextCursor` of the page before. */
export const cursor = z.string().max(200).regex(/^[ -~]*$/).meta({ description: '`nextCursor` of the page before.' });
