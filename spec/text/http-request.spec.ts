import test from 'ava';
import { readHttpRequest } from '../../lib/text/http-request.js';
import { ascii } from '../support/bytes.js';

const read = (text: string) => readHttpRequest(ascii(text));

test('a request has its line and its User-Agent', (t) => {
  t.deepEqual(read('GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: kube-probe/1.29\r\nAccept: */*\r\n\r\n'), {
    line: 'GET / HTTP/1.1',
    userAgent: 'kube-probe/1.29',
  });
  t.deepEqual(read('HEAD /x HTTP/1.0\nuser-agent:a b\n\n'), { line: 'HEAD /x HTTP/1.0', userAgent: 'a b' });
  t.deepEqual(read('OPTIONS / HTTP/1.0\r\n\r\n'), { line: 'OPTIONS / HTTP/1.0', userAgent: null });
  t.deepEqual(read('OPTIONS sip:nm SIP/2.0\r\nVia: x\r\n'), { line: 'OPTIONS sip:nm SIP/2.0', userAgent: null });
  t.deepEqual(read('GET / HTTP/1.1\r\nUser-Agent:\r\n\r\n'), { line: 'GET / HTTP/1.1', userAgent: null });
});

test('other octets are no request', (t) => {
  for (const text of [
    '',
    'GET',
    'GET / HT',
    'GET / HTTP/1.1',
    'AMQP\0\0\x09\x01',
    'amqp0091',
    'HELO\r\n\r\n',
    'get / HTTP/1.1\r\n',
    'PROXY TCP4 127.0.0.1 127.0.0.1 40000 5672\r\n',
    'GET  HTTP/1.1\r\n',
    ' / HTTP/1.1\r\n',
    'ABCDEFGHIJKL / HTTP/1.1\r\n',
    'G / HTTP/1.1\r\n',
  ]) {
    t.is(read(text), null, text);
  }
});

test('long lines are cut, and characters that cannot be printed become dots', (t) => {
  const { line = '', userAgent = '' } =
    read(`GET /${'a'.repeat(500)} HTTP/1.1\r\nUser-Agent: \x1b[31m\xe9${'b'.repeat(900)}\r\n\r\n`) ?? {};
  t.is(line, `GET /${'a'.repeat(59)}`);
  t.is(userAgent, `.[31m.${'b'.repeat(122)}`);
});

test('a User-Agent after the first 2,048 octets is not searched', (t) => {
  t.deepEqual(read(`GET / HTTP/1.1\r\nCookie: ${'c'.repeat(3000)}\r\nUser-Agent: a\r\n\r\n`), {
    line: 'GET / HTTP/1.1',
    userAgent: null,
  });
});

test('wherever a request is cut, reading it does not fail', (t) => {
  const whole = 'GET /a HTTP/1.1\r\nUser-Agent: curl/7.88.1\r\n\r\n';
  for (let at = 0; at <= whole.length; at++) {
    const found = read(whole.slice(0, at));
    t.is(found?.line ?? null, at < whole.indexOf('\n') + 1 ? null : 'GET /a HTTP/1.1');
    t.true('curl/7.88.1'.startsWith(found?.userAgent ?? ''));
  }
});
