import { readControlToken } from '../config/control-token.js';
import type { Config } from '../config/schema.js';
import type { Controlled } from '../control/control-routes.js';
import { guard } from '../control/guard.js';
import { loadedLater } from '../control/request-listener.js';
import { ControlServer } from '../control/server.js';
import { StartError } from '../running/start-error.js';
import { formatAddress, isLoopback } from '../text/address.js';

/**
 * Opens the control API.
 *
 * @param limits those of the process
 * @param failed called with an internal error, which a request was answered 500 for
 * @returns the server and its URL: `http://127.0.0.1:8474`
 * @throws ConfigError when the token cannot be read
 * @throws StartError when it cannot listen
 */
export async function openControl(
  control: NonNullable<Config['control']>,
  controlled: Controlled,
  limits: { readonly controlConnections: number },
  failed: (error: Error) => void,
): Promise<{ readonly server: ControlServer; readonly url: string }> {
  const token = readControlToken(control);
  const api = loadedLater(async () => {
    const [{ controlApi }, { controlRoutes }] = await Promise.all([
      import('../control/api.js'),
      import('../control/control-routes.js'),
    ]);
    return controlApi(controlRoutes(controlled), {
      guard: guard({ ...control, token, isLoopback: isLoopback(control.listen.host) }),
      failed,
    });
  });
  const server = new ControlServer(api, { connections: limits.controlConnections });
  try {
    return { server, url: await server.listen(control.listen) };
  } catch (error) {
    throw new StartError(`the control API cannot listen on ${formatAddress(control.listen)}`, error);
  }
}
