import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findImage } from './image.js';
import { canInstallPackage, installPackages } from './install.js';

/** A RabbitMQ that this machine can run. */
export type Installation =
  /** `sbin` holds the scripts `rabbitmq-server` and `rabbitmqctl`. */
  { readonly kind: 'machine'; readonly sbin: string } | { readonly kind: 'docker'; readonly image: string };

/** Scripts of the Debian and RPM packages. Those in PATH require the package's own user; these run as any user. */
const library = '/usr/lib/rabbitmq/lib';

/** Its Debian package. */
export const RABBITMQ = 'rabbitmq-server';

/** The image to test against, for example `rabbitmq:3.13`; it takes precedence over a local installation. */
const imageVariable = 'RABBIT_SNARE_TEST_IMAGE';

/**
 * Finds a RabbitMQ to test against, on this machine or in Docker; otherwise installs it (as root on Debian or Ubuntu).
 *
 * @param say receives one line before anything slow, or anything that changes the machine
 * @throws Error that says what to install when none is found
 */
export async function findRabbitmq(say: (line: string) => void): Promise<Installation> {
  const found = await lookForRabbitmq(say);
  if (found) return found;
  if (canInstallPackage()) {
    say('found neither rabbitmq-server nor Docker');
    await installPackages([RABBITMQ], say);
    const installed = onMachine();
    if (installed) return installed;
  }
  throw new Error(
    'these specs require a real RabbitMQ, and none was found: install rabbitmq-server ' +
      '(Debian: apt-get install rabbitmq-server; macOS: brew install rabbitmq) or start Docker, and run them again',
  );
}

/**
 * The same without an installation.
 *
 * @returns undefined when none is found
 * @throws Error when Docker cannot run the image that was asked for
 */
export async function lookForRabbitmq(say: (line: string) => void): Promise<Installation | undefined> {
  const wanted = process.env[imageVariable];
  if (wanted) {
    if (await findImage(wanted, say)) return { kind: 'docker', image: wanted };
    throw new Error(`${imageVariable} is set to ${wanted}, but Docker cannot run that image on this machine`);
  }
  const found = onMachine();
  if (found) return found;
  const image = 'rabbitmq:4-management';
  return (await findImage(image, say)) ? { kind: 'docker', image } : undefined;
}

/** Describes the installation for the test output. */
export function describe(installation: Installation): string {
  return installation.kind === 'docker' ? `Docker image ${installation.image}` : installation.sbin;
}

function onMachine(): Installation | undefined {
  const sbin = [...librarySbins(), ...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'].find(hasServer);
  return sbin === undefined ? undefined : { kind: 'machine', sbin };
}

/** Newest version first. */
function librarySbins(): string[] {
  try {
    return readdirSync(library)
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((version) => join(library, version, 'sbin'));
  } catch {
    return [];
  }
}

function hasServer(directory: string): boolean {
  try {
    accessSync(join(directory, 'rabbitmq-server'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
