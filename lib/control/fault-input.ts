/** The schema of a fault as it is given, in the description of the API: one place for all that take faults. */
export const FAULT_INPUT = { $ref: '#/components/schemas/FaultInput' } as const;
