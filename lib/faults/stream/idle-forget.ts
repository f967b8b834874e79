import type { Clock, Timer } from '../../clock.js';
import { attribute, choice, duration } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import type { Side } from '../handshake/fault-actions.js';
import { type End, type Link, type LinkContext, type LinkedConnection, NO_LOAD } from './link.js';

type Attributes = { readonly idle: number; readonly then: 'rst' | 'drop' };

/**
 * The default is the idle timeout of AWS's Network Load Balancer; that of Azure's is 4 minutes by default.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#connection-idle-timeout
 * @see https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset
 */
export const idleForget = streamFault({
  name: 'idle_forget',
  description:
    'Forgets a connection on which no byte has passed in either direction for a time, without telling either side, as load balancers and firewalls do: an AWS Network Load Balancer after 350 s, Azure after 4 min. What a side sends after that does not arrive. Heartbeats that are more frequent prevent it. TCP keepalives do not: the kernel answers them. Without the fault, a forgotten connection continues if nothing was sent on it, and is otherwise reset.',
  attributes: {
    idle: attribute(duration(), { default: 350_000, description: 'Time without a byte in either direction.' }),
    then: attribute(choice('rst', 'drop'), {
      default: 'rst',
      description: 'What happens to a side that sends a byte or its end: it alone is reset, or gets no answer.',
    }),
  },
  isOfBothDirections: true,
  open: (initial) => {
    const memory = new Memory(initial);
    return (context) => memory.link(context);
  },
});

/** What a balancer knows of one connection, in both directions. */
class Memory {
  private attributes: Attributes;
  private clock: Clock | undefined;
  private timer: Timer | undefined;
  private passedAt = 0;
  private isForgotten = false;
  /** Something was sent that will not arrive. */
  private isLossy = false;
  private readonly gone = new Set<Side>();

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  /** The link of one direction. */
  link({ next, clock, from, connection }: LinkContext): Link<Attributes> {
    this.clock = clock;
    let withheld: End | undefined;
    this.passed(clock);
    this.start(connection);
    return {
      load: NO_LOAD,
      octets: (octets, since) => {
        if (this.isForgotten) {
          this.spoke(from, connection);
          return true;
        }
        this.passed(clock);
        return next.octets(octets, since);
      },
      end: (end) => {
        if (!this.isForgotten || end.byFault) {
          this.passed(clock);
          this.gone.add(from);
          next.end(end);
          return;
        }
        withheld = end;
        if (end.close === 'fin') this.spoke(from, connection);
        this.gone.add(from);
        // Nobody is left to notice that the connection was forgotten.
        if (this.gone.has('client') && (this.gone.has('upstream') || !connection.hasUpstream())) {
          next.end({ close: 'rst', byFault: true });
        }
      },
      update: (changed) => {
        this.attributes = changed;
        if (!this.isForgotten) this.start(connection);
      },
      remove: () => {
        this.stop();
        if (!this.isForgotten) return;
        connection.keepOpen(false);
        if (this.isLossy) next.end({ close: 'rst', byFault: true });
        else if (withheld !== undefined) next.end(withheld);
      },
      dispose: () => this.stop(),
    };
  }

  private passed(clock: Clock): void {
    this.passedAt = clock.ticks();
  }

  /** A side of a forgotten connection has sent something. */
  private spoke(side: Side, connection: LinkedConnection): void {
    this.isLossy = true;
    if (this.attributes.then === 'drop' || this.gone.has(side)) return;
    this.gone.add(side);
    connection.resetSide(side);
  }

  /** One timer, which is not set again for each octet. */
  private start(connection: LinkedConnection): void {
    this.stop();
    const { clock } = this;
    if (clock === undefined) return;
    const forget = (): void => {
      this.timer = undefined;
      if (clock.ticks() - this.passedAt < this.attributes.idle) {
        this.start(connection);
        return;
      }
      this.isForgotten = true;
      connection.keepOpen(true);
    };
    this.timer = clock.start(forget, Math.max(0, this.passedAt + this.attributes.idle - clock.ticks()));
  }

  private stop(): void {
    if (this.timer !== undefined) this.clock?.stop(this.timer);
    this.timer = undefined;
  }
}
