import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isExposed } from '../../../lib/control/exposed.js';
import { heapFlags } from '../../../lib/running/heap-flags.js';
import { isLoopback } from '../../../lib/text/address.js';
import { version } from '../../../lib/version.js';
import { type Installation, installationIn } from './installation.js';
import { isOpenToAll, isOpenToSome } from './network-policy.js';
import { type KubernetesObject, type Labels, ofKind, type Probe } from './objects.js';

type Check = (installation: Installation) => Iterable<string>;

/** In s: the last lines of the log and of the reports have this long after `drainTimeout`. */
const OUTPUTS = 2;

/** Ports of RabbitMQ that its nodes, operators and users need: epmd, distribution, management, Prometheus. */
const PORTS_OF_BROKER = [4369, 25_672, 15_672, 15_692];

/** What the API server would accept in the objects of an overlay, and would still not work, or not as documented. */
export function problemsOf(objects: readonly KubernetesObject[]): readonly string[] {
  try {
    const installation = installationIn(objects);
    return CHECKS.flatMap((check) => [...check(installation)]);
  } catch (error) {
    return [(error as Error).message];
  }
}

/** `restartPolicy` of a container: the schema only knows that it is text. */
function* restartPolicies({ pod, container, isSidecar }: Installation): Iterable<string> {
  for (const { name, restartPolicy } of pod.containers)
    if (restartPolicy !== undefined) yield `${name} is no init container, so it must have no restartPolicy`;
  for (const { name, restartPolicy } of pod.initContainers ?? [])
    if (restartPolicy !== undefined && restartPolicy !== 'Always') yield `${name} must have restartPolicy Always`;
  if (isSidecar && container.restartPolicy === undefined) yield 'the pod would wait for the end of the proxy';
}

function* images({ pod, container }: Installation): Iterable<string> {
  if (!container.image.endsWith(`/rabbit-snare:${version}`)) yield `the image must have the tag ${version}`;
  for (const { image } of pod.containers)
    if (!/:\d+\.\d+\.\d+$/.test(image)) yield `${image} must be pinned to a version`;
}

function* privileges({ container }: Installation): Iterable<string> {
  const least = {
    runAsNonRoot: true,
    runAsUser: Number(/^USER (\d+)$/m.exec(readFileSync('Dockerfile', 'utf8'))?.[1]),
    runAsGroup: 1000,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  if (!isDeepStrictEqual(container.securityContext, least)) yield 'the container has more privileges than it needs';
}

function* control({ config, warnings, container, pod }: Installation): Iterable<string> {
  yield* warnings;
  if (config.control?.listen.host !== '0.0.0.0') yield 'the kubelet cannot reach the control API';
  if (isExposed(config)) yield 'the control API has no token';
  const tokenFile = config.control?.tokenFile ?? '';
  const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === posix.dirname(tokenFile));
  const volume = pod.volumes?.find(({ name }) => name === mount?.name);
  if (volume?.secret?.secretName !== 'rabbit-snare') yield `the Secret is not mounted at ${tokenFile}`;
  if (posix.basename(tokenFile) !== 'token') yield 'the key of the Secret is token';
}

function* probes({ container, config }: Installation): Iterable<string> {
  const { startupProbe, readinessProbe, livenessProbe, ports } = container;
  const portOf = (name: string | number | undefined) => ports?.find((port) => port.name === name)?.containerPort;
  for (const [name, probe] of Object.entries({ startupProbe, readinessProbe, livenessProbe })) {
    const { path, port, host } = probe?.httpGet ?? {};
    if (path !== '/healthz' || host !== undefined) yield `${name} must request /healthz of the pod`;
    if (portOf(port) === undefined || portOf(port) !== config.control?.listen.port)
      yield `${name} must request the control API`;
  }
  const patience = (probe: Probe | undefined) => (probe?.periodSeconds ?? 0) * (probe?.failureThreshold ?? 0);
  if (patience(livenessProbe) < 60) yield 'a proxy that is busy for less than a minute would be restarted';
  if (patience(startupProbe) < 60) yield 'a proxy on a busy node would not start';
}

/** A port of the container for each listener that others connect to. */
function* ports({ container, config, pod }: Installation): Iterable<string> {
  const listeners = [...config.proxies.map(({ listen }) => listen), ...(config.control ? [config.control.listen] : [])];
  const listening = listeners.filter(({ host }) => !isLoopback(host)).map(({ port }) => port);
  const declared = (container.ports ?? []).map(({ containerPort }) => containerPort);
  if (!isDeepStrictEqual(listening.sort(), declared.sort())) yield `the ports must be ${listening}, not ${declared}`;
  if (listeners.some(({ port }) => port < 1024)) yield 'ports below 1024 need a privilege';
  const names = [...pod.containers, ...(pod.initContainers ?? [])].flatMap((each) => each.ports ?? []);
  if (new Set(names.map(({ name }) => name)).size < names.length) yield 'two ports of the pod have the same name';
}

function* mounts({ container, pod }: Installation): Iterable<string> {
  for (const { name, subPath } of container.volumeMounts ?? []) {
    if (subPath !== undefined) yield `${name} is mounted with subPath, so changes would not arrive`;
    if (!pod.volumes?.some((volume) => volume.name === name)) yield `there is no volume ${name}`;
  }
}

function* memory({ container }: Installation): Iterable<string> {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const limit = Number(/^(\d+)Mi$/.exec(limits['memory'] ?? '')?.[1]) * 1024 ** 2;
  if (limits['memory'] !== requests['memory']) yield 'the memory of the limit is not reserved';
  const [oldSpace = 0, semiSpace = 0] = heapFlags(limit, []).map((flag) => Number(flag.split('=')[1]) * 1024 ** 2);
  // V8 has three semi-spaces, and the rest of the program needs about a third of a small container.
  if (!(limit >= 128 * 1024 ** 2 && oldSpace + 3 * semiSpace < limit * 0.7)) yield 'the heap does not fit the memory';
}

function* shutdown({ container, config, gracePeriod }: Installation): Iterable<string> {
  const needed = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) + config.drainTimeout / 1000 + OUTPUTS;
  if (needed > gracePeriod) yield `a shutdown needs ${needed} s, and the grace period is ${gracePeriod} s`;
}

function* selectors({ objects, labels }: Installation): Iterable<string> {
  const deployments = ofKind(objects, 'Deployment').map(({ spec }) => spec.selector.matchLabels);
  const services = ofKind(objects, 'Service').map(({ spec }) => spec.selector);
  const policies = ofKind(objects, 'NetworkPolicy').map(({ spec }) => spec.podSelector.matchLabels);
  const monitors = ofKind(objects, 'PodMonitor').map(({ spec }) => spec.selector.matchLabels);
  if (policies.length !== 1 || monitors.length !== 1) yield 'there must be one NetworkPolicy and one PodMonitor';
  for (const selector of [...deployments, ...services, ...policies, ...monitors])
    if (!selects(selector, labels)) yield `${JSON.stringify(selector)} does not select ${JSON.stringify(labels)}`;
}

const selects = (selector: Labels, labels: Labels): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);

function* reachable({ objects, config }: Installation): Iterable<string> {
  const amqp = config.proxies[0]?.listen.port ?? 0;
  const api = config.control?.listen.port ?? 0;
  const hasBroker = ofKind(objects, 'RabbitmqCluster').length > 0;
  for (const policy of ofKind(objects, 'NetworkPolicy')) {
    if (!isDeepStrictEqual(policy.spec.policyTypes, ['Ingress'])) yield 'the policy must be about Ingress only';
    if (isOpenToAll(policy, api)) yield 'everyone can connect to the control API';
    if (!isOpenToSome(policy, api)) yield 'Prometheus cannot connect to the control API';
    for (const port of [amqp, 1, 80, api - 1, api + 1, 65_535, ...PORTS_OF_BROKER])
      if (!isOpenToAll(policy, port)) yield `nobody can connect to port ${port}`;
    if (hasBroker && isOpenToAll(policy, 5672)) yield 'clients can bypass the proxy';
  }
}

function* scraped({ objects, container, config }: Installation): Iterable<string> {
  const job = /job="([^"]+)"/.exec(readFileSync('config/prometheus/rules.yml', 'utf8'))?.[1];
  for (const { podMetricsEndpoints } of ofKind(objects, 'PodMonitor').map(({ spec }) => spec)) {
    for (const { port, path, authorization, relabelings } of podMetricsEndpoints) {
      const found = container.ports?.find(({ name }) => name === port)?.containerPort;
      if (path !== '/metrics' || found !== config.control?.listen.port) yield 'Prometheus does not find the metrics';
      if (!isDeepStrictEqual(authorization, { credentials: { name: 'rabbit-snare', key: 'token' } }))
        yield 'Prometheus does not send the token';
      if (!isDeepStrictEqual(relabelings, [{ targetLabel: 'job', replacement: job }]))
        yield `the alerts expect the job ${job}`;
    }
  }
}

/** How clients get to the proxy, and the proxy to the broker. */
function* ways({ objects, container, pod, config }: Installation): Iterable<string> {
  const [proxy] = config.proxies;
  const [service] = ofKind(objects, 'Service');
  const [cluster] = ofKind(objects, 'RabbitmqCluster');
  const portOf = (target: string | number | undefined) =>
    container.ports?.find(({ name, containerPort }) => target === name || target === containerPort)?.containerPort;
  const servicePorts = service?.spec.ports ?? cluster?.spec.override.service.spec.ports;
  const amqp = servicePorts?.find(({ port }) => port === 5672);
  if (servicePorts !== undefined && portOf(amqp?.targetPort) !== proxy?.listen.port)
    yield 'the Service does not lead to the proxy';
  if (servicePorts?.some(({ targetPort }) => portOf(targetPort) === config.control?.listen.port))
    yield 'the Service publishes the control API';
  const url = `@${proxy?.listen.host}:${proxy?.listen.port}`;
  if (servicePorts === undefined && !JSON.stringify(pod.containers).includes(url))
    yield `the application does not connect to ${url}`;
  const upstream = cluster === undefined ? { host: 'rabbitmq', port: 5672 } : { host: '127.0.0.1', port: 5672 };
  if (!isDeepStrictEqual(proxy?.upstream, upstream)) yield `the upstream must be ${JSON.stringify(upstream)}`;
  const accepts = /^proxy_protocol = true$/m.test(cluster?.spec.rabbitmq.additionalConfig ?? '');
  if (accepts !== (proxy?.proxyProtocol.send !== 'off')) yield 'proxy and broker differ about the PROXY protocol';
  if (cluster !== undefined && !accepts) yield 'every client would appear to be on the loopback interface';
}

const CHECKS: readonly Check[] = [
  restartPolicies,
  images,
  privileges,
  control,
  probes,
  ports,
  mounts,
  memory,
  shutdown,
  selectors,
  reachable,
  scraped,
  ways,
];
