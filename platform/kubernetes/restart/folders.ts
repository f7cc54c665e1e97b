import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

/** Files that come together are one change. */
const QUIET_MS = 100;

/**
 * Calls `changed` when files below these folders were written, made, replaced or removed. What is watched are folders, each by itself: a file
 * that is replaced, as tar and most editors do it, is another file to whoever watches the file, which is why `node --watch` sees the first change only.
 */
export function watchFolders(roots: string[], changed: () => void): void {
  const watchers = new Map<number, FSWatcher>();
  let quiet: NodeJS.Timeout | undefined;

  function look(): void {
    const there = new Map(roots.flatMap(foldersIn).map((folder) => [statSync(folder).ino, folder]));
    for (const [inode, watcher] of watchers) {
      if (there.has(inode)) continue;
      watcher.close();
      watchers.delete(inode);
    }
    for (const [inode, folder] of there) if (!watchers.has(inode)) watchers.set(inode, watch(folder, seen));
  }

  function seen(): void {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      look();
      changed();
    }, QUIET_MS);
  }

  look();
}

function foldersIn(root: string): string[] {
  const below = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [root, ...below.map((entry) => path.join(entry.parentPath, entry.name))].filter((folder) => !folder.split(path.sep).includes('node_modules'));
}
