import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { runToEnd } from '../run-to-end.js';
import { requireSpecTool, specToolPackage } from '../spec-tools.js';
import type { KubernetesObject } from './objects.js';

const [KUBERNETES, PROMETHEUS] = ['kubernetes-models', '@kubernetes-models/prometheus-operator'];

/** Where the models have each kind. */
const MODELS: Readonly<Record<string, readonly [name: string, path: string]>> = {
  'v1 ConfigMap': [KUBERNETES, 'v1/ConfigMap'],
  'v1 Pod': [KUBERNETES, 'v1/Pod'],
  'v1 Service': [KUBERNETES, 'v1/Service'],
  'apps/v1 Deployment': [KUBERNETES, 'apps/v1/Deployment'],
  'networking.k8s.io/v1 NetworkPolicy': [KUBERNETES, 'networking.k8s.io/v1/NetworkPolicy'],
  'monitoring.coreos.com/v1 PodMonitor': [PROMETHEUS, 'monitoring.coreos.com/v1/PodMonitor'],
};

/**
 * The keys of a RabbitmqCluster, for which there is no model: those that the overlay uses, as in the operator's
 * `config/crd/bases/rabbitmq.com_rabbitmqclusters.yaml` (2.22). It has the pod spec and the ports from Kubernetes.
 */
const CLUSTER = `{
  apiVersion: 'rabbitmq.com/v1beta1';
  kind: 'RabbitmqCluster';
  metadata: { name: string; labels?: Record<string, string> };
  spec: {
    replicas?: number;
    image?: string;
    terminationGracePeriodSeconds?: number;
    rabbitmq?: { additionalPlugins?: string[]; additionalConfig?: string };
    override?: {
      service?: { spec?: Partial<NonNullable<IService['spec']>> };
      statefulSet?: {
        spec?: {
          template?: {
            metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
            spec?: NonNullable<IPod['spec']>;
          };
        };
      };
    };
  };
}`;

type Model = new (data: object) => { validate(): void };

type Typed = { readonly apiVersion: string; readonly kind: string };

/** @throws Error when there is none */
function modelOf({ apiVersion, kind }: Typed): Model {
  const [name, path] = MODELS[`${apiVersion} ${kind}`] ?? [];
  if (path === undefined) throw new Error(`there is no model of ${apiVersion} ${kind}`);
  return requireSpecTool<Record<string, Model>>(`${name}/${path}`)[kind] as Model;
}

/** What the schemas of Kubernetes and of the Prometheus operator reject: missing keys, wrong types, and formats. */
export function schemaProblems(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.flatMap((object) => {
    for (const part of partsWithModel(object)) {
      try {
        new (modelOf(part))(part).validate();
      } catch (error) {
        return [`${object.kind}: ${(error as Error).message}`];
      }
    }
    return [];
  });
}

/** The object itself. A RabbitmqCluster has no model: its pod and its Service do. */
function partsWithModel(object: KubernetesObject): readonly Typed[] {
  if (object.kind !== 'RabbitmqCluster') return [object];
  const { service, statefulSet } = object.spec.override;
  return [
    { apiVersion: 'v1', kind: 'Pod', ...statefulSet.spec.template },
    { apiVersion: 'v1', kind: 'Service', ...service },
  ];
}

/**
 * What the types of the same models reject in each list of objects: unknown keys, which the schemas allow, and values that are
 * not in an enumeration. One run of the TypeScript compiler checks all of them.
 */
export async function typeProblems(lists: readonly (readonly KubernetesObject[])[]): Promise<readonly string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'rabbit-snare-spec-'));
  try {
    const files = lists.map((objects, at) => {
      const file = join(folder, `list-${at}.ts`);
      writeFileSync(file, sourceOf(objects));
      return file;
    });
    const options = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'node20', '--types', ''];
    const compiler = resolve('node_modules/.bin/tsc');
    const { stdout } = await runToEnd(compiler, [...options, '--pretty', 'false', ...files], 60_000);
    const lines = stdout.split('\n').filter((line) => /error TS\d+/.test(line));
    return lists.map((_, at) => lines.filter((line) => line.includes(`list-${at}.ts(`)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** TypeScript with each object as a literal, because the compiler looks for unknown keys in literals only. */
function sourceOf(objects: readonly KubernetesObject[]): string {
  const path = (name: string, file: string) => `${specToolPackage(name)}/${file}.d.ts`;
  const imports = Object.values(MODELS).map(
    ([name, file]) => `import type { I${basename(file)} } from '${path(name, file)}';`,
  );
  const literals = objects.map(
    (object, at) => `export const object${at}: I${object.kind} = ${JSON.stringify(object)};`,
  );
  return [...imports, `type IRabbitmqCluster = ${CLUSTER};`, ...literals, ''].join('\n');
}
