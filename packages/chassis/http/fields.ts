import { z } from 'zod';

const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';
/** Counted in characters, as JSON Schema counts; zod's `max` counts UTF-16 units. */
const NAME = new RegExp(`^[^${CONTROLS}]{1,200}$`, 'u');

/** A name that people gave something. */
export const name = z.string().regex(NAME, 'Give it 1 to 200 characters, none of them a control character.');

/** Where a list goes on: `nextCursor` of the page before. */
export const cursor = z.string().regex(/^[ -~]{0,200}$/).meta({ description: '`nextCursor` of the page before.' });
