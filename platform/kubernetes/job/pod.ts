/** What is read of a pod. */
export interface Pod {
  metadata: { name: string };
  status?: {
    phase?: string;
    reason?: string;
    conditions?: { type: string; status: string; message?: string }[];
    containerStatuses?: { state?: { waiting?: { reason?: string; message?: string }; running?: object; terminated?: { exitCode: number; reason?: string } } }[];
  };
}

/** Where the pod of an errand stands. */
export type Whereabouts =
  | { state: 'waiting'; why: string }
  /** It will not start by itself. */
  | { state: 'stuck'; name: string; why: string }
  | { state: 'running'; name: string }
  | { state: 'ended'; name: string; code: number }
  /** It is over, and nobody knows how its program ended. */
  | { state: 'lost'; name: string; why: string };

/** Reasons to wait that only somebody else's act would change. */
const STUCK = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'CreateContainerConfigError', 'CreateContainerError'];

export function whereabouts(pod: Pod | undefined): Whereabouts {
  if (!pod) return { state: 'waiting', why: 'there is no pod yet' };
  const { metadata: { name }, status = {} } = pod;
  const { waiting, running, terminated } = stateOf(status);
  if (terminated) return { state: 'ended', name, code: terminated.exitCode };
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return { state: 'lost', name, why: status.reason ?? status.phase };
  if (running) return { state: 'running', name };
  return waiting ? held(name, waiting) : { state: 'waiting', why: unscheduled(status) ?? 'it is being created' };
}

type Status = NonNullable<Pod['status']>;
type State = NonNullable<NonNullable<Status['containerStatuses']>[number]['state']>;

function stateOf({ containerStatuses: [first] = [] }: Status): State {
  return first?.state ?? {};
}

function held(name: string, { reason, message }: NonNullable<State['waiting']>): Whereabouts {
  const why = [reason, message].filter(Boolean).join(': ');
  return reason !== undefined && STUCK.includes(reason) ? { state: 'stuck', name, why } : { state: 'waiting', why };
}

function unscheduled({ conditions = [] }: Status): string | undefined {
  return conditions.find(({ type, status }) => type === 'PodScheduled' && status !== 'True')?.message;
}
