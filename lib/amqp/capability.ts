import type { Fields } from './field-table.js';

/** Whether client or server properties announce a capability, for example `connection.blocked`. */
export function announces(properties: Fields, capability: string): boolean {
  const capabilities = properties.get('capabilities');
  return capabilities?.type === 'F' && capabilities.value.get(capability)?.value === true;
}
