/** A request as it came off the wire, and the answer as it goes back: what Express and the simulation share. */
export interface RawRequest {
  method: string;
  /** With query string, not decoded. */
  path: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
  /** Address of the other end of the connection, where there is one. */
  remote?: string;
}

export interface RawResponse { status: number; headers: Record<string, string>; body: Buffer | string }

export type Handler = (request: RawRequest) => Promise<RawResponse>;
