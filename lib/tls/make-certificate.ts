import { createHash, createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { Integer, OctetString, Utf8String } from 'asn1js';
import ipaddr from 'ipaddr.js';
import {
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CryptoEngine,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  id_AuthorityKeyIdentifier,
  id_BasicConstraints,
  id_ExtKeyUsage,
  id_KeyUsage,
  id_SubjectAltName,
  id_SubjectKeyIdentifier,
} from 'pkijs';
import type { CertificateProblem } from './certificate-problem.js';

/** A certificate with its chain, and its private key, as PEM. */
export type Identity = { readonly cert: string; readonly key: string };

/** A CA as it is used for signing. */
type Authority = {
  readonly certificate: InstanceType<typeof Certificate>;
  readonly key: webcrypto.CryptoKey;
  readonly hash: string;
  /** Its certificates as PEM. */
  readonly chain: string;
};

const DAY = 86_400_000;
const COMMON_NAME = '2.5.4.3';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
/** The longest common name that X.509 allows, in characters. */
const COMMON_NAME_MAX = 64;
/** A name that no host has (RFC 2606). */
const OTHER_HOST = 'other-host.invalid';
/** Bits of the key usage extension. */
const DIGITAL_SIGNATURE = 0x80;
const CERTIFICATE_SIGNING = 0x06;

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const CURVES: { readonly [name: string]: readonly [curve: string, hash: string] } = {
  prime256v1: ['P-256', 'SHA-256'],
  secp384r1: ['P-384', 'SHA-384'],
  secp521r1: ['P-521', 'SHA-512'],
};

const { subtle } = webcrypto;
const engine = new CryptoEngine({ name: 'node', crypto: webcrypto });

let ownAuthority: Promise<Authority> | undefined;

/**
 * Makes a server certificate with a problem.
 *
 * @param host the name or IP address that the certificate is for, except with `other_host`
 * @param ca the CA that signs it, as PEM; null: one that was made in this process and that nobody trusts
 * @param now in ms since 1970
 * @throws Error if `ca` is not a CA certificate with its RSA or ECDSA key
 */
export async function makeCertificate(
  problem: CertificateProblem,
  host: string,
  ca: Identity | null,
  now: number,
): Promise<Identity> {
  ownAuthority ??= makeAuthority(now);
  const authority = ca === null ? await ownAuthority : await readAuthority(ca);
  const keys = await subtle.generateKey(P256, true, ['sign', 'verify']);
  const name = problem === 'other_host' ? OTHER_HOST : host;
  const [from, until] = validity(problem, now);
  const certificate = await unsigned(name, keys.publicKey, from, until);
  certificate.issuer = authority.certificate.subject;
  certificate.extensions = [
    extension(id_BasicConstraints, true, new BasicConstraints({ cA: false })),
    keyUsage(DIGITAL_SIGNATURE),
    extension(id_ExtKeyUsage, false, new ExtKeyUsage({ keyPurposes: [SERVER_AUTH] })),
    extension(id_SubjectAltName, false, new GeneralNames({ names: [alternativeName(name)] })),
    subjectKeyIdentifier(certificate),
    authorityKeyIdentifier(authority.certificate),
  ];
  await certificate.sign(authority.key, authority.hash, engine);
  const key = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey));
  return { cert: `${pemOf(certificate)}${authority.chain}`, key: pem('PRIVATE KEY', key) };
}

/** From when until when a certificate is valid. */
function validity(problem: CertificateProblem, now: number): readonly [number, number] {
  if (problem === 'expired') return [now - 30 * DAY, now - DAY];
  // So far ahead that it does not become valid while the process runs.
  if (problem === 'not_yet_valid') return [now + 365 * DAY, now + 730 * DAY];
  return [now - DAY, now + 365 * DAY];
}

async function makeAuthority(now: number): Promise<Authority> {
  const keys = await subtle.generateKey(P256, false, ['sign', 'verify']);
  const certificate = await unsigned('rabbit-snare untrusted CA', keys.publicKey, now - DAY, now + 3650 * DAY);
  certificate.issuer = certificate.subject;
  certificate.extensions = [
    extension(id_BasicConstraints, true, new BasicConstraints({ cA: true })),
    keyUsage(CERTIFICATE_SIGNING),
    subjectKeyIdentifier(certificate),
  ];
  await certificate.sign(keys.privateKey, 'SHA-256', engine);
  return { certificate, key: keys.privateKey, hash: 'SHA-256', chain: pemOf(certificate) };
}

async function readAuthority({ cert, key }: Identity): Promise<Authority> {
  const [, body = ''] = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(cert) ?? [];
  const certificate = Certificate.fromBER(new Uint8Array(Buffer.from(body, 'base64')));
  const privateKey = createPrivateKey(key);
  const { algorithm, hash } = signatureOf(privateKey);
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const imported = await subtle.importKey('pkcs8', new Uint8Array(der), algorithm, false, ['sign']);
  return { certificate, key: imported, hash, chain: cert };
}

/** How a key signs. @throws Error for a key that is neither RSA nor on a usual curve */
function signatureOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject) {
  if (type === 'rsa') return { algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, hash: 'SHA-256' };
  const [namedCurve, hash] = CURVES[details?.namedCurve ?? ''] ?? [];
  if (namedCurve === undefined || hash === undefined) throw new Error('the key of the CA must be RSA or ECDSA');
  return { algorithm: { name: 'ECDSA', namedCurve }, hash };
}

async function unsigned(name: string, publicKey: webcrypto.CryptoKey, from: number, until: number) {
  const certificate = new Certificate();
  certificate.version = 2;
  // Positive, and without a leading zero octet.
  const serial = webcrypto.getRandomValues(new Uint8Array(16));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  certificate.serialNumber = new Integer({ valueHex: serial.buffer });
  const value = new Utf8String({ value: name.slice(0, COMMON_NAME_MAX) });
  certificate.subject.typesAndValues.push(new AttributeTypeAndValue({ type: COMMON_NAME, value }));
  certificate.notBefore.value = new Date(from);
  certificate.notAfter.value = new Date(until);
  await certificate.subjectPublicKeyInfo.importKey(publicKey, engine);
  return certificate;
}

function extension(extnID: string, critical: boolean, value: { toSchema(): { toBER(): ArrayBuffer } }) {
  return new Extension({ extnID, critical, extnValue: value.toSchema().toBER() });
}

/** @param bits most significant first; the lowest ones may be unused */
function keyUsage(bits: number) {
  const unused = Math.log2(bits & -bits);
  return new Extension({
    extnID: id_KeyUsage,
    critical: true,
    extnValue: Uint8Array.of(0x03, 0x02, unused, bits).buffer,
  });
}

function alternativeName(host: string) {
  if (isIP(host) === 0) return new GeneralName({ type: 2, value: host });
  const octets = Uint8Array.from(ipaddr.parse(host).toByteArray());
  return new GeneralName({ type: 7, value: new OctetString({ valueHex: octets.buffer }) });
}

function subjectKeyIdentifier(certificate: InstanceType<typeof Certificate>) {
  const value = new OctetString({ valueHex: keyIdentifier(certificate) });
  return new Extension({ extnID: id_SubjectKeyIdentifier, critical: false, extnValue: value.toBER() });
}

/** Strict clients, such as Python's, require it. It names the CA's key as the CA's certificate does. */
function authorityKeyIdentifier(authority: InstanceType<typeof Certificate>) {
  const own = authority.extensions?.find(({ extnID }) => extnID === id_SubjectKeyIdentifier);
  const named: unknown = own?.parsedValue;
  const valueHex = named instanceof OctetString ? named.valueBlock.valueHex : keyIdentifier(authority);
  const value = new AuthorityKeyIdentifier({ keyIdentifier: new OctetString({ valueHex }) });
  return extension(id_AuthorityKeyIdentifier, false, value);
}

/** SHA-1 of the public key: the usual identifier (RFC 5280, section 4.2.1.2). */
function keyIdentifier({ subjectPublicKeyInfo }: InstanceType<typeof Certificate>): ArrayBuffer {
  const key = new Uint8Array(subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHex);
  return Uint8Array.from(createHash('sha1').update(key).digest()).buffer;
}

const pemOf = (certificate: InstanceType<typeof Certificate>): string =>
  pem('CERTIFICATE', Buffer.from(certificate.toSchema(true).toBER()));

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
