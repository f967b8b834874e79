import test from 'ava';
import { ProxyLog } from './proxy-log.js';

const entry = (level: string, message: string, facts = {}) => JSON.stringify({ level, message, ...facts });
const logOf = (...lines: readonly string[]): ProxyLog => {
  const log = new ProxyLog();
  for (const line of lines) log.take(line);
  return log;
};

test('an error of the proxy itself, and a line that is no entry, are errors', (t) => {
  const lines = [entry('error', 'the control API has failed: Error'), '    at Socket.<anonymous> (file:///a.js:1:1)'];
  t.deepEqual(logOf(...lines).errors, lines);
});

test('the end of a connection is no error', (t) => {
  t.deepEqual(logOf(entry('error', 'connection ended', { id: '1f0c2a9e-7' })).errors, []);
});

test('warnings are no errors', (t) => {
  t.deepEqual(logOf(entry('warning', 'no proxy is enabled')).errors, []);
});

test('applied and rejected reloads are counted, and are no errors', (t) => {
  const log = logOf(
    entry('info', 'the config was reloaded'),
    entry('warning', 'the config was reloaded, but control takes effect at the next start'),
    entry('error', 'the config was not reloaded, the running one stays in use: c.yaml is empty'),
  );
  t.like(log, { reloads: 2, rejected: 1, errors: [] });
});
