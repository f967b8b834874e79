import { createHash, randomBytes } from 'node:crypto';
import { GenericContainer, Wait } from 'testcontainers';
import { version } from '../version.js';
import { AMQP_PORT, CONTROL_PORT, type ContainerConfig, containerFile, mergeConfigs } from './container-config.js';
import { StartedRabbitSnareContainer } from './started-rabbit-snare-container.js';

/** The image of this version. */
const IMAGE = `ghcr.io/rabbit-snare/rabbit-snare:${version}`;
/** Where the image looks for its config. */
const CONFIG_FILE = '/config/rabbit-snare.yaml';
/** The digest of the config. testcontainers reuses a container only if all its labels are the same. */
const LABEL = 'rabbit-snare.config';

/**
 * rabbit-snare in a container, for testcontainers. Its control API listens on all addresses of the container and requires
 * a token. Networks, aliases and all else are set as for any `GenericContainer`; containers in its network reach the proxy
 * on port 5673.
 */
export class RabbitSnareContainer extends GenericContainer {
  private config: ContainerConfig = {};
  private token = randomBytes(24).toString('base64url');

  /** @param image @defaultValue the published image of this version */
  constructor(image: string = IMAGE) {
    super(image);
    this.withExposedPorts(AMQP_PORT, CONTROL_PORT).withWaitStrategy(
      Wait.forHttp('/healthz', CONTROL_PORT, { abortOnContainerExit: true }),
    );
  }

  /**
   * Sets the broker: `HOST:PORT` as seen from the container, for example the network alias of the broker's container.
   *
   * @defaultValue stand-in: the built-in upstream that speaks only the handshake
   */
  withUpstream(upstream: NonNullable<ContainerConfig['upstream']>): this {
    return this.withConfig({ upstream });
  }

  /**
   * Adds keys of the config file, for example `{ dialect: '4.1', log: { level: 'debug' } }`. May be called repeatedly: maps
   * are merged, and any other value replaces the earlier one. `start` validates the result.
   */
  withConfig(config: ContainerConfig): this {
    this.config = mergeConfigs(this.config, config);
    return this;
  }

  /** Sets the token of the control API. With `withReuse`, it must be the same in all runs. @defaultValue a random one */
  withToken(token: string): this {
    this.token = token;
    return this;
  }

  /**
   * Starts the container and connects its client.
   *
   * @throws ConfigError if the config is not valid; no container is started
   */
  override async start(): Promise<StartedRabbitSnareContainer> {
    const { token } = this;
    const { text, isTls } = containerFile(this.config, token);
    this.withCopyContentToContainer([{ content: text, target: CONFIG_FILE }]);
    this.withLabels({ [LABEL]: createHash('sha256').update(text).digest('hex') });
    return StartedRabbitSnareContainer.connect(await super.start(), { token, isTls });
  }
}
