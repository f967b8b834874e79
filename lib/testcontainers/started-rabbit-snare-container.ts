import { AbstractStartedContainer, type RestartOptions, type StartedTestContainer } from 'testcontainers';
import { connectSnare, type RemoteSnare } from '../client/index.js';
import { formatAddress } from '../text/address.js';
import { AMQP_PORT, CONTROL_PORT } from './container-config.js';

type Access = {
  /** Of the control API. */
  readonly token: string;
  /** Whether clients must use TLS. */
  readonly isTls: boolean;
};

/** A running container, as the test process reaches it. */
export class StartedRabbitSnareContainer extends AbstractStartedContainer {
  /** The token of the control API. */
  readonly token: string;
  private readonly isTls: boolean;
  private connected!: RemoteSnare;

  private constructor(started: StartedTestContainer, { token, isTls }: Access) {
    super(started);
    this.token = token;
    this.isTls = isTls;
  }

  /** Connects to a container that has just started. Stops it if that fails. @throws ControlError */
  static async connect(started: StartedTestContainer, access: Access): Promise<StartedRabbitSnareContainer> {
    const container = new StartedRabbitSnareContainer(started, access);
    try {
      await container.reconnect();
    } catch (error) {
      await started.stop();
      throw error;
    }
    return container;
  }

  /** Where the client under test connects: `amqp://guest:guest@HOST:PORT`, or `amqps:` if `tls` is configured. */
  get url(): string {
    return `${this.isTls ? 'amqps' : 'amqp'}://guest:guest@${this.addressOf(AMQP_PORT)}`;
  }

  /** The control API: `http://HOST:PORT`. */
  get controlUrl(): string {
    return `http://${this.addressOf(CONTROL_PORT)}`;
  }

  /** Drives and observes the proxy. After `restart`, it is another client. */
  get client(): RemoteSnare {
    return this.connected;
  }

  /**
   * Restarts the container, whose published ports may change. Faults that are not in its config are gone, and so are the
   * reports.
   */
  override async restart(options?: Partial<RestartOptions>): Promise<void> {
    await super.restart(options);
    await this.reconnect();
  }

  protected override async containerStopping(): Promise<void> {
    // Ends its scenarios. It must not keep the container from being stopped.
    await this.connected.close().catch(() => {});
  }

  private async reconnect(): Promise<void> {
    const { controlUrl: url, token } = this;
    this.connected = await connectSnare({ url, token, address: this.addressOf(AMQP_PORT) });
  }

  private addressOf(port: number): string {
    return formatAddress({ host: this.getHost(), port: this.getMappedPort(port) });
  }
}
