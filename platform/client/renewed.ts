const RENEWED_AFTER_MS = 15 * 60_000;

/** One token, issued anew well before it ends. @param issue gives tokens that are valid for half an hour at least. */
export function renewed(issue: () => Promise<string>): () => Promise<string> {
  let token: Promise<string> | undefined;
  let until = 0;
  return () => {
    if (token && Date.now() < until) return token;
    until = Date.now() + RENEWED_AFTER_MS;
    const issued = issue();
    issued.catch(() => { if (token === issued) token = undefined; });
    return token = issued;
  };
}
