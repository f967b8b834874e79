import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runToEnd } from '../run-to-end.js';
import { specTool } from '../spec-tools.js';

export type Labels = Readonly<Record<string, string>>;

type Action = {
  readonly httpGet?: { readonly path: string; readonly port: string | number; readonly host?: string };
  readonly sleep?: { readonly seconds: number };
};

export type Probe = Action & { readonly periodSeconds: number; readonly failureThreshold: number };

export type Container = {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: Action };
  readonly resources?: { readonly requests: Labels; readonly limits: Labels };
  readonly securityContext?: object;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
};

export type PodSpec = {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly secret?: { readonly secretName: string };
  }[];
  readonly terminationGracePeriodSeconds?: number;
};

type Selector = { readonly matchLabels: Labels };

type Template = { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };

export type ServicePort = { readonly name: string; readonly port: number; readonly targetPort: string | number };

type Kind<Name extends string, Spec> = {
  readonly apiVersion: string;
  readonly kind: Name;
  readonly metadata: { readonly name: string };
  readonly spec: Spec;
};

export type ConfigMap = Kind<'ConfigMap', undefined> & { readonly data: Labels };
export type Deployment = Kind<'Deployment', { readonly selector: Selector; readonly template: Template }>;
export type Service = Kind<'Service', { readonly selector: Labels; readonly ports: readonly ServicePort[] }>;
export type NetworkPolicy = Kind<
  'NetworkPolicy',
  {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress: readonly {
      readonly from?: readonly object[];
      readonly ports: readonly { readonly protocol: string; readonly port: number; readonly endPort?: number }[];
    }[];
  }
>;
export type PodMonitor = Kind<
  'PodMonitor',
  {
    readonly selector: Selector;
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly path: string;
      readonly authorization: { readonly credentials: { readonly name: string; readonly key: string } };
      readonly relabelings: readonly object[];
    }[];
  }
>;
export type RabbitmqCluster = Kind<
  'RabbitmqCluster',
  {
    readonly rabbitmq: { readonly additionalConfig: string };
    readonly override: {
      readonly service: { readonly spec: { readonly ports: readonly ServicePort[] } };
      readonly statefulSet: { readonly spec: { readonly template: Template } };
    };
  }
>;
/** An object of Kubernetes, with the keys that the checks read. */
export type KubernetesObject = ConfigMap | Deployment | Service | NetworkPolicy | PodMonitor | RabbitmqCluster;

/**
 * Returns what `kubectl apply -k` would send for each folder. One run of kustomize renders all of them, because each run takes a
 * second to start: each folder is rendered into a namespace, which is removed from the result.
 *
 * @param folders by a name that can be a namespace
 * @throws Error with kustomize's message
 */
export async function render<Name extends string>(
  folders: Readonly<Record<Name, string>>,
): Promise<Record<Name, string>> {
  const names = Object.keys(folders) as Name[];
  const root = mkdtempSync(join(tmpdir(), 'rabbit-snare-spec-'));
  try {
    writeFileSync(join(root, 'kustomization.yaml'), `resources: [${names}]\n`);
    for (const name of names) {
      mkdirSync(join(root, name));
      const folder = relative(join(root, name), folders[name]);
      writeFileSync(join(root, name, 'kustomization.yaml'), `namespace: ${name}\nresources: [${folder}]\n`);
    }
    const { code, stdout, stderr } = await runToEnd(specTool('kustomize'), ['build', root], 50_000);
    if (code !== 0) throw new Error(`kustomize: ${stderr || 'no answer'}`);
    const documents = stdout.split(/^---\n/m);
    const of = (name: Name) => {
      const line = `\n  namespace: ${name}\n`;
      return documents.filter((text) => text.includes(line)).map((text) => text.replace(line, '\n'));
    };
    return Object.fromEntries(names.map((name) => [name, of(name).join('---\n')])) as Record<Name, string>;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Reads rendered YAML. */
export function objectsIn(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

/** The objects of a kind. */
export function ofKind<Name extends KubernetesObject['kind']>(
  objects: readonly KubernetesObject[],
  kind: Name,
): readonly Extract<KubernetesObject, { readonly kind: Name }>[] {
  return objects.filter((object): object is Extract<KubernetesObject, { kind: Name }> => object.kind === kind);
}
