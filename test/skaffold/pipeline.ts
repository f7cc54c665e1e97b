export interface SyncRule { src: string; dest: string; strip?: string }

export interface Artifact {
  image: string;
  docker: { dockerfile: string; target?: string };
  sync?: { manual: SyncRule[] };
}

export interface Release {
  name: string;
  chartPath: string;
  namespace: string;
  wait?: boolean;
  valuesFiles?: string[];
  setValues?: Record<string, string>;
  setValueTemplates?: Record<string, string>;
}

export interface PortForward { resourceType: string; resourceName: string; namespace: string; port: number; localPort: number }

/** What is done, as far as skaffold.yaml makes use of what skaffold can do. */
export interface Pipeline {
  build: { artifacts: Artifact[]; local: { push: boolean; useBuildkit: boolean } };
  deploy: {
    kubeContext: string;
    helm: { flags: Record<'install' | 'upgrade', string[]>; hooks: { before: { host: { command: string[] } }[] }; releases: Release[] };
  };
  portForward: PortForward[];
}
