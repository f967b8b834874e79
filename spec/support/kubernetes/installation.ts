import { posix } from 'node:path';
import { loadConfig } from '../../../lib/config/load.js';
import type { Config } from '../../../lib/config/schema.js';
import { type Container, type KubernetesObject, type Labels, ofKind, type PodSpec } from './objects.js';

/** A pod that an overlay makes, with rabbit-snare in it. */
export type Installation = {
  readonly objects: readonly KubernetesObject[];
  readonly labels: Labels;
  readonly pod: PodSpec;
  /** In s. */
  readonly gracePeriod: number;
  readonly container: Container;
  readonly isSidecar: boolean;
  /** As the program loads it in the container. */
  readonly config: Config;
  readonly warnings: readonly string[];
};

/** Defaults of Kubernetes and of the cluster operator, in s. */
const GRACE_PERIOD = 30;
const GRACE_PERIOD_OF_BROKER = 604_800;

/**
 * Finds rabbit-snare in the objects of an overlay, and loads its config from the mounted ConfigMap.
 *
 * @throws Error when something cannot be found; ConfigError when the config is invalid
 */
export function installationIn(objects: readonly KubernetesObject[]): Installation {
  const { labels, pod, gracePeriod } = podOf(objects);
  const { containers, initContainers = [] } = pod;
  const container = [...containers, ...initContainers].find(({ name }) => name === 'rabbit-snare');
  if (container === undefined) throw new Error('no container is named rabbit-snare');
  const env = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
  const readFile = (path: string) => readMounted(path, container, pod, objects);
  const { config, warnings, file } = loadConfig({ argv: {}, env, readFile });
  if (file === null) throw new Error('RABBIT_SNARE_CONFIG is not set');
  return {
    objects,
    labels,
    pod,
    gracePeriod,
    container,
    isSidecar: initContainers.includes(container),
    config,
    warnings,
  };
}

function podOf(objects: readonly KubernetesObject[]): Pick<Installation, 'labels' | 'pod' | 'gracePeriod'> {
  const [deployment] = ofKind(objects, 'Deployment');
  if (deployment !== undefined) {
    const { metadata, spec } = deployment.spec.template;
    return {
      labels: metadata.labels,
      pod: spec,
      gracePeriod: spec.terminationGracePeriodSeconds ?? GRACE_PERIOD,
    };
  }
  const [cluster] = ofKind(objects, 'RabbitmqCluster');
  if (cluster === undefined) throw new Error('there is neither a Deployment nor a RabbitmqCluster');
  const { metadata, spec } = cluster.spec.override.statefulSet.spec.template;
  return { labels: metadata.labels, pod: spec, gracePeriod: GRACE_PERIOD_OF_BROKER };
}

/** The text of a file of a ConfigMap that is mounted. @throws Error when there is no such file */
function readMounted(path: string, container: Container, pod: PodSpec, objects: readonly KubernetesObject[]): string {
  const mount = container.volumeMounts?.find(({ mountPath }) => posix.dirname(path) === mountPath);
  const volume = pod.volumes?.find(({ name }) => name === mount?.name);
  const map = ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === volume?.configMap?.name);
  const text = map?.data[posix.basename(path)];
  if (text === undefined) throw new Error(`no ConfigMap is mounted with the file ${path}`);
  return text;
}
