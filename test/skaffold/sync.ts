import path from 'node:path';
import type { Artifact, SyncRule } from './pipeline.ts';

/** A file that was saved, with what it says now, or that was deleted; its path is relative to the context of the build. */
export interface Change { file: string; text: string | undefined }

/** What a container is sent: texts by absolute path, and paths that go. */
export interface Sync { write: Map<string, string>; remove: string[] }

/** As skaffold decides: every changed file has a rule, and all are put into the running containers; or the image is built again. @param workdir of the image */
export function syncOf({ sync }: Artifact, changes: Change[], workdir: string): Sync | 'rebuild' {
  const found: Sync = { write: new Map(), remove: [] };
  for (const { file, text } of changes) {
    const places = placesOf(sync?.manual ?? [], file, workdir);
    if (places.length === 0) return 'rebuild';
    for (const place of places) {
      if (text === undefined) found.remove.push(place);
      else found.write.set(place, text);
    }
  }
  return found;
}

/** Every rule that matches has its say. */
function placesOf(rules: SyncRule[], file: string, workdir: string): string[] {
  return rules.filter(({ src }) => path.posix.matchesGlob(file, src)).map(({ dest, strip = '' }) => {
    const below = file.startsWith(strip) ? file.slice(strip.length) : file;
    return path.posix.join(path.posix.isAbsolute(dest) ? '/' : workdir, dest, below);
  });
}
