import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ConfigMapVolume } from '../support/kubernetes/config-map-volume.js';
import { installationIn } from '../support/kubernetes/installation.js';
import { objectsIn, ofKind, render } from '../support/kubernetes/objects.js';
import { problemsOf } from '../support/kubernetes/problems.js';
import { schemaProblems, typeProblems } from '../support/kubernetes/schema-problems.js';
import { startRunning, temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';

const FOLDER = 'config/kubernetes';
const OVERLAYS = ['sidecar', 'service', 'broker'] as const;
type Overlay = (typeof OVERLAYS)[number];

/** The two blocks of the documentation: a kustomization, and what can be added to it. */
const page = readFileSync('docs/kubernetes.md', 'utf8');
const [image = '', adapted = ''] = [...page.matchAll(/^```yaml\n([\s\S]+?)^```$/gm)].map(([, block]) => block);
const documented = mkdtempSync(join(tmpdir(), 'rabbit-snare-spec-'));
for (const [name, text] of [
  ['image', image],
  ['adapted', image + adapted],
] as const) {
  const folder = join(documented, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'kustomization.yaml'), text.replace('- rabbit-snare/', `- ${relative(folder, '.')}/`));
  writeFileSync(join(folder, 'rabbit-snare.yaml'), 'listen: 0.0.0.0:5673\n');
}

const { base, own, adapt, ...rendered } = await render({
  base: `${FOLDER}/base`,
  sidecar: `${FOLDER}/overlays/sidecar`,
  service: `${FOLDER}/overlays/service`,
  broker: `${FOLDER}/overlays/broker`,
  own: join(documented, 'image'),
  adapt: join(documented, 'adapted'),
});

test.after.always(() => rmSync(documented, { recursive: true }));

test('the base is what all overlays share', (t) => {
  t.deepEqual(
    objectsIn(base).map(({ kind }) => kind),
    ['PodMonitor', 'NetworkPolicy'],
  );
});

const KINDS = {
  sidecar: ['ConfigMap', 'Deployment', 'PodMonitor', 'NetworkPolicy'],
  service: ['ConfigMap', 'Service', 'Deployment', 'PodMonitor', 'NetworkPolicy'],
  broker: ['ConfigMap', 'PodMonitor', 'NetworkPolicy', 'RabbitmqCluster'],
};

for (const name of OVERLAYS) {
  test(`the overlay ${name} is valid, consistent, and has a config that the program accepts`, (t) => {
    const objects = objectsIn(rendered[name]);
    t.deepEqual(
      objects.map(({ kind }) => kind),
      KINDS[name],
    );
    t.deepEqual(schemaProblems(objects), []);
    t.deepEqual(problemsOf(objects), []);
  });
}

test('the three containers differ only in what their overlay is about', (t) => {
  const [sidecar, service, broker] = OVERLAYS.map((name) => {
    const {
      ports: _,
      restartPolicy: __,
      lifecycle: ___,
      ...same
    } = installationIn(objectsIn(rendered[name])).container;
    return same;
  });
  t.deepEqual(sidecar, service);
  t.deepEqual(broker, service);
});

test('the kustomization in the documentation changes the image only', (t) => {
  t.is(own.replaceAll('registry.example/', 'ghcr.io/rabbit-snare/'), rendered.service);
  t.true(own.includes('image: registry.example/rabbit-snare:'));
});

test('what the documentation adds to it replaces the config and removes the PodMonitor', (t) => {
  const [map, ...others] = objectsIn(adapt);
  t.like(map, {
    kind: 'ConfigMap',
    metadata: { name: 'rabbit-snare' },
    data: { 'rabbit-snare.yaml': 'listen: 0.0.0.0:5673\n' },
  });
  const expected = objectsIn(own).filter(({ kind }) => kind !== 'ConfigMap' && kind !== 'PodMonitor');
  t.deepEqual(others, expected);
});

/** A change of one place, and the problem that it makes. */
type Mutation = readonly [overlay: Overlay, from: string | RegExp, to: string, problem: RegExp];

/** Mistakes that the schemas find. */
const INVALID: readonly Mutation[] = [
  ['service', 'targetPort: amqp', 'targetPort: [amqp]', /targetPort must be/],
  ['service', 'containerPort: 5673', 'containerPort: amqp', /containerPort must be integer/],
  ['service', 'memory: 128Mi', 'memory: 128 MB', /memory must match format "quantity"/],
  ['sidecar', 'restartPolicy: Always', 'restartPolicy: true', /restartPolicy must be string/],
  ['sidecar', 'port: control', 'prt: control', /must have required property .*port/],
  ['broker', /mountPath: \/config\n/, '', /must have required property .*(mountPath|name)/],
  ['broker', 'port: 5672', 'port: amqp', /port must be integer/],
];

for (const [overlay, from, to, problem] of INVALID) {
  test(`the schema rejects ${to || 'a removed key'} in ${overlay}`, (t) => {
    t.regex(schemaProblems(objectsIn(mutated(t, overlay, from, to))).join('\n'), problem);
  });
}

/** Mistakes that only the types find. */
const MISTYPED: readonly Mutation[] = [
  ['service', 'readinessProbe:', 'readynessProbe:', /'"readynessProbe"' does not exist in type 'IContainer'/],
  ['service', 'maxUnavailable:', 'maxUnavailible:', /'"maxUnavailible"' does not exist/],
  ['sidecar', 'podSelector:\n    matchLabels', 'podSelector:\n    labels', /'"labels"' does not exist/],
  ['sidecar', 'podMetricsEndpoints:\n  - auth', 'podMetricsEndpoints:\n  - Auth', /'"Authorization"' does not exist/],
  ['broker', 'additionalConfig:', 'additionalConf:', /'"additionalConf"' does not exist/],
  ['broker', 'initContainers:', 'initContainer:', /'"initContainer"' does not exist/],
  ['broker', 'type: RuntimeDefault', 'type: Default', /"Default"' is not assignable/],
];

test('no object has an unknown key or value, and the types find one in each mistyped object', async (t) => {
  const valid = [base, ...OVERLAYS.map((name) => rendered[name])];
  const mistyped = MISTYPED.map(([overlay, from, to]) => mutated(t, overlay, from, to));
  const problems = await typeProblems([...valid, ...mistyped].map(objectsIn));
  for (const [at] of valid.entries()) t.deepEqual(problems[at], []);
  for (const [at, [, , , problem]] of MISTYPED.entries())
    t.regex(problems[at + valid.length]?.join('\n') ?? '', problem);
});

/** Mistakes that an API server would accept. */
const WRONG: readonly Mutation[] = [
  ['sidecar', 'restartPolicy: Always', 'restartPolicy: OnFailure', /must have restartPolicy Always/],
  ['sidecar', 'restartPolicy: Always', 'imagePullPolicy: Always', /would wait for the end of the proxy/],
  ['sidecar', 'perf-test:2.25.0', 'perf-test:latest', /must be pinned to a version/],
  ['service', /rabbit-snare:[\d.]+/, 'rabbit-snare:0.0.9', /the image must have the tag/],
  ['service', 'runAsNonRoot: true', 'runAsNonRoot: false', /more privileges/],
  ['service', '    upstream: rabbitmq:5672', '    upstram: rabbitmq:5672', /:\d+:\d+: unknown key "upstram"/],
  ['service', 'listen: 0.0.0.0:8474', 'listen: 127.0.0.1:8474', /the kubelet cannot reach/],
  ['service', '      tokenFile: /run/secrets/rabbit-snare/token\n', '', /the control API has no token/],
  ['service', 'rabbit-snare/token', 'snare/token', /the Secret is not mounted/],
  ['service', 'value: /config/rabbit-snare.yaml', 'value: /config/snare.yaml', /no ConfigMap is mounted with the file/],
  ['service', 'mountPath: /config', 'mountPath: /etc/config', /no ConfigMap is mounted with the file/],
  ['service', 'name: RABBIT_SNARE_CONFIG', 'name: RABBIT_SNARE_CONFG', /RABBIT_SNARE_CONFIG is not set/],
  ['service', 'name: rabbit-snare-config\n          readOnly', 'name: config\n          readOnly', /no ConfigMap/],
  ['service', 'mountPath: /config', 'subPath: a\n          mountPath: /config', /mounted with subPath/],
  ['service', 'path: /healthz', 'path: /health', /must request \/healthz/],
  [
    'service',
    'port: control\n          periodSeconds: 5',
    'port: amqp\n          periodSeconds: 5',
    /readinessProbe must/,
  ],
  ['service', 'failureThreshold: 6\n', 'failureThreshold: 3\n', /busy for less than a minute/],
  ['service', 'containerPort: 5673', 'containerPort: 5672', /the ports must be 5673,8474/],
  ['sidecar', 'listen: 127.0.0.1:5673', 'listen: 0.0.0.0:5673', /the ports must be 5673,8474/],
  ['service', 'memory: 128Mi', 'memory: 64Mi', /memory of the limit is not reserved/],
  ['service', /memory: 128Mi/g, 'memory: 96Mi', /the heap does not fit/],
  ['service', 'drainTimeout: 20s', 'drainTimeout: 30s', /a shutdown needs 37 s, and the grace period is 30 s/],
  ['service', 'seconds: 5', 'seconds: 9', /a shutdown needs 31 s/],
  ['service', '        rabbit-snare: proxy', '        rabbit-snare: proxi', /"proxy"\} does not select/],
  ['service', 'targetPort: amqp', 'targetPort: control', /Service publishes the control API/],
  ['service', 'targetPort: amqp', 'targetPort: 5672', /Service does not lead to the proxy/],
  ['service', 'endPort: 8473', 'endPort: 8474', /everyone can connect to the control API/],
  ['service', 'port: 8474\n      protocol', 'port: 8475\n      protocol', /Prometheus cannot connect/],
  ['service', 'endPort: 8473', 'endPort: 5672', /nobody can connect to port 5673/],
  ['broker', 'endPort: 5671', 'endPort: 5672', /clients can bypass the proxy/],
  ['broker', 'port: 5673\n', 'port: 5674\n', /nobody can connect to port 5673/],
  ['broker', 'targetPort: 5673', 'targetPort: 5672', /Service does not lead to the proxy/],
  ['broker', /^ +proxy_protocol = true/m, '    proxy_protocol = false', /differ about the PROXY protocol/],
  ['broker', 'send: v2', 'send: off', /differ about the PROXY protocol/],
  ['broker', 'upstream: 127.0.0.1:5672', 'upstream: rabbitmq:5672', /the upstream must be/],
  ['sidecar', '127.0.0.1:5673\n        - --rate', 'rabbitmq:5672\n        - --rate', /application does not connect/],
  ['sidecar', 'path: /metrics', 'path: /metric', /does not find the metrics/],
  ['sidecar', 'key: token', 'key: tokn', /does not send the token/],
  ['sidecar', 'replacement: rabbit-snare', 'replacement: snare', /the alerts expect the job/],
];

for (const [overlay, from, to, problem] of WRONG) {
  test(`the checks reject ${JSON.stringify(to)} in ${overlay}`, (t) => {
    t.regex(problemsOf(objectsIn(mutated(t, overlay, from, to))).join('\n'), problem);
  });
}

test('an update of the mounted ConfigMap is applied without a restart, and an invalid one is rejected', async (t) => {
  const data = ofKind(objectsIn(rendered.service), 'ConfigMap')[0]?.data['rabbit-snare.yaml'] ?? '';
  const folder = temporaryDirectory(t);
  const volume = new ConfigMapVolume(folder, { 'rabbit-snare.yaml': data });
  const tokenFile = join(temporaryDirectory(t), 'token');
  writeFileSync(tokenFile, 'a-token');
  const flags = ['--upstream', 'stand-in', '--control', '127.0.0.1:0', '--control-token-file', tokenFile];
  const env = { RABBIT_SNARE_CONFIG: join(folder, 'rabbit-snare.yaml') };
  const running = await startRunning(t, flags, env);
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${running.ready.control}${path}`, { headers });
  const authorization = { Authorization: 'Bearer a-token' };

  t.is((await get('/healthz')).status, 200, 'the probes of the kubelet send no token');
  t.is((await get('/metrics')).status, 401);
  t.is((await get('/metrics', authorization)).status, 200);

  const faults = async () => ((await (await get('/faults', authorization)).json()) as unknown[]).length;
  const updated = async (text: string, logged: RegExp) => {
    const before = running.stderr().length;
    volume.update({ 'rabbit-snare.yaml': text });
    t.truthy(await until(() => logged.test(running.stderr().slice(before)), 10_000), running.stderr());
  };
  t.is(await faults(), 0);
  await updated(
    `${data}faults:\n  - {type: amqp_close, attributes: {at: open, code: 320}}\n`,
    /the config was reloaded/,
  );
  t.is(await faults(), 1);
  await updated(
    `${data}faults: none\n`,
    /was not reloaded, the running one stays in use: .*rabbit-snare\.yaml:\d+:9: faults/,
  );
  t.is(await faults(), 1);
  await updated(data, /the config was reloaded/);
  t.is(await faults(), 0);
  t.is(running.child.exitCode, null);
});

function mutated(t: ExecutionContext, overlay: Overlay, from: string | RegExp, to: string): string {
  const text = rendered[overlay].replace(from, to);
  t.not(text, rendered[overlay], `${from} is not in the overlay`);
  return text;
}
