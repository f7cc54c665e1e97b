import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

/** One that does not stop by itself is killed after this. */
const STOP_WITHIN_MS = 10_000;

/** A program of Node.js in a process of its own, which ends and begins again while this one stays. */
export interface Program {
  /** Tells it to end by SIGTERM, and starts it anew. One that is down is started. */
  restart(): void;
  /** @returns its exit code; 0 when it was down. */
  end(signal: NodeJS.Signals): Promise<number>;
}

type State =
  | { is: 'up' | 'ending' | 'restarting'; child: ChildProcess }
  | { is: 'down' };

/** Starts it with this process's own options of Node.js. When it ends by itself it stays down until the next restart. @param say is given a line for people */
export function runProgram(file: string, say: (line: string) => void): Program {
  let state: State = { is: 'down' };

  function start(): void {
    const child = spawn(process.execPath, [...process.execArgv, file], { stdio: 'inherit' });
    state = { is: 'up', child };
    child.once('exit', (code, signal) => {
      const was = state.is;
      state = { is: 'down' };
      if (was === 'restarting') start();
      else if (was === 'up') say(`${file} ended with ${code ?? signal}; it begins again when a file changes`);
    });
  }

  start();
  return {
    restart() {
      if (state.is === 'down') return start();
      if (state.is !== 'up') return;
      say(`${file} begins again`);
      void stop(state.child, 'SIGTERM');
      state = { is: 'restarting', child: state.child };
    },
    async end(signal) {
      if (state.is === 'down') return 0;
      const { child } = state;
      state = { is: 'ending', child };
      return stop(child, signal);
    },
  };
}

/** @returns exit code, as a shell has it for one that a signal ended */
function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number> {
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  child.kill(signal);
  return new Promise((resolve) => {
    child.once('exit', (code, by) => {
      clearTimeout(late);
      resolve(code ?? 128 + constants.signals[by ?? 'SIGKILL']);
    });
  });
}
