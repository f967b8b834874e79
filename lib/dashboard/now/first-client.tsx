import type { JSX } from 'preact';
import type { Overview } from '../../control/overview.js';
import { EmptyState } from '../empty-state.js';
import { reachable } from './reachable.js';

/** What to do when no client has connected yet. */
export function FirstClient({ overview: { proxies } }: { readonly overview: Overview }): JSX.Element {
  const enabled = proxies.filter((proxy) => proxy.enabled);
  const [first] = enabled;
  return (
    <section class="panel first" aria-label="First steps">
      <EmptyState title="No client has connected yet">
        {first === undefined ? (
          <p>No proxy is enabled. Enable one in Proxies.</p>
        ) : (
          <>
            <p>Point a client at a proxy instead of at the broker:</p>
            <ul>
              {enabled.map(({ name, listen, upstream }) => (
                <li key={name}>
                  <code>amqp://{reachable(listen, location.hostname)}</code>{' '}
                  <span class="small">
                    {name}, to {upstream === 'stand-in' ? 'the built-in stand-in for a broker' : upstream}
                  </span>
                </li>
              ))}
            </ul>
            <p>Or let rabbit-snare play well-behaved and bad clients:</p>
            <code>rabbit-snare probe {reachable(first.listen, location.hostname)}</code>
          </>
        )}
      </EmptyState>
    </section>
  );
}
