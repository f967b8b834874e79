/** Refers to the schema of fault input in the OpenAPI description. */
export const FAULT_INPUT = { $ref: '#/components/schemas/FaultInput' } as const;
