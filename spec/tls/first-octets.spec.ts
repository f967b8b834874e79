import test from 'ava';
import { noTls } from '../../lib/tls/first-octets.js';
import { hex } from '../support/bytes.js';

const refused = (octets: string) => {
  const found = noTls(hex(octets));
  return found && [Buffer.from(found.alert).toString('hex'), found.term];
};

test('the first octet must be the type of a TLS record', (t) => {
  for (let type = 0; type < 256; type++) {
    const octet = type.toString(16).padStart(2, '0');
    const expected = type >= 20 && type <= 23 ? null : ['1503010002020a', `{unsupported_record_type,${type}}`];
    t.deepEqual(refused(octet), expected);
  }
});

test('the next two octets must be a TLS version', (t) => {
  for (const version of ['0300', '0301', '0302', '0303', '0304']) t.is(refused(`16${version}`), null);
  t.deepEqual(refused('16414d'), ['15030100020214', '{unsupported_version,{65,77}}']);
  t.deepEqual(refused('160200'), ['15030100020214', '{unsupported_version,{2,0}}']);
  t.deepEqual(refused('160309'), ['15030100020214', '{unsupported_version,{3,9}}']);
});

test('fewer octets decide nothing', (t) => {
  for (const octets of ['', '16', '1641']) t.is(refused(octets), null);
});
