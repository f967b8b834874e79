import { anyOf, pattern } from './pattern.js';
import { misdirected, type Recognizer } from './recognizer.js';

/**
 * Databases and caches. A MySQL client waits for the server's greeting and gives up when it receives AMQP, so only a server
 * shows what it is.
 */
export const DATABASES: readonly Recognizer[] = [
  {
    what: 'postgresql',
    detail: misdirected('a PostgreSQL client', '5432'),
    confidence: 'certain',
    // CancelRequest, SSLRequest and GSSENCRequest: a length, and a code that was chosen so that it is no version.
    is: anyOf('00 00 00 10 04 d2 16 2e', '00 00 00 08 04 d2 16 2f|30'),
  },
  {
    what: 'postgresql',
    detail: misdirected('a PostgreSQL client', '5432'),
    confidence: 'likely',
    // A length and version 3.0 or 3.2. Old Kafka clients start with the same octets (Metadata, version 0 or 2).
    is: pattern('00 00 .. .. 00 03 00 00|02'),
  },
  {
    what: 'mysql',
    detail: misdirected('a MySQL or MariaDB server', '3306'),
    confidence: 'certain',
    // The greeting: a length below 256, packet 0, protocol 10, and a version in decimal digits.
    is: anyOf('20-ff 00 00 00 0a 30-39 2e 30-39', '20-ff 00 00 00 0a 30-39 30-39 2e'),
  },
  {
    what: 'redis',
    detail: 'a Redis command, for example the redis-check of a load balancer',
    confidence: 'likely',
    is: (_, text) => /^\*\d+\r\n\$/.test(text),
  },
  {
    what: 'memcached',
    detail: misdirected('a memcached client', '11211'),
    confidence: 'likely',
    // The binary protocol: the magic number, a command, the length of the key (up to 250) and of extras, type and vbucket 0.
    is: pattern('80 00-40 00 00-fa 00|04|08|14 00 00 00'),
  },
  {
    what: 'memcached',
    detail: misdirected('a memcached client', '11211'),
    confidence: 'likely',
    is: (_, text) => /^(stats[\r ]|version\r|(get|gets|set|add|mn|mg|ms) ?[\x21-\x7e]|mn\r)/.test(text),
  },
  {
    what: 'mongodb',
    detail: misdirected('a MongoDB client', '27017'),
    confidence: 'likely',
    // A little-endian length and the number of the first request. Drivers that start at a random number are not
    // recognized, nor are lengths of 65 and 66, with which DSE drivers for Cassandra start.
    is: anyOf('10-40|43-ff 00 00 00 01-09 00 00 00', '.. 01-0f 00 00 01-09 00 00 00'),
  },
  {
    what: 'cassandra',
    detail: misdirected('a Cassandra client', '9042'),
    confidence: 'likely',
    // Version 3 to 5 or DSE 1 or 2, flags, stream, STARTUP or OPTIONS, and the first half of a small length.
    is: pattern('03-05|41-42 00|10 00 .. 01|05 00 00 00-01'),
  },
];
